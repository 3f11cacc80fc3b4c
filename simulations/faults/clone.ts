/** What a message carries is a copy: nothing is shared between hosts. */

/** Copies plain data: objects, lists, bytes and scalars, `undefined` included. */
export function clone<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new TypeError(`a ${typeof value} cannot be sent to another object`);
    return value;
  }
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (ArrayBuffer.isView(value)) return structuredClone(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`${(value as object).constructor.name} cannot be sent to another object`);
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value)) plain[key] = copy((value as Record<string, unknown>)[key]);
  return plain;
}

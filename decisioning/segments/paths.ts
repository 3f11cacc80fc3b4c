/** Names that reach an object's prototype instead of its data. They never resolve and cannot be published. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The value at a dotted path, or null where any part is missing. Own properties only, list positions included
 * (`cart.items.0.sku`); names that reach a prototype never resolve, whatever the data holds.
 *
 * @param root any value; anything but an object or list has no parts
 * @param path dot-separated names, for example `geo.country`
 */
export function readPath(root: unknown, path: string): unknown {
  let current = root;
  let start = 0;
  while (start <= path.length) {
    const dot = path.indexOf('.', start);
    const end = dot === -1 ? path.length : dot;
    const name = path.slice(start, end);
    if (typeof current !== 'object' || current === null) return null;
    if (FORBIDDEN_NAMES.has(name) || !Object.hasOwn(current, name)) return null;
    current = (current as Record<string, unknown>)[name];
    start = end + 1;
  }
  return current;
}

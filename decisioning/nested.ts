/** Attributes by dotted names, as the object that conditions read. */

/** Expands dotted names; own, plain objects only. */
export function nested(flat: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat)) {
    if (!name.includes('.')) {
      out[name] = value;
      continue;
    }
    const parts = name.split('.');
    let at = out;
    for (const part of parts.slice(0, -1)) {
      const next = Object.hasOwn(at, part) ? at[part] : undefined;
      const object = typeof next === 'object' && next !== null && !Array.isArray(next) ? { ...next } : {};
      at[part] = object;
      at = object as Record<string, unknown>;
    }
    at[parts.at(-1) as string] = value;
  }
  return out;
}

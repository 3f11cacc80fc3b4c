import type { Content, Json } from './configuration.ts';

function isObject(value: unknown): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As deep as JSON of the contract may nest (see the edge's reader), and one more for the content itself. */
const MAX_DEPTH = 65;

function merged(base: unknown, over: unknown, depth: number): unknown {
  if (!isObject(base) || !isObject(over) || depth >= MAX_DEPTH) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  // From entries, since assigning a field called `__proto__` would not make one.
  return Object.fromEntries(
    [...keys].map((key) => {
      if (!Object.hasOwn(over, key)) return [key, base[key]];
      return [key, Object.hasOwn(base, key) ? merged(base[key], over[key], depth + 1) : over[key]];
    }),
  );
}

/**
 * One content laid over another: objects (parts, attributes, `data`) are merged field by field at every depth, everything else, lists
 * included, is replaced.
 */
export function mergedContent(base: Content, over: Content): Content {
  return merged(base, over, 0) as Content;
}

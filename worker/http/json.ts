/** JSON from outside: parsed, and refused when it could harm whoever copies its keys. */
import { hasBrackets } from './brackets.ts';
import { type Checked, refused } from './problem.ts';

/** Deeper nesting than any document of the contract has; keeps recursive readers further in from overflowing. */
export const MAX_DEPTH = 64;

/** Keys that change an object's behaviour when they are copied into it. */
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** JSON pointer (RFC 6901) of a path. Very long keys are cut: a pointer is for people to find the place. */
export function pointer(path: readonly (string | number | symbol)[]): string {
  return path.map((part) => `/${String(part).slice(0, 128).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Node {
  readonly value: object;
  readonly path: readonly (string | number)[];
}

type Harm = { readonly kind: 'key' | 'depth' | 'text'; readonly at: string };

/** Half a character is no text: the database would store another in its place, and two ids would become one. */
function isBrokenText(value: unknown): boolean {
  return typeof value === 'string' && !value.isWellFormed();
}

/** The first unsafe key, broken text or too deep place in a parsed value. Iterative: depth must not cost stack before it is checked. */
function findHarm(root: unknown): Harm | undefined {
  if (isBrokenText(root)) return { kind: 'text', at: '' };
  const pending: Node[] = typeof root === 'object' && root !== null ? [{ value: root, path: [] }] : [];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.path.length >= MAX_DEPTH) return { kind: 'depth', at: pointer(node.path) };
    const isArray = Array.isArray(node.value);
    for (const [key, child] of Object.entries(node.value)) {
      if (isBrokenText(child) || isBrokenText(key))
        return { kind: 'text', at: pointer([...node.path, key]).toWellFormed() };
      if (!isArray && UNSAFE_KEYS.has(key)) return { kind: 'key', at: pointer([...node.path, key]) };
      if (typeof child === 'object' && child !== null) {
        pending.push({ value: child, path: [...node.path, isArray ? Number(key) : key] });
      }
    }
  }
  return undefined;
}

/**
 * Whether nothing in the text can do harm once it is parsed, told from the text alone: unsafe keys stand in it as they are or escaped, and half a character
 * comes by an escape only, for the text itself was UTF-8. Most texts are so, and need no walk through what came of them.
 */
function isHarmless(text: string): boolean {
  return !/\\u|__proto__|constructor|prototype/.test(text) && text.isWellFormed() && !hasBrackets(text, MAX_DEPTH);
}

/** The value of a JSON text. */
export function parseJson(text: string): Checked<unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused('malformed_json', text.trim() === '' ? 'The body is empty' : 'The body could not be parsed as JSON');
  }
  const harm = isHarmless(text) ? undefined : findHarm(value);
  if (harm?.kind === 'key') {
    return refused('unsafe_key', 'Keys named __proto__, constructor or prototype are refused', [
      { field: harm.at, detail: 'is never accepted' },
    ]);
  }
  if (harm) {
    const detail =
      harm.kind === 'text' ? 'holds half a character (a lone surrogate)' : `is nested deeper than ${MAX_DEPTH} levels`;
    return refused('invalid_request', undefined, [{ field: harm.at, detail }]);
  }
  return { ok: true, value };
}

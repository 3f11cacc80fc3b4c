import { SEGMENT_LIMITS } from './limits.ts';

/**
 * The text JavaScript's `value + ''` gives for JSON data, without ever calling a method of the data: an attribute that
 * carries its own `toString` is still `[object Object]`.
 */
export function textOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) {
    return typeof value === 'object' && value !== null ? '[object Object]' : String(value);
  }
  if (depth >= SEGMENT_LIMITS.textDepth) return '';
  return value.map((item) => (item === null || item === undefined ? '' : textOf(item, depth + 1))).join(',');
}

/** The number JavaScript's `value * 1` gives for JSON data: null is 0, undefined is NaN, lists and objects go by their text. */
export function numberOf(value: unknown): number {
  return Number(typeof value === 'object' && value !== null ? textOf(value) : value);
}

/** A value ready for JavaScript's `<` and `>`: lists and objects by their text, everything else itself. */
export function comparable(value: unknown): number {
  // The language compares strings, booleans and null with these operators as well; the type says number to allow it.
  return (typeof value === 'object' && value !== null ? textOf(value) : value) as number;
}

/** Lower case for strings, anything else unchanged: how `$ini` and `$nini` compare. */
export function folded(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** `$type` of a value: null, array, object, string, number, boolean or undefined; anything else is unknown. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return ['string', 'number', 'boolean', 'object', 'undefined'].includes(type) ? type : 'unknown';
}

/**
 * Deep equality of JSON values: lists in order, objects by their own keys in any order, numbers and strings exactly. The
 * depth is that of `expected`, which the reader bounds.
 */
export function sameJson(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected) || Array.isArray(actual)) {
    if (!Array.isArray(expected) || !Array.isArray(actual) || actual.length !== expected.length) return false;
    return expected.every((item, index) => sameJson(actual[index], item));
  }
  const names = Object.keys(expected);
  if (Object.keys(actual).length !== names.length) return false;
  return names.every((name) => Object.hasOwn(actual, name) && sameJson(fieldOf(actual, name), fieldOf(expected, name)));
}

/** True for an object that is neither null nor a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for an object whose every key begins with `$`, and that has at least one: operators rather than data. */
export function isOperatorObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false;
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => name.startsWith('$'));
}

function fieldOf(value: object, name: string): unknown {
  return (value as Record<string, unknown>)[name];
}

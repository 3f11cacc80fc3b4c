import type { CharSet } from './charset.ts';
import { contains } from './charset.ts';

/**
 * Code units that share an upper case with others beyond their own two cases (final sigma, Greek symbol letters, Cyrillic
 * variants, title-case digraphs). A test compares the whole plane with the host's own case mapping.
 */
const FOLDING_GROUPS: readonly string[] = [
  '\u00b5\u039c\u03bc',
  '\u01c4\u01c5\u01c6',
  '\u01c7\u01c8\u01c9',
  '\u01ca\u01cb\u01cc',
  '\u01f1\u01f2\u01f3',
  '\u0345\u0399\u03b9\u1fbe',
  '\u0392\u03b2\u03d0',
  '\u0395\u03b5\u03f5',
  '\u0398\u03b8\u03d1',
  '\u039a\u03ba\u03f0',
  '\u03a0\u03c0\u03d6',
  '\u03a1\u03c1\u03f1',
  '\u03a3\u03c2\u03c3',
  '\u03a6\u03c6\u03d5',
  '\u0412\u0432\u1c80',
  '\u0414\u0434\u1c81',
  '\u041e\u043e\u1c82',
  '\u0421\u0441\u1c83',
  '\u0422\u0442\u1c84\u1c85',
  '\u042a\u044a\u1c86',
  '\u0462\u0463\u1c87',
  '\u1c88\ua64a\ua64b',
  '\u1e60\u1e61\u1e9b',
];

const ASCII_LIMIT = 128;

/**
 * The case-insensitive form of a code unit as ECMA-262 22.2.2.7.3 (Canonicalize, no u flag) has it: the upper case when
 * that is one unit and does not turn a letter outside ASCII into one inside.
 */
export function canonicalUnit(unit: number): number {
  if (unit < ASCII_LIMIT) return unit >= 0x61 && unit <= 0x7a ? unit - 32 : unit;
  const upper = String.fromCharCode(unit).toUpperCase();
  if (upper.length !== 1) return unit;
  const code = upper.charCodeAt(0);
  return code < ASCII_LIMIT ? unit : code;
}

const groupOf = new Map<number, readonly number[]>();
for (const group of FOLDING_GROUPS) {
  const units = Array.from(group, (letter) => letter.charCodeAt(0));
  for (const unit of units) groupOf.set(unit, units);
}

/** The code units whose canonical form is that of `unit`, itself among them. */
export function unitsLike(unit: number): readonly number[] {
  const canonical = canonicalUnit(unit);
  if (unit < ASCII_LIMIT) return canonical >= 0x41 && canonical <= 0x5a ? [canonical, canonical + 32] : [unit];
  const alike = [unit, canonical, ...(groupOf.get(unit) ?? [])];
  const lower = String.fromCharCode(canonical).toLowerCase();
  const code = lower.charCodeAt(0);
  return lower.length === 1 && canonicalUnit(code) === canonical ? [...alike, code] : alike;
}

/** True when the set holds one of the code units, which are alike. */
export function containsAny(set: CharSet, alike: readonly number[]): boolean {
  for (const unit of alike) if (contains(set, unit)) return true;
  return false;
}

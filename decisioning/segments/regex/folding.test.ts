import { describe, expect, it } from 'vitest';
import { canonicalUnit, containsAny, unitsLike } from './folding.ts';

/** Canonicalize of ECMA-262 22.2.2.7.3, written out for the whole plane. */
function reference(unit: number): number {
  const upper = String.fromCharCode(unit).toUpperCase();
  if (upper.length !== 1) return unit;
  const code = upper.charCodeAt(0);
  return unit >= 128 && code < 128 ? unit : code;
}

describe('case folding', () => {
  it('canonicalises every code unit as the language standard says', () => {
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      if (canonicalUnit(unit) !== reference(unit)) expect.fail(`unit ${unit.toString(16)}`);
    }
  });

  it('finds every code unit that folds to the same letter, over the whole plane', () => {
    const byCanonical = new Map<number, number[]>();
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const canonical = reference(unit);
      byCanonical.set(canonical, [...(byCanonical.get(canonical) ?? []), unit]);
    }
    for (const units of byCanonical.values()) {
      for (const a of units) {
        for (const b of units) {
          if (!containsAny([a, a], unitsLike(b))) expect.fail(`${b.toString(16)} in [${a.toString(16)}]`);
        }
      }
    }
  });

  it('keeps the Kelvin sign and the long s apart from their ASCII look-alikes', () => {
    expect(containsAny([0x6b, 0x6b], unitsLike(0x212a))).toBe(false);
    expect(containsAny([0x73, 0x73], unitsLike(0x17f))).toBe(false);
    expect(containsAny([0x212a, 0x212a], unitsLike(0x4b))).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import type { PresetCandidate } from './preset.ts';
import { NEUTRAL_TERMS } from './terms.ts';
import { candidateValue, DEFAULT_PRESET, PRESET_NAMES } from './value.ts';
import { MAX_WORTH, withWorth } from './worth.ts';

function candidateOf(
  expected: PresetCandidate['expected'],
  worth: Partial<PresetCandidate['campaign']> = {},
): PresetCandidate {
  const campaign = { conversionWeight: 1, revenueWeight: 1, priority: 0, endsAtMs: null, ...worth };
  return { campaign, expected, channel: 'web', nowMs: 0 };
}

const NOTHING = { rate: 0, revenueMinor: 0 };

describe('the weighted value', () => {
  test('is weights times expectations, plus priority, minus fatigue; revenue in major units', () => {
    const worth = { conversionWeight: 2, revenueWeight: 0.5, priority: 3 };
    const { parts, value } = candidateValue('weighted', candidateOf({ rate: 0.25, revenueMinor: 1_000 }, worth), {
      fatigue: 0.5,
    });
    expect(parts).toEqual({ conversion: 0.5, revenue: 5, priority: 3, fatigue: 0.5 });
    expect(value).toBe(8);
  });

  test('nothing expected and nothing weighed is worth exactly what doing nothing is', () => {
    expect(candidateValue('weighted', candidateOf(NOTHING), { fatigue: 0 }).value).toBe(0);
  });
});

describe('what a conversion of this customer is worth', () => {
  const expected = { rate: 0.5, revenueMinor: 0 };
  const terms = { ...NEUTRAL_TERMS, value: 3, valueFrom: 'models.lifetime-value.value' };
  const candidateWith = (attribute: unknown, arbitration = terms) =>
    withWorth(candidateOf(expected, { arbitration }), () => attribute);

  test('takes the place of the declared value in pcvl, and multiplies conversions in weighted', () => {
    const candidate = candidateWith(40);
    expect(candidateValue('pcvl', candidate, { fatigue: 0 }).value).toBe(20);
    expect(candidateValue('weighted', candidate, { fatigue: 0 }).parts).toMatchObject({ conversion: 20 });
  });

  test.each([null, undefined, '40', Number.NaN, -1, MAX_WORTH + 1])(
    'is the declared value where the customer’s is %s',
    (attribute) => {
      expect(candidateWith(attribute).worth).toBe(terms.value);
    },
  );

  test('is not asked for where the campaign names no path', () => {
    expect(withWorth(candidateOf(expected, { arbitration: NEUTRAL_TERMS }), () => 40).worth).toBeUndefined();
  });
});

describe('presets', () => {
  test('the default comes first, and there are three', () => {
    expect(PRESET_NAMES).toEqual(['weighted', 'seed', 'pcvl']);
    expect(PRESET_NAMES[0]).toBe(DEFAULT_PRESET);
  });

  test.each(PRESET_NAMES)('%s: fatigue is taken off, and every term has a name and is a number', (preset) => {
    const candidate = candidateOf({ rate: 0.1, revenueMinor: 500 }, { priority: 1 });
    const fresh = candidateValue(preset, candidate, { fatigue: 0 });
    const tired = candidateValue(preset, candidate, { fatigue: 3 });
    expect(tired.value).toBe(fresh.value - 3);
    expect(tired.parts).toEqual({ ...fresh.parts, fatigue: 3 });
    expect(Object.keys(tired.parts).length).toBeGreaterThan(1);
    expect(Object.values(tired.parts).every(Number.isFinite)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import type { ModelManifest } from '../manifest.ts';
import { CHURN } from '../testing/manifest.ts';
import type { SeenValue } from './decode.ts';
import { OTHER_VALUE } from './decode.ts';
import type { Contribution, Explanation } from './explanation.ts';
import { tell } from './words.ts';

const added = (name: string, value: SeenValue, points: number): Contribution => ({
  name,
  input: name.split(':')[0]!,
  value,
  contribution: points * 5,
  points,
});

const explained = (contributions: readonly Contribution[], typical = 0.27): Explanation => {
  const moved = contributions.reduce((sum, { points }) => sum + points, 0);
  return {
    output: 'probability',
    score: typical + moved,
    typical,
    space: 'log_odds',
    raw: 0,
    baseline: 0,
    method: 'exact',
    contributions,
  };
};

const wordsFor = (name: string, value: SeenValue, points = 0.1, manifest: ModelManifest = CHURN) =>
  tell(manifest, explained([added(name, value, points)])).reasons[0]!.words;

describe('a score in words', () => {
  it('says how many of a hundred, why, what speaks against it, and what is typical', () => {
    const { summary, reasons, interventions } = tell(
      CHURN,
      explained([
        added('tenure', 2, 0.18),
        added('spent', 120.4, -0.03),
        added('contract', 'Month-to-month', 0.29),
        added('paperless', true, 0.001),
      ]),
    );
    expect(summary).toBe(
      'Leaves within a month: 71 of 100 customers like this. ' +
        'Mostly because: month-to-month contract (+29 points), 2 months as a customer (+18 points). ' +
        'Against it: spent in 90 days: 120 (−3 points). ' +
        'A typical customer: 27 of 100.',
    );
    expect(reasons.map(({ name }) => name)).toEqual(['contract', 'tenure', 'spent']);
    expect(interventions).toEqual(['offer a one-year contract']);
  });

  it('turns round below typical: what lowers the score is the reason', () => {
    const { summary } = tell(CHURN, explained([added('contract', 'Two year', -0.2), added('tenure', 3, 0.05)]));
    expect(summary).toContain('12 of 100 customers like this. Mostly because: contract: Two year (−20 points).');
    expect(summary).toContain('Against it: 3 months as a customer (+5 points).');
  });

  it('tells rare things with a digit', () => {
    for (const [share, said] of [
      [0.014, '1.4'],
      [0.02, '2'],
      [0.0994, '9.9'],
      [0.0996, '10'],
    ] as const)
      expect(tell(CHURN, explained([], share)).summary).toContain(`: ${said} of 100 customers`);
  });

  it('speaks of times where arms are scored', () => {
    const inputs = CHURN.inputs.map((input) =>
      input.name === 'reply' ? { ...input, attribute: 'arm.content.text' } : input,
    );
    const manifest: ModelManifest = { ...CHURN, inputs, predicts: 'is clicked when shown' };
    expect(tell(manifest, explained([added('reply:words', 9, 0.0003)], 0.0134)).summary).toBe(
      'Is clicked when shown: 1.4 of 100 times. Mostly because: reply: words 9 (+0.03 points). Typical: 1.3 of 100.',
    );
  });

  it('never promises none or all', () => {
    expect(tell(CHURN, explained([], 0.0004)).summary).toContain('fewer than 0.1 of 100');
    expect(tell(CHURN, explained([], 0.996)).summary).toContain('more than 99 of 100');
  });

  it('says amounts with their unit', () => {
    const manifest: ModelManifest = {
      ...CHURN,
      predicts: 'is worth in a year',
      outputs: [{ name: 'probability', tensor: 'v', column: 0, range: [0, 1e6], kind: 'value', unit: 'EUR' }],
    };
    expect(tell(manifest, explained([added('tenure', 12, 40.26)], 91.5)).summary).toBe(
      'Is worth in a year: 132 EUR. Mostly because: 12 months as a customer (+40.3 EUR). A typical customer: 91.5 EUR.',
    );
  });

  it('has words for every kind of value', () => {
    expect(wordsFor('tenure', null)).toBe('months as a customer not known');
    expect(wordsFor('tenure', 1)).toBe('1 month as a customer');
    expect(wordsFor('paperless', true)).toBe('paperless billing');
    expect(wordsFor('paperless', false)).toBe('no paperless billing');
    expect(wordsFor('contract', OTHER_VALUE)).toBe('another contract than usual');
    expect(wordsFor('reply:words', 7)).toBe('reply: words 7');
  });

  it('takes the words of a driver only where input, effect and value are meant', () => {
    expect(wordsFor('contract', 'Month-to-month')).toBe('month-to-month contract');
    expect(wordsFor('contract', 'Month-to-month', -0.1)).toBe('contract: Month-to-month');
    expect(wordsFor('contract', 'One year')).toBe('contract: One year');
    expect(wordsFor('contract', null)).toBe('contract not known');
    expect(wordsFor('reply:words', 7, -0.1)).toBe('7 words in the last reply');
    const drivers = [
      { input: 'tenure', when: { missing: true as const }, words: 'nobody knows since when' },
      { input: 'tenure', when: { atLeast: 6, below: 12 }, words: 'half a year: {value}' },
    ];
    const told = (value: SeenValue) => wordsFor('tenure', value, 0.1, { ...CHURN, drivers });
    expect([told(null), told(6), told(12), told(5.9)]).toEqual([
      'nobody knows since when',
      'half a year: 6 months',
      '12 months as a customer',
      '5.9 months as a customer',
    ]);
  });

  it('recommends nothing against reasons that speak the other way', () => {
    const told = tell(CHURN, explained([added('tenure', 60, -0.2), added('contract', 'Month-to-month', 0.1)]));
    expect(told.reasons.map(({ intervention }) => intervention)).toEqual([undefined, 'offer a one-year contract']);
    expect(told.interventions).toEqual([]);
  });

  it('leaves out what moves next to nothing, and says small things with a digit', () => {
    const { reasons } = tell(CHURN, explained([added('tenure', 2, 0.006), added('paperless', true, 0.0001)]));
    expect(reasons.map(({ moved }) => moved)).toEqual(['+0.6 points']);
    expect(tell(CHURN, explained([added('tenure', 2, 0.0103)])).reasons[0]!.moved).toBe('+1 point');
  });
});

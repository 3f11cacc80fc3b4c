import { describe, expect, test } from 'vitest';
import { addVectors } from '../../bandits/named-sums.ts';
import { seededRandom } from '../../random.ts';
import { DEFAULT_WATCH, watchRules } from './rules.ts';
import {
  conversionScoreSums,
  type KeptScore,
  readScoreSums,
  SCORE_SUMS_LENGTH,
  type ScoreTotals,
  trialScoreSums,
} from './score-sums.ts';
import { breachOf } from './verdict.ts';

/** Totals of `n` trials whose outcome happens with what `rate` makes of the score. */
function totalsOf(
  n: number,
  seed: string,
  rate: (score: number) => number,
  kept: Partial<KeptScore> = {},
): ScoreTotals {
  const random = seededRandom(seed.padStart(32, '0'));
  let sums: readonly number[] = new Array<number>(SCORE_SUMS_LENGTH).fill(0);
  for (let i = 0; i < n; i += 1) {
    const use = { score: random.next(), missing: false, ...kept };
    const conversion = random.next() < rate(use.score) ? conversionScoreSums(use) : undefined;
    sums = addVectors(sums, trialScoreSums(use));
    if (conversion) sums = addVectors(sums, conversion);
  }
  return readScoreSums(sums);
}
const sound = (score: number) => score;
const judge = (
  totals: ScoreTotals,
  {
    by = 'calibration',
    settled = totals,
    live,
  }: {
    readonly by?: 'calibration' | 'order' | 'rates';
    readonly settled?: ScoreTotals;
    readonly live?: ScoreTotals;
  } = {},
  rules = DEFAULT_WATCH,
) => breachOf({ totals, ...(by !== 'rates' && { outcomes: [{ by, latest: totals, settled, live }] }) }, rules);

describe('breachOf', () => {
  test('lets sound scores go on, whatever the window', () => {
    for (let i = 0; i < 100; i += 1) expect(judge(totalsOf(400 + 10 * i, String(i), sound))).toBeUndefined();
  });

  test('calls an inverted version back from the first full window on, with its figures in words, and not before', () => {
    const inverted = (n: number) => totalsOf(n, '1', (score) => 1 - score);
    expect(judge(inverted(DEFAULT_WATCH.minTrials - 1))).toBeUndefined();
    const breach = judge(inverted(DEFAULT_WATCH.minTrials));
    expect(breach).toMatchObject({ kind: 'auc', bound: 0.5, trials: 400 });
    expect(breach?.words).toMatch(/^AUC 0\.\d{3} ± 0\.\d{3} of 400 trials, at least 0\.500 is asked$/);
  });

  test('waits where there are too few conversions to tell, however badly they look', () => {
    const rare = totalsOf(2_000, '11', (score) => (score < 0.05 ? 0.04 : 0));
    expect(rare.bins.reduce((sum, { conversions }) => sum + conversions, 0)).toBeGreaterThan(0);
    expect(judge(rare, { settled: totalsOf(0, '0', sound) })).toBeUndefined();
  });

  test('compares with the live version of the same time', () => {
    const blind = totalsOf(4_000, '4', () => 0.5);
    const live = totalsOf(4_000, '5', sound);
    const settled = totalsOf(0, '0', sound);
    expect(judge(blind, { settled })).toBeUndefined();
    expect(judge(blind, { settled, live })).toMatchObject({ kind: 'auc_below_live' });
    expect(judge(live, { settled, live: blind })).toBeUndefined();
  });

  test('judges calibration by trials whose outcomes had time to come', () => {
    const eager = totalsOf(2_000, '6', (score) => score / 2);
    expect(judge(eager, { settled: totalsOf(0, '0', sound) })).toBeUndefined();
    expect(judge(eager)).toMatchObject({ kind: 'calibration', words: expect.stringContaining('promises too much') });
  });

  test.each([
    ['broke', 'broken', { score: undefined }],
    ['came too late', 'late', { score: undefined, late: true }],
  ])('calls back a version whose scores %s, whether or not outcomes are judged', (_name, kind, kept) => {
    const totals = totalsOf(500, '7', () => 0, kept as unknown as Partial<KeptScore>);
    expect(judge(totals, { by: 'rates' })).toMatchObject({ kind, observed: 1 });
  });

  test('tells of what comes late last: a version may stay for that, and for nothing worse', () => {
    const inverted = { ...totalsOf(3_000, '12', (score) => 1 - score), late: 900 };
    expect(judge(inverted)).toMatchObject({ kind: 'auc' });
    expect(judge({ ...inverted, broken: 900 })).toMatchObject({ kind: 'broken' });
    expect(judge({ ...totalsOf(3_000, '13', sound), late: 900 })).toMatchObject({ kind: 'late' });
  });

  test('knows how often chance breaks a dozen scores of 400 where one in a hundred may', () => {
    const brokenOf = (broken: number) => ({ ...totalsOf(400, '7', () => 0), broken });
    expect(judge(brokenOf(12), { by: 'rates' })).toBeUndefined();
    expect(judge(brokenOf(18), { by: 'rates' })).toMatchObject({ kind: 'broken', observed: 0.045 });
  });

  test('judges values, and scores of another site’s scale, by their order alone', () => {
    const eager = totalsOf(2_000, '6', (score) => score / 2);
    expect(judge(eager, { by: 'order' })).toBeUndefined();
    const inverted = totalsOf(2_000, '9', (score) => 1 - score);
    expect(judge(inverted, { by: 'order' })).toMatchObject({ kind: 'auc' });
  });

  test('minds missing inputs where the manifest says that they are always there', () => {
    const totals = totalsOf(500, '8', sound, { missing: true });
    expect(judge(totals)).toBeUndefined();
    expect(judge(totals, {}, watchRules({ maxMissingRate: 0.2 }))).toMatchObject({ kind: 'missing', bound: 0.2 });
  });

  test('says nothing of outcomes that the model does not predict', () => {
    expect(
      judge(
        totalsOf(2_000, '9', (score) => 1 - score),
        { by: 'rates' },
      ),
    ).toBeUndefined();
  });
});

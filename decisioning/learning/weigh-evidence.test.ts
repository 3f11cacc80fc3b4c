import { describe, expect, test } from 'vitest';
import { momentsLength, rewardMoments, trialMoments } from '../bandits/linear/moments.ts';
import { addStatistics, emptyStatistics } from '../bandits/statistics.ts';
import { seededRandom } from '../random.ts';
import { DELAY_BUCKETS, delaySums } from './delay-buckets.ts';
import { DELAY_NAME, type EvidenceCell, weighEvidence } from './weigh-evidence.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_HOUR = 480_000;
const NOW_MS = NOW_HOUR * HOUR_MS;

function cell(arm: string, hour: number, trials: number, conversions: number, extra: Partial<EvidenceCell> = {}) {
  const statistics = addStatistics(emptyStatistics, { trials, conversions, revenueMinor: conversions * 100 });
  return { leaf: 'rest', arm, hour, statistics, ...extra } satisfies EvidenceCell;
}

/** A campaign's worth of cells with every kind of sums, from a seed. */
function someCells(count: number): EvidenceCell[] {
  const random = seededRandom('feed'.repeat(10));
  return Array.from({ length: count }, () => {
    const conversions = Math.floor(random.next() * 5);
    const delays = Array.from({ length: conversions }, () => delaySums(random.next() * 5 * DAY_MS));
    const delay = delays.reduce(
      (sum, each) => sum.map((value, i) => value + each[i]!),
      new Array<number>(DELAY_BUCKETS).fill(0),
    );
    return cell(
      ['a', 'b', 'c'][Math.floor(random.next() * 3)]!,
      NOW_HOUR - 1 - Math.floor(random.next() * 300),
      conversions + Math.floor(random.next() * 50),
      conversions,
      { leaf: random.next() < 0.5 ? 'gold' : 'rest', sums: { [DELAY_NAME]: delay, 'reward:1': [1, 3, 9] } },
    );
  });
}

describe('weighEvidence', () => {
  test('without a rule the result is the plain sums', () => {
    const { statistics, sums } = weighEvidence({
      cells: [
        cell('a', 1, 10, 3, { sums: { x: [1, 2] } }),
        cell('a', 900, 5, 5),
        cell('a', 1, 7, 0, { sums: { x: [3, 0] } }),
      ],
      nowMs: NOW_MS,
    });
    expect(statistics.get('rest')!.get('a')).toEqual(
      addStatistics(emptyStatistics, { trials: 22, conversions: 8, revenueMinor: 800 }),
    );
    expect(sums.get('rest')!.get('a')).toEqual({ x: [4, 2] });
  });

  test('a cell of many hours counts by the mean of those that have begun, and of none before the cut', () => {
    const of = (hours: number, extra: { halfLifeMs?: number; sinceMs?: number }) =>
      weighEvidence({
        cells: [{ ...cell('a', NOW_HOUR - 7, 0, 0), hours, sums: { x: [800] } }],
        nowMs: NOW_MS,
        ...extra,
      })
        .sums.get('rest')!
        .get('a')!.x![0]!;
    const weights = (count: number, halfLifeHours: number) =>
      Array.from({ length: count }, (_, i) => 2 ** -(Math.max(6 - i, 0) / halfLifeHours));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(of(24, {})).toBe(800);
    // Seven hours are over and one has begun; the other sixteen are still to come.
    expect(of(24, { halfLifeMs: 3 * HOUR_MS })).toBeCloseTo(800 * mean(weights(8, 3)), 9);
    expect(of(4, { halfLifeMs: 3 * HOUR_MS })).toBeCloseTo(800 * mean(weights(4, 3)), 9);
    expect(of(24, { sinceMs: NOW_MS - 2 * HOUR_MS })).toBe(300);
    expect(of(1, { halfLifeMs: 3 * HOUR_MS })).toBeCloseTo(800 / 4, 9);
  });

  test('an hour counts half exactly one half-life later, and fully while it lasts', () => {
    const trialsAt = (nowMs: number) =>
      weighEvidence({ cells: [cell('a', NOW_HOUR, 64, 16, { sums: { x: [32] } })], nowMs, halfLifeMs: 6 * HOUR_MS });
    const of = (nowMs: number) => {
      const { statistics, sums } = trialsAt(nowMs);
      const { trials, conversions, revenueMinor } = statistics.get('rest')!.get('a')!;
      return [trials, conversions, revenueMinor, sums.get('rest')!.get('a')!.x![0]];
    };
    expect(of(NOW_MS + 10)).toEqual([64, 16, 1_600, 32]);
    expect(of(NOW_MS + HOUR_MS)).toEqual([64, 16, 1_600, 32]);
    expect(of(NOW_MS + 7 * HOUR_MS)).toEqual([32, 8, 800, 16]);
    expect(of(NOW_MS + 19 * HOUR_MS)).toEqual([8, 2, 200, 4]);
  });

  test('after twenty half-lives an hour is forgotten', () => {
    const known = (hoursAgo: number) =>
      weighEvidence({ cells: [cell('a', NOW_HOUR - hoursAgo, 9, 1)], nowMs: NOW_MS, halfLifeMs: HOUR_MS }).statistics
        .size;
    expect([known(21), known(22)]).toEqual([1, 0]);
  });

  test('the order of the cells, and over how many shards they are spread, changes not one bit', () => {
    const cells = someCells(400);
    const split = cells.flatMap((each) => [
      { ...each, statistics: addStatistics(emptyStatistics, { trials: 1 }) },
      { ...each, sums: {}, statistics: addStatistics(each.statistics, { trials: -1 }) },
    ]);
    const rules = { nowMs: NOW_MS, halfLifeMs: 3 * DAY_MS, delayCorrection: true } as const;
    const weighed = weighEvidence({ cells, ...rules });
    const text = ({ statistics, sums }: typeof weighed) =>
      JSON.stringify([statistics, sums].map((byLeaf) => [...byLeaf].map(([leaf, byArm]) => [leaf, [...byArm]])));
    expect(text(weighEvidence({ cells: cells.toReversed(), ...rules }))).toBe(text(weighed));
    expect(text(weighEvidence({ cells: split, ...rules }))).toBe(text(weighed));
    expect(weighed.statistics.get('gold')!.size).toBe(3);
  });

  test('where everything arrives at once, delay correction takes at most a minute of the present hour', () => {
    const delay = delaySums(0).map((value) => value * 300);
    const cells = [
      cell('a', NOW_HOUR - 90, 1_000, 300, { sums: { [DELAY_NAME]: delay } }),
      cell('a', NOW_HOUR, 100, 0),
    ];
    const at = (nowMs: number) =>
      weighEvidence({ cells, nowMs, delayCorrection: true }).statistics.get('rest')!.get('a')!.trials;
    expect(at(NOW_MS + 2 * HOUR_MS)).toBe(1_100);
    expect(at(NOW_MS + HOUR_MS)).toBe(1_100);
    expect(at(NOW_MS + HOUR_MS / 2)).toBe(1_100);
  });

  test('conversions are never more than trials, however little can have arrived', () => {
    const late = delaySums(3 * DAY_MS).map((value) => value * 50);
    const cells = [
      cell('a', NOW_HOUR - 24 * 20, 50, 50, { sums: { [DELAY_NAME]: late } }),
      cell('b', NOW_HOUR - 1, 3, 3, { sums: { [DELAY_NAME]: delaySums(0) } }),
    ];
    const { trials, conversions } = weighEvidence({ cells, nowMs: NOW_MS, delayCorrection: true })
      .statistics.get('rest')!
      .get('b')!;
    expect([trials, conversions]).toEqual([3, 3]);
  });

  test('hours from before a change count nothing, but say how long conversions take', () => {
    const late = delaySums(3 * DAY_MS).map((value) => value * 50);
    const cells = [
      cell('a', NOW_HOUR - 24 * 20, 50, 50, { sums: { [DELAY_NAME]: late } }),
      cell('a', NOW_HOUR - 24, 100, 0),
    ];
    const since = { cells, nowMs: NOW_MS, sinceMs: NOW_MS - 2 * DAY_MS };
    expect(weighEvidence(since).statistics.get('rest')!.get('a')!.trials).toBe(100);
    expect(
      weighEvidence({ ...since, delayCorrection: true })
        .statistics.get('rest')!
        .get('a')!.trials,
    ).toBeLessThan(15);
    expect(weighEvidence({ ...since, sinceMs: (NOW_HOUR - 23) * HOUR_MS }).statistics.size).toBe(0);
  });

  test('of the moments of features, what trials add counts as trials do, and the rest as rewards do', () => {
    const d = 3;
    const moments = new Array<number>(momentsLength(d)).fill(1_000, 0, 6).fill(10, 6);
    const late = delaySums(3 * DAY_MS).map((value) => value * 50);
    const cells = [
      cell('a', NOW_HOUR - 24 * 20, 50, 50, { sums: { [DELAY_NAME]: late } }),
      cell('a', NOW_HOUR - 24, 100, 0, { leaf: 'gold', sums: { 'linear:k': moments } }),
    ];
    const { statistics, sums } = weighEvidence({ cells, nowMs: NOW_MS, delayCorrection: true });
    const share = statistics.get('gold')!.get('a')!.trials / 100;
    expect(share).toBeLessThan(0.5);
    expect(sums.get('gold')!.get('a')!['linear:k']).toEqual([
      ...new Array(6).fill(1_000 * share),
      ...new Array(4).fill(10),
    ]);
  });

  test('nor does a linear model count more conversions than trials: its rates would be far above 1', () => {
    const late = delaySums(3 * DAY_MS).map((value) => value * 50);
    // Constant and one feature at 500: thirty trials of this hour, twenty of them converted at once.
    const one = trialMoments([1_000, 500]);
    const hit = rewardMoments([1_000, 500], 0, 1_000);
    const moments = one.map((value, i) => 30 * value + 20 * hit[i]!);
    const names = { 'linear:k': moments, 'linear:k:00c0ffee': moments, 'linear:odd': [1, 2] };
    const { sums } = weighEvidence({
      cells: [
        cell('a', NOW_HOUR - 24 * 20, 50, 50, { sums: { [DELAY_NAME]: late } }),
        cell('a', NOW_HOUR - 1, 30, 20, { leaf: 'gold', sums: names }),
      ],
      nowMs: NOW_MS,
      delayCorrection: true,
    });
    const own = sums.get('gold')!.get('a')!;
    const [trials, cross, square, conversions, of] = own['linear:k']!;
    expect([trials, conversions, of]).toEqual([20e6, 20e6, 10e6]);
    expect(cross! / trials!).toBeCloseTo(0.5, 12);
    expect(square! / trials!).toBeCloseTo(0.25, 12);
    // A count may well be more than one a trial.
    expect(own['linear:k:00c0ffee']![0]).toBeLessThan(5e6);
    expect(own['linear:odd']).toEqual([1, 2]);
  });
});

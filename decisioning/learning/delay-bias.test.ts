/** A slow arm beside a fast one: how far delay correction takes the injustice out of rates and choices. Figures of docs/reference/statistics.md. */
import { describe, expect, test } from 'vitest';
import { allocateCampaign } from '../bandits/allocate.ts';
import type { CampaignStatistics } from '../bandits/allocation.ts';
import { seededRandom } from '../random.ts';
import { DelayedEvidence } from '../testing/delayed-world.ts';
import { type Evidence, weighEvidence } from './weigh-evidence.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FAST_MS = 2 * HOUR_MS;
const SLOW_MS = 2 * DAY_MS;
const arms = (slowRate: number) =>
  [
    { id: 'fast', rateAt: () => 0.1, meanDelayMs: FAST_MS },
    { id: 'slow', rateAt: () => slowRate, meanDelayMs: SLOW_MS },
  ] as const;

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
const seeded = (run: number) => seededRandom((run + 1).toString(16).padStart(32, 'd'));
type Rules = Pick<Evidence, 'delayCorrection'>;

function shareOfSlow(statistics: CampaignStatistics, minExploration: number): number {
  const allocation = allocateCampaign({
    campaignId: 'c',
    armIds: ['fast', 'slow'],
    armsKey: 'k',
    leaves: ['rest'],
    strategy: { policy: 'thompson' },
    minExploration,
    priors: {},
    statistics,
    version: 1,
  });
  return allocation.leaves.rest!.probabilities[1]!;
}

describe('two arms that convert one in ten, after two hours and after two days, fifty trials an hour each unless told', () => {
  const DAYS = [3, 5, 7, 10, 14];

  /** By day, of every run: how much lower the slow arm's rate looks, as a share of the truth, and its share of choices. */
  function measured(rules: Rules, perHour = 50, runs = 10) {
    const byDay = DAYS.map(() => ({ bias: [] as number[], share: [] as number[] }));
    for (let run = 0; run < runs; run++) {
      const random = seeded(run);
      const both = arms(0.1).map((arm) => new DelayedEvidence(arm, random));
      let hour = 0;
      DAYS.forEach((day, place) => {
        for (; hour < day * 24; hour++) for (const arm of both) for (let n = 0; n < perHour; n++) arm.expose(hour);
        const nowMs = day * DAY_MS;
        const { statistics } = weighEvidence({ cells: both.flatMap((arm) => arm.cells(nowMs)), nowMs, ...rules });
        const [fast, slow] = ['fast', 'slow'].map((id) => statistics.get('rest')!.get(id)!);
        const gap = fast!.conversions / fast!.trials - slow!.conversions / slow!.trials;
        byDay[place]!.bias.push(gap / 0.1);
        byDay[place]!.share.push(shareOfSlow(statistics, 0));
      });
    }
    return byDay.map(({ bias, share }) => ({ bias: mean(bias), share: mean(share) }));
  }

  const percent = (all: ReturnType<typeof measured>) => all.map(({ bias }) => Math.round(bias * 100));

  test.each([
    [5, 100, 3, [47, 35, 26, 17, 12], [34, 15, 6, 1, -1]],
    [1, 200, 4, [49, 34, 24, 17, 13], [45, 23, 12, 5, 3]],
  ])('with %d an hour it takes longer', (perHour, runs, from, withoutIt, withIt) => {
    const plain = measured({}, perHour, runs);
    const corrected = measured({ delayCorrection: true }, perHour, runs);
    for (const [i, { bias }] of corrected.entries())
      expect(Math.abs(bias) < 0.2 * plain[i]!.bias, `day ${DAYS[i]}`).toBe(i >= from);
    expect([percent(plain), percent(corrected)]).toEqual([withoutIt, withIt]);
  });

  test('four fifths of the bias are gone from the seventh day on, and nearly all of it after two weeks', () => {
    const [plain, corrected] = [measured({}), measured({ delayCorrection: true })];
    for (const i of [2, 3, 4]) expect(Math.abs(corrected[i]!.bias)).toBeLessThan(0.2 * plain[i]!.bias);
    expect(percent(plain)).toEqual([47, 34, 25, 17, 12]);
    expect(percent(corrected)).toEqual([21, 8, 2, -2, -2]);
    const choices = (all: typeof plain) => all.map(({ share }) => share.toFixed(2));
    expect(choices(plain)).toEqual(['0.00', '0.00', '0.00', '0.00', '0.00']);
    expect(choices(corrected)).toEqual(['0.01', '0.16', '0.38', '0.62', '0.64']);
  });
});

describe('the slow arm is the better one: 12 in a hundred against 10, forty choices an hour by Thompson sampling', () => {
  /** Share of the slow arm in each week, mean of some runs. */
  function weeklyShares(rules: Rules, weeks: number): number[] {
    const RUNS = 6;
    const shares = Array.from({ length: weeks }, () => [] as number[]);
    for (let run = 0; run < RUNS; run++) {
      const random = seeded(run);
      const [fast, slow] = arms(0.12).map((arm) => new DelayedEvidence(arm, random));
      let chance = 0.5;
      for (let hour = 0; hour < weeks * 168; hour++) {
        if (hour > 0 && hour % 6 === 0) {
          const nowMs = hour * HOUR_MS;
          const cells = [...fast!.cells(nowMs), ...slow!.cells(nowMs)];
          chance = shareOfSlow(weighEvidence({ cells, nowMs, ...rules }).statistics, 0.01);
        }
        let taken = 0;
        for (let n = 0; n < 40; n++) {
          const isSlow = random.next() < chance;
          (isSlow ? slow! : fast!).expose(hour);
          taken += isSlow ? 1 : 0;
        }
        shares[Math.floor(hour / 168)]!.push(taken / 40);
      }
    }
    return shares.map(mean);
  }

  test('with correction it has nine choices in ten in the second week, without not even half', () => {
    const corrected = weeklyShares({ delayCorrection: true }, 2);
    const plain = weeklyShares({}, 2);
    expect([corrected[1]!.toFixed(2), plain[1]!.toFixed(2)]).toEqual(['0.94', '0.22']);
  });
});

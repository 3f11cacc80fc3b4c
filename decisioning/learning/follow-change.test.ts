/** How soon a changed rate is followed, with forgetting and without. Figures of docs/reference/statistics.md. */
import { describe, expect, test } from 'vitest';
import { allocateCampaign } from '../bandits/allocate.ts';
import { addStatistics, emptyStatistics } from '../bandits/statistics.ts';
import { seededRandom } from '../random.ts';
import { type EvidenceCell, weighEvidence } from './weigh-evidence.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PER_HOUR = 100;
const HISTORY_HOURS = 30 * 24;
const LIMIT_HOURS = 30 * 24;
/** Allocations in a row, six hours apart, in which the new best must have most choices. */
const HELD = 8;

type Rates = readonly [a: number, b: number];

/** Trials after the change until arm b has most choices, and keeps them for two days; infinite when it never does in thirty days. */
function trialsUntilFollowed(run: number, before: Rates, after: Rates, halfLifeMs: number | undefined): number {
  const random = seededRandom((run + 1).toString(16).padStart(32, 'e'));
  const cells: EvidenceCell[] = [];
  let [chance, held, since] = [0.5, 0, 0];
  for (let hour = 0; hour < HISTORY_HOURS + LIMIT_HOURS; hour++) {
    if (hour > 0 && hour % 6 === 0) {
      chance = chanceOfB(cells, hour * HOUR_MS, halfLifeMs);
      held = hour > HISTORY_HOURS && chance > 0.5 ? held + 1 : 0;
      if (held === 1) since = (hour - HISTORY_HOURS) * PER_HOUR;
      if (held === HELD) return since;
    }
    const rates = hour < HISTORY_HOURS ? before : after;
    const seen = rates.map(() => ({ trials: 0, conversions: 0 }));
    for (let n = 0; n < PER_HOUR; n++) {
      const arm = random.next() < chance ? 1 : 0;
      seen[arm]!.trials++;
      if (random.next() < rates[arm]!) seen[arm]!.conversions++;
    }
    seen.forEach((change, arm) => {
      cells.push({ leaf: 'rest', arm: 'ab'[arm]!, hour, statistics: addStatistics(emptyStatistics, change) });
    });
  }
  return NEVER;
}

function chanceOfB(cells: readonly EvidenceCell[], nowMs: number, halfLifeMs: number | undefined): number {
  const { statistics } = weighEvidence({ cells, nowMs, ...(halfLifeMs !== undefined && { halfLifeMs }) });
  const allocation = allocateCampaign({
    campaignId: 'c',
    armIds: ['a', 'b'],
    armsKey: 'k',
    leaves: ['rest'],
    strategy: { policy: 'thompson' },
    minExploration: 0.01,
    priors: {},
    statistics,
    version: 1,
  });
  return allocation.leaves.rest!.probabilities[1]!;
}

const NEVER = Number.POSITIVE_INFINITY;

/** Ascending over nine seeds. */
const spread = (before: Rates, after: Rates, halfLifeMs?: number) =>
  Array.from({ length: 9 }, (_, run) => trialsUntilFollowed(run, before, after, halfLifeMs)).sort((a, b) => a - b);

/** Median and worst of nine seeds, in trials; the table of the reference. */
type Spread = readonly [median: number, worst: number];
const changes: readonly [string, Rates, Rates, Spread, Spread, Spread][] = [
  ['the best arm loses 30 %', [0.1, 0.09], [0.07, 0.09], [6_000, 10_800], [13_200, 20_400], [43_200, NEVER]],
  ['the other arm gains 30 %', [0.1, 0.09], [0.1, 0.117], [4_800, 12_000], [7_800, 13_800], [55_200, NEVER]],
];

describe.each(changes)('%s after a month', (_, before, after, twoDays, sevenDays, never) => {
  const measured = (halfLifeMs?: number): Spread => {
    const trials = spread(before, after, halfLifeMs);
    return [trials[4]!, trials[8]!];
  };

  test('is followed within two and a half half-lives: of two days, and of seven', () => {
    expect(measured(2 * DAY_MS)).toEqual(twoDays);
    expect(twoDays[1]).toBeLessThanOrEqual(2.5 * 2 * 24 * PER_HOUR);
    expect(measured(7 * DAY_MS)).toEqual(sevenDays);
    expect(sevenDays[1]).toBeLessThanOrEqual(2.5 * 7 * 24 * PER_HOUR);
  });

  test('is followed far later without forgetting, and in some campaigns not within a month', () => {
    expect(measured()).toEqual(never);
  });
});

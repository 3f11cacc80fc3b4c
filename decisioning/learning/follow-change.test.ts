/** How soon a changed rate is followed, with forgetting and without. Figures of docs/reference/statistics.md. */
import { expect, test } from 'vitest';
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
  return Number.POSITIVE_INFINITY;
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

/** Ascending over as many seeds. */
const spread = (runs: number, before: Rates, after: Rates, halfLifeMs?: number) =>
  Array.from({ length: runs }, (_, run) => trialsUntilFollowed(run, before, after, halfLifeMs)).sort((a, b) => a - b);

test.each<[string, Rates, Rates]>([
  ['the best arm loses 30 %', [0.1, 0.09], [0.07, 0.09]],
  ['the other arm gains 30 %', [0.1, 0.09], [0.1, 0.117]],
])(
  '%s after a month: followed within 12,000 trials at a half-life of two days (4,800 trials), without one far later',
  (_, before, after) => {
    const forgetting = spread(9, before, after, 2 * DAY_MS);
    expect(forgetting[8]!).toBeLessThanOrEqual(12_000);
    expect(forgetting[4]!).toBeLessThanOrEqual(6_000);
    expect(spread(5, before, after)[2]!).toBeGreaterThan(40_000);
  },
);

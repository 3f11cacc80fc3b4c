/**
 * A price of units changes who may be chosen before anything is drawn: among those that are left, campaigns and arms come up exactly as
 * often as their propensities say, in split and exploring campaigns as in learning ones.
 */
import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import { purseView } from './limits/purse.ts';
import { chiSquareTail } from './math/chi-square.ts';
import {
  armOf,
  campaignOf,
  configurationOf,
  learnerOf,
  ranked,
  settingsOf,
  slicesOf,
} from './testing/configuration.ts';
import { inputOf, NOON_MS } from './testing/decide-once.ts';
import { nextSeed, testRandom } from './testing/seeds.ts';

const REQUESTS = 20_000;
const pool = 'spring';
const dear = [armOf('a', { costMinor: 40 }), armOf('b', { costMinor: 10 })];
const slices = slicesOf(
  configurationOf(
    [
      campaignOf('split', {
        arms: dear,
        pool,
        strategy: { policy: 'fixed_split', weights: { a: 3, b: 1 }, minExploration: 0.2 },
        objective: ranked(0.4),
      }),
      learnerOf('learner', { arms: [...dear, armOf('free')], pool, objective: ranked(0.2) }),
      campaignOf('cheap', { arms: [armOf('a', { costMinor: 1 }), armOf('b')], pool, objective: ranked(0.1) }),
      campaignOf('unpaid'),
    ],
    {
      pools: [{ id: pool, name: 'Spring', totalMinor: 1e9, timeZone: 'UTC', pacing: { mode: 'none' }, alertsAt: [1] }],
      settings: settingsOf({ arbitration: { exploration: 0.4 } }),
    },
  ),
);

/** Choices at a price: how many of each campaign and arm, how many their propensities promised, and why others were not. */
function played(price: number) {
  const random = testRandom(77);
  const counts = new Map<string, number>();
  const promised = new Map<string, number>();
  const paced = new Set<string>();
  const purse = purseView(
    [{ ledger: 'pool:spring', leaseId: 'l', units: 1_000, useBeforeMs: NOON_MS + 1, price }],
    NOON_MS,
  );
  for (let i = 0; i < REQUESTS; i++) {
    const requests = [{ placement: 'hero', decisionId: `d${i}`, seed: nextSeed(random) }];
    const { chosen, candidates } = decide({ ...inputOf(slices), requests, purse })[0]!;
    const key = `${chosen!.campaign.id} ${chosen!.armId}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    promised.set(key, chosen!.propensityCampaign * chosen!.propensityArm);
    for (const { campaignId, reason } of candidates!) if (reason === 'paced') paced.add(campaignId);
  }
  return { counts, promised, paced: [...paced].toSorted() };
}

test.each([
  [0, []],
  [0.01, []],
  // The split takes 32.5 units on average and is worth 0.9; the learner, whose arms are alike, a third of 50 and 0.7.
  [0.035, ['split']],
  [0.1, ['learner', 'split']],
  [10, ['cheap', 'learner', 'split']],
])('at a price of %d for a unit, %j are paced and the rest come up as often as they say', (price, expected) => {
  const { counts, promised, paced } = played(price);
  expect(paced).toEqual(expected);
  // Everything that may be chosen was, and its propensities are all that there is.
  expect([...promised.values()].reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
  const chiSquare = [...promised].reduce(
    (sum, [key, p]) => sum + (counts.get(key)! - REQUESTS * p) ** 2 / (REQUESTS * p),
    0,
  );
  expect(chiSquareTail(chiSquare, promised.size - 1)).toBeGreaterThan(0.001);
});

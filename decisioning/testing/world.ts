/**
 * A world with everything that choices depend on, over two placements: segments, contexts, traits, consent, counters, schedules, caps,
 * ties, exploration, fatigue, sticky periods and holdouts. What is true in it can be read here; who lives in it comes from a seed.
 */
import type { Allocation } from '../bandits/allocation.ts';
import type { RulesSlice } from '../catalog/slice.ts';
import type { Random } from '../random.ts';
import {
  armOf,
  campaignOf,
  channelOf,
  configurationOf,
  DAY_MS,
  ranked,
  settingsOf,
  slicesOf,
} from './configuration.ts';
import type { TestCustomer } from './customer.ts';
import { pick } from './seeds.ts';

const arms = [armOf('a'), armOf('b'), armOf('z')];
const splitOf = (a: number, b: number, z: number, minExploration: number) =>
  ({ policy: 'fixed_split', weights: { a, b, z }, minExploration }) as const;
const gold = { id: 'gold', condition: { plan: 'gold' } };

/** The world's slices: `hero` (web), `side` (web) and `inbox` (mail, with consent, counting toward the global cap). */
export const world = slicesOf(
  configurationOf(
    [
      campaignOf('daily', {
        placements: ['hero', 'side'],
        arms,
        strategy: splitOf(6, 3, 1, 0.3),
        sticky: { mode: 'days', days: 2 },
        holdout: 0.2,
        contexts: [gold],
        objective: ranked(1),
      }),
      campaignOf('visit', {
        placements: ['hero', 'side'],
        arms,
        strategy: splitOf(1, 8, 0, 0.02),
        sticky: { mode: 'session' },
        objective: ranked(1),
      }),
      campaignOf('flash', {
        placements: ['hero', 'side'],
        caps: [{ max: 2, windowMs: DAY_MS }],
        audience: { segment: 'busy' },
        strategy: { policy: 'thompson', minExploration: 0.1 },
        arms: [armOf('a', { prior: { alpha: 3, beta: 5 } }), armOf('b', { prior: { alpha: 4, beta: 4 } })],
        contexts: [gold, { id: 'evening', condition: { 'time.hour': { $gte: 18 } } }],
        objective: ranked(1.5),
      }),
      campaignOf('office', {
        placements: ['hero'],
        schedule: {
          timeZone: 'Europe/Berlin',
          weekly: [{ days: [1, 2, 3, 4, 5], fromMinute: 540, toMinute: 1_020 }],
        },
        objective: ranked(1),
      }),
      campaignOf('letter', { placements: ['inbox'], arms, strategy: splitOf(1, 1, 2, 0), holdout: 0.5 }),
      campaignOf('news', { placements: ['inbox'], sticky: { mode: 'days', days: 30 } }),
    ],
    {
      placements: [
        { id: 'hero', name: 'Hero', channel: 'web' },
        { id: 'side', name: 'Side', channel: 'web' },
        { id: 'inbox', name: 'Inbox', channel: 'mail' },
      ],
      channels: [
        channelOf('web', { cap: { max: 5, windowMs: DAY_MS }, fatigueWeight: 0.5 }),
        channelOf('mail', { requiresConsent: true, countsTowardGlobal: true, claimTtlMs: DAY_MS, fatigueWeight: 2 }),
      ],
      segments: [
        { id: 'loyal', name: 'Loyal', condition: { plan: { $in: ['gold', 'silver'] } } },
        {
          id: 'busy',
          name: 'Busy',
          condition: { $or: [{ $inSegment: 'loyal' }, { 'touches.web.hoursSinceLast': { $lt: 3 } }] },
        },
      ],
      settings: settingsOf({
        holdout: 0.05,
        globalCap: { max: 2, windowMs: 3 * DAY_MS },
        arbitration: { exploration: 0.2 },
        fatigue: { weight: 0.25, halfLifeMs: DAY_MS },
      }),
    },
  ),
);

export const WORLD_PLACEMENTS = ['hero', 'side', 'inbox'] as const;

/** Somebody of the world, untouched so far. */
export function inhabitant(random: Random, index: number): TestCustomer {
  const plan = pick(random, ['gold', 'silver', 'none', 'absent']);
  return {
    bucketingId: `inhabitant-${index}`,
    traits: plan === 'absent' ? {} : { plan },
    consents: random.next() < 0.8 ? ['mail'] : [],
  };
}

/** Every campaign of some slices. */
export function campaignsIn(slices: Readonly<Record<string, RulesSlice>>) {
  return new Map(Object.values(slices).flatMap(({ campaigns }) => campaigns.map((each) => [each.id, each] as const)));
}

/** An allocation that was learned since: every leaf's probabilities turned round, so that old and new are told apart. */
export function turned(initial: Allocation): Allocation {
  const leaves = Object.entries(initial.leaves).map(
    ([id, leaf]) => [id, { ...leaf, probabilities: leaf.probabilities.toReversed() }] as const,
  );
  return { ...initial, version: initial.version + 1, leaves: Object.fromEntries(leaves) };
}

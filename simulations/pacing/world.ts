/** A shop that pays for what it shows: two campaigns on one pool, visitors who are worth very different amounts, days with a rhythm. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { openSlice } from '../../decisioning/catalog/open.ts';
import type { LedgerSpec, Pacing } from '../../decisioning/limits/ledger-spec.ts';
import { allocatePolicy } from '../../decisioning/strategies/allocate-policy.ts';
import {
  armOf,
  campaignOf,
  catalogOf,
  channelOf,
  configurationOf,
  learnerOf,
} from '../../decisioning/testing/configuration.ts';
import { evidenceFrom } from '../../decisioning/view.ts';

export const ZONE = 'Europe/Berlin';
export const POOL = 'pool:shop';

/** Visitors a local hour, in parts of the mean hour's: four times as many in the evening as before dawn. */
const RHYTHM = [
  0.6, 0.5, 0.45, 0.42, 0.42, 0.48, 0.6, 0.75, 0.9, 1, 1.05, 1.1, 1.15, 1.15, 1.1, 1.1, 1.15, 1.25, 1.4, 1.6, 1.7, 1.55,
  1.2, 0.85,
] as const;
const MEAN = RHYTHM.reduce<number>((sum, weight) => sum + weight, 0) / RHYTHM.length;
export const TRAFFIC: readonly number[] = RHYTHM.map((weight) => weight / MEAN);

/** Who comes: a visitor's tier is all that is known of them, and as many come of each. */
export const TIERS = ['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't9', 't10', 't11', 't12'] as const;
export type Tier = (typeof TIERS)[number];

/** Conversions per exposure in the first tier, and how many times as many in each that follows. */
const PROMISES: Readonly<Record<string, readonly [number, number]>> = {
  'voucher small': [0.01, 1.3],
  'voucher large': [0.014, 1.32],
  'gift wrap': [0.09, 0.92],
  'gift card': [0.1, 0.95],
  'house banner': [0.002, 1],
  'house plain': [0.002, 1],
};

/** How likely a visitor of a tier who sees an arm is to convert. */
export function rateOf(campaignId: string, armId: string, tier: number): number {
  const [first, ratio] = PROMISES[`${campaignId} ${armId}`]!;
  return Math.min(0.9, first * ratio ** tier);
}

/** Exposures that each arm is known from in each tier: what a week brings. */
const KNOWN_TRIALS = 4_000;

/** Everything that decide() is handed and does not depend on the visitor. */
export interface PacedWorld {
  readonly slice: ReturnType<typeof openSlice>;
  readonly evidence: ReturnType<typeof evidenceFrom>;
  readonly spec: LedgerSpec;
}

/** The world with so much to spend a day. */
export function pacedWorld(dailyMinor: number, pacing: Pacing): PacedWorld {
  const contexts = TIERS.slice(0, -1).map((tier) => ({ id: tier, condition: { tier } }));
  const split = (...arms: readonly string[]) =>
    ({
      policy: 'fixed_split',
      weights: Object.fromEntries(arms.map((arm) => [arm, 1])),
      minExploration: 0,
    }) as const;
  const { placements, directory, policies } = catalogOf(
    configurationOf(
      [
        learnerOf('voucher', {
          arms: [armOf('small', { costMinor: 40 }), armOf('large', { costMinor: 60 })],
          contexts,
          pool: 'shop',
        }),
        campaignOf('gift', {
          arms: [armOf('wrap', { costMinor: 30 }), armOf('card', { costMinor: 50 })],
          strategy: split('wrap', 'card'),
          contexts,
          pool: 'shop',
        }),
        campaignOf('house', { arms: [armOf('banner'), armOf('plain')], strategy: split('banner', 'plain') }),
      ],
      {
        channels: [channelOf('web')],
        attributes: [{ id: 'tier', type: 'string', source: 'any' }],
        pools: [{ id: 'shop', name: 'Shop', dailyMinor, timeZone: ZONE, pacing, alertsAt: [1] }],
      },
    ),
  );
  const allocations = new Map(policies.map((policy) => [policy.campaignId, learned(policy)]));
  return {
    slice: openSlice(JSON.parse(JSON.stringify(placements.hero!.rules))),
    evidence: evidenceFrom((campaignId) => allocations.get(campaignId)),
    spec: directory.ledgers![POOL]!,
  };
}

/** What the campaign's root publishes once it has seen every arm in every tier. */
function learned(policy: Parameters<typeof allocatePolicy>[0]): Allocation {
  const known = (leaf: string, armId: string): ArmStatistics => {
    // `rest` is the last tier; a campaign without contexts has nothing else, and the same rates for all.
    const tier = leaf === 'rest' ? TIERS.length - 1 : TIERS.indexOf(leaf as Tier);
    const conversions = Math.round(KNOWN_TRIALS * rateOf(policy.campaignId, armId, tier));
    return addStatistics(emptyStatistics, { exposures: KNOWN_TRIALS, trials: KNOWN_TRIALS, conversions });
  };
  const statistics = new Map(
    policy.leaves.map((leaf) => [leaf, new Map(policy.armIds.map((armId) => [armId, known(leaf, armId)]))]),
  );
  return allocatePolicy(policy, { statistics }, 1);
}

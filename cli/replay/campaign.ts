/** The campaign of a map, compiled as publishing would: the slice that decides, and the policy that learns. */

import { channel, goal, KINDS, placement, settings } from '../../contract/configuration/index.ts';
import { strategy } from '../../contract/configuration/strategy.ts';
import { RESERVED_ROOTS } from '../../decisioning/catalog/attribute-paths.ts';
import { compile } from '../../decisioning/catalog/compile.ts';
import type { CampaignConfiguration, Configuration } from '../../decisioning/catalog/configuration.ts';
import { type OpenSlice, openSlice } from '../../decisioning/catalog/open.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { CommandFailure } from '../failure.ts';
import type { ReplayMap } from './map.ts';

export const REPLAY_POLICIES = [
  'thompson',
  'ucb',
  'epsilon_greedy',
  'inverse_gap',
  'linear_ucb',
  'linear_thompson',
  'fixed_split',
  'uniform',
] as const;
export type ReplayPolicy = (typeof REPLAY_POLICIES)[number];

/** The parts of a campaign that a replay needs. */
export interface ReplayCampaign {
  readonly placement: string;
  readonly slice: OpenSlice;
  readonly policy: CampaignPolicy;
}

/** There is no other campaign to depend on or to be ranked against. */
const ALONE = { arbitration: undefined, exclusionGroups: [], onlyAfter: [], notWithin: [] } as const;
/** Rows are over, and so is what they cost. */
const FREE = { pool: undefined, stock: undefined, dailyCapacity: undefined } as const;
/** A replay plays one strategy on every row: what `--policy` says, else the campaign's `strategy`. */
const ONE_STRATEGY = { strategies: undefined, strategyMode: undefined, lifecycle: undefined } as const;

/**
 * Compiles the campaign as the only one of a workspace. Schedule, caps, costs and phases are left out: rows have no time and each is a customer.
 *
 * @param salt of the groups that customers are assigned to; another one gives another holdout.
 */
export function compileCampaign(map: ReplayMap, policy: ReplayPolicy | undefined, salt: string): ReplayCampaign {
  const first = map.campaign.placements[0]!;
  const campaign = { ...withoutCosts(map.campaign), strategy: strategyOf(map, policy), placements: [first] };
  const configuration: Configuration = {
    campaigns: [
      { ...campaign, schedule: { timeZone: 'UTC', weekly: [] }, caps: [], ...ALONE, ...FREE, ...ONE_STRATEGY },
    ],
    segments: [],
    pools: [],
    stocks: [],
    placements: [placement.parse({ id: first, name: first, channel: 'replay' })],
    channels: [channel.parse({ id: 'replay', name: 'Replay' })],
    goals: [goal.parse({ id: campaign.objective.goal, name: campaign.objective.goal })],
    attributes: Object.entries(map.attributes)
      .filter(([id]) => !RESERVED_ROOTS.includes(id.split('.')[0]!))
      .map(([id, { type }]) => KINDS.attribute.schema.parse({ id, type })),
    sites: [],
    settings: settings.parse({ globalCap: null }),
  };
  const compiled = compile(configuration, { workspaceId: 'replay', salt });
  if (!compiled.ok) {
    throw new CommandFailure(compiled.problems.map(({ path, detail }) => `${path}: ${detail}`).join('\n'));
  }
  return {
    placement: first,
    slice: openSlice(compiled.catalog.placements[first]!.rules),
    policy: compiled.catalog.policies[0]!,
  };
}

function withoutCosts(campaign: CampaignConfiguration): CampaignConfiguration {
  const free = <T>(items: readonly T[]) => items.map((item) => ({ ...item, costMinor: 0 }));
  const { arms, parameters } = campaign;
  const freed = parameters?.map((parameter) => ({ ...parameter, values: free(parameter.values) }));
  return { ...campaign, arms: free(arms), ...(freed && { parameters: freed }) };
}

function strategyOf(map: ReplayMap, policy: ReplayPolicy | undefined): ReplayMap['campaign']['strategy'] {
  const own = map.campaign.strategy;
  if (policy === undefined || policy === own.policy) return own;
  // As a campaign file that names the policy and nothing else.
  if (policy !== 'fixed_split' && policy !== 'uniform') return strategy.parse({ policy });
  if (policy === 'fixed_split')
    throw new CommandFailure('--policy fixed_split: the campaign names no weights; see uniform');
  const weights = Object.fromEntries(map.campaign.arms.map((arm) => [arm.id, 1]));
  return { policy: 'fixed_split', weights, minExploration: 0 };
}

/** What parameters of kind `channel` and `timing` say of a campaign's arms, as its slices carry it. */
import { ONLY_STRATEGY } from '../bandits/allocation.ts';
import type { Scoring } from '../bandits/scoring.ts';
import type { CampaignConfiguration } from '../catalog/configuration.ts';
import type { SendWindow } from '../catalog/parameters.ts';
import type { CampaignPolicy } from '../catalog/slice.ts';

/** When an arm may be shown or sent; at any time when both are absent. */
export interface Timing {
  readonly window?: SendWindow;
  /** Not before so long after the decision. */
  readonly afterMs?: number;
}

export interface Steering {
  /** Channel of each arm, in the order of `armIds`; absent when no parameter names channels. */
  readonly channels?: readonly string[];
  /** The values of the parameter that names times; absent when none does. */
  readonly timings?: readonly Timing[];
  /** Index into `timings` of each arm, in the order of `armIds`; there when `timings` are. */
  readonly timingOf?: readonly number[];
  /** How arms are chosen where some are not available: by strategy id, under `''` for a campaign with one strategy. */
  readonly policies: Readonly<Record<string, Scoring>>;
}

/** What a campaign's parameters steer; undefined when they steer nothing. The campaign was checked. */
export function steeringOf(campaign: CampaignConfiguration, policy: CampaignPolicy): Steering | undefined {
  const { parameters = [], arms } = campaign;
  const where = parameters.findIndex(({ kind }) => kind === 'channel');
  const when = parameters.findIndex(({ kind }) => kind === 'timing');
  if (where === -1 && when === -1) return undefined;
  const channels = parameters[where]?.values.map(({ id, channel = id }) => channel);
  const timings = parameters[when]?.values.map(({ window, afterMs }) => ({
    ...(window && { window }),
    ...(afterMs !== undefined && { afterMs }),
  }));
  return {
    ...(channels && { channels: arms.map(({ values = [] }) => channels[values[where]!]!) }),
    ...(timings && { timings, timingOf: arms.map(({ values = [] }) => values[when]!) }),
    policies: policiesOf(policy),
  };
}

function policiesOf({ strategy, minExploration, strategies }: CampaignPolicy): Steering['policies'] {
  if (!strategies) return { [ONLY_STRATEGY]: { strategy, minExploration } };
  return Object.fromEntries(
    strategies.list.map((each) => [each.id, { strategy: each.strategy, minExploration: each.minExploration }]),
  );
}

import { ledgersWithLives } from './claim-life.ts';
import type { Configuration } from './configuration.ts';
import { byId } from './order.ts';
import { parameterNames } from './parameter-names.ts';
import type { CampaignPolicy, Directory, DirectoryCampaign } from './slice.ts';
import { SLICE_FORMAT } from './slice.ts';

/** The workspace-wide facts, everything in the order of ids. */
export function compileDirectory(
  configuration: Configuration,
  workspaceId: string,
  policies: ReadonlyMap<string, CampaignPolicy>,
): Directory {
  const campaigns = byId(configuration.campaigns).map((campaign): [string, DirectoryCampaign] => {
    const policy = policies.get(campaign.id)!;
    const { armIds, leaves, armsKey, shards } = policy;
    const names = parameterNames(campaign.parameters);
    return [
      campaign.id,
      {
        name: campaign.name,
        goal: campaign.objective.goal,
        shards,
        armIds,
        leaves,
        armsKey,
        policy,
        ...(names && { parameterNames: names }),
      },
    ];
  });
  const ledgers = ledgersWithLives(configuration);
  return {
    format: SLICE_FORMAT,
    workspaceId,
    currency: configuration.settings.currency,
    channels: byId(configuration.channels).map(({ id }) => id),
    goals: Object.fromEntries(
      byId(configuration.goals).map(({ id, name, source, windowMs, defaultValueMinor, unit = 'money' }) => [
        id,
        { id, name, source, windowMs, defaultValueMinor, ...(unit !== 'money' && { unit }) },
      ]),
    ),
    attributes: Object.fromEntries(
      byId(configuration.attributes).map(({ id, type, source }) => [id, { type, source }]),
    ),
    sites: Object.fromEntries(
      byId(configuration.sites).map(({ id, kind, origins, consent, cookie }) => [
        id,
        { kind, origins, consent, ...(cookie && { cookie }) },
      ]),
    ),
    campaigns: Object.fromEntries(campaigns),
    ...(ledgers && { ledgers }),
  };
}

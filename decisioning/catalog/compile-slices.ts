/** One rules slice and one contents slice per placement. */
import { DEFAULT_PRESET } from '../arbitration/value.ts';
import { parseCondition, segmentsOf } from '../segments/index.ts';
import { steeringOf } from '../steering/steering.ts';
import { initialAllocationOf, scoringOf } from './campaign-policy.ts';
import { compileRelations } from './compile-relations.ts';
import type {
  CampaignConfiguration,
  ConditionDocument,
  Configuration,
  Content,
  PlacementConfiguration,
} from './configuration.ts';
import { needsOf, needsOn } from './ledgers.ts';
import { modelIdsOf } from './model-ids.ts';
import { modelOutputsOf } from './model-use.ts';
import { byId } from './order.ts';
import { goalsOf } from './reward-parts.ts';
import { boundsOf } from './schedule-bounds.ts';
import { armFactsOf, scorePathsOf } from './score-paths.ts';
import {
  type CampaignPolicy,
  type ContentsSlice,
  LEDGER_SLICE_FORMAT,
  type RulesSlice,
  SLICE_FORMAT,
  type SliceCampaign,
} from './slice.ts';
import { sliceStrategies } from './strategy-parts.ts';

/** What every slice draws from; built once, so that a campaign of twenty placements is compiled once. */
export interface SliceSource {
  readonly configuration: Configuration;
  readonly salt: string;
  readonly campaigns: readonly { readonly compiled: SliceCampaign; readonly source: CampaignConfiguration }[];
  /** Segment id → its condition and the ids it refers to. */
  readonly segments: ReadonlyMap<string, { readonly condition: ConditionDocument; readonly uses: readonly string[] }>;
}

/** Segment ids a condition names; none for a condition that does not parse. */
function usesOf(condition: ConditionDocument | undefined): readonly string[] {
  if (condition === undefined) return [];
  const parsed = parseCondition(condition);
  return parsed.ok ? segmentsOf(parsed.condition) : [];
}

/** How long tokens live, and the optimised goal's own window where that is shorter. */
function goalTimes(
  campaign: CampaignConfiguration,
  goalWindows: ReadonlyMap<string, number>,
): Pick<SliceCampaign, 'tokenLifeMs' | 'goalWindowMs'> {
  const tokenLifeMs = Math.max(...goalsOf(campaign).map((goal) => goalWindows.get(goal)!));
  const goalWindowMs = goalWindows.get(campaign.objective.goal)!;
  return { tokenLifeMs, ...(goalWindowMs < tokenLifeMs && { goalWindowMs }) };
}

function compileCampaign(
  campaign: CampaignConfiguration,
  policy: CampaignPolicy,
  goalWindows: ReadonlyMap<string, number>,
): SliceCampaign {
  const { objective, audience } = campaign;
  const scoring = scoringOf(policy);
  const strategies = sliceStrategies(policy, scoringOf);
  const steering = steeringOf(campaign, policy);
  return {
    id: campaign.id,
    goal: objective.goal,
    conversionWeight: objective.conversionWeight,
    revenueWeight: objective.revenueWeight,
    priority: objective.priority,
    segment: audience.segment ?? null,
    condition: audience.condition ?? null,
    ...boundsOf(campaign.schedule),
    timeZone: campaign.schedule.timeZone,
    weekly: campaign.schedule.weekly,
    caps: campaign.caps,
    sticky: campaign.sticky,
    holdout: campaign.holdout,
    contexts: campaign.contexts,
    ...compileRelations(campaign),
    ...(campaign.onDevice && { onDevice: true as const }),
    armIds: policy.armIds,
    shards: campaign.shards,
    ...(strategies ? { strategies } : scoring && { scoring }),
    ...(steering && { steering }),
    ...(policy.features && { features: policy.features }),
    ...scorePathsOf(campaign),
    ...armFactsOf(campaign),
    ...goalTimes(campaign, goalWindows),
    initialAllocation: initialAllocationOf(policy),
  };
}

/** Everything that slices share. The configuration was checked and has its built-in parts. */
export function sliceSource(
  configuration: Configuration,
  salt: string,
  policies: ReadonlyMap<string, CampaignPolicy>,
): SliceSource {
  const goalWindows = new Map(configuration.goals.map((goal) => [goal.id, goal.windowMs]));
  return {
    configuration,
    salt,
    campaigns: byId(configuration.campaigns).map((source) => ({
      source,
      compiled: compileCampaign(source, policies.get(source.id)!, goalWindows),
    })),
    segments: new Map(
      configuration.segments.map(({ id, condition }) => [id, { condition, uses: usesOf(condition) }] as const),
    ),
  };
}

/** The segments that campaigns name, and those these refer to, in the order of ids. */
function segmentsFor(
  source: SliceSource,
  campaigns: readonly CampaignConfiguration[],
): Readonly<Record<string, ConditionDocument>> {
  const found = new Set<string>();
  const pending = campaigns.flatMap(({ audience, contexts }) => [
    ...(audience.segment === undefined ? [] : [audience.segment]),
    ...usesOf(audience.condition),
    ...contexts.flatMap((context) => usesOf(context.condition)),
  ]);
  // Each segment is added once and there are no unknown ones: ends after as many rounds as there are references.
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    pending.push(...source.segments.get(id)!.uses);
  }
  return Object.fromEntries([...found].toSorted().map((id) => [id, source.segments.get(id)!.condition]));
}

/** What decides for one placement. */
export function compileRules(source: SliceSource, placement: PlacementConfiguration): RulesSlice {
  const { channels, settings } = source.configuration;
  const channel = channels.find(({ id }) => id === placement.channel)!;
  const here = source.campaigns.filter((campaign) => campaign.source.placements.includes(placement.id));
  const campaigns = here.map(({ compiled, source: campaign }) => {
    const needs = needsOn(needsOf(campaign), channel);
    const purpose = campaign.purpose ?? channel.purpose;
    const models = modelIdsOf([compiled], segmentsFor(source, [campaign]));
    return {
      ...compiled,
      ...(purpose && { purpose }),
      ...(needs.length > 0 && { needs }),
      ...(models.length > 0 && {
        models,
        modelOutputs: modelOutputsOf(campaign, compiled, models, source.configuration.segments),
      }),
    };
  });
  const { id, countsTowardGlobal, requiresConsent, cap, claimTtlMs, quietHours } = channel;
  const { exploration, preset = DEFAULT_PRESET } = settings.arbitration;
  const segments = segmentsFor(
    source,
    here.map((campaign) => campaign.source),
  );
  const models = modelIdsOf(campaigns, segments);
  return {
    format: campaigns.some(({ needs }) => needs) ? LEDGER_SLICE_FORMAT : SLICE_FORMAT,
    placement: placement.id,
    channel: { id, countsTowardGlobal, requiresConsent, cap, claimTtlMs, ...(quietHours && { quietHours }) },
    globalCap: settings.globalCap,
    globalHoldout: settings.holdout,
    salt: source.salt,
    exploration,
    ...(preset !== DEFAULT_PRESET && { preset }),
    fatigue: {
      weight: settings.fatigue.weight,
      halfLifeMs: settings.fatigue.halfLifeMs,
      channelWeights: Object.fromEntries(byId(channels).map((each) => [each.id, each.fatigueWeight])),
    },
    campaigns,
    segments,
    ...(models.length > 0 && { models }),
    ...(settings.receipts === 'all' && { receipts: settings.receipts }),
  };
}

/** What is attached to the decisions of one placement. */
export function compileContents(source: SliceSource, placement: PlacementConfiguration): ContentsSlice {
  const contentsOf = (campaign: CampaignConfiguration): Readonly<Record<string, Content>> =>
    Object.fromEntries(campaign.arms.map((arm) => [arm.id, arm.content]));
  return {
    format: SLICE_FORMAT,
    placement: placement.id,
    defaultContent: placement.defaultContent ?? null,
    contents: Object.fromEntries(
      source.campaigns
        .filter((campaign) => campaign.source.placements.includes(placement.id))
        .map((campaign) => [campaign.source.id, contentsOf(campaign.source)]),
    ),
  };
}

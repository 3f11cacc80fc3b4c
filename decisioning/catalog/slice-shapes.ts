/** The shapes of slices that deciding relies on. */
import { PRESET_NAMES } from '../arbitration/value.ts';
import { REST_LEAF } from '../bandits/allocation.ts';
import { parseCounterPath } from '../segments/index.ts';
import { leafKeysOf } from '../strategies/strata.ts';
import { featuresShape, linearTerms } from './feature-shapes.ts';
import { ledgerShape, needsShape } from './ledger-shapes.ts';
import { rewardParts } from './reward-shapes.ts';
import {
  also,
  anObject,
  between,
  fields,
  finite,
  flag,
  listOf,
  notNegative,
  nullable,
  oneOf,
  optional,
  recordOf,
  type Shape,
  text,
  where,
  wholeFrom,
} from './shape.ts';
import {
  type CampaignPolicy,
  LEDGER_SLICE_FORMAT,
  type RulesSlice,
  SLICE_FORMAT,
  type SliceCampaign,
} from './slice.ts';
import { lifecycleShape, standingFields, strategiesShape } from './stage-shapes.ts';
import { designShape, momentsShape, steeringMisfit, steeringShape } from './steering-shapes.ts';

/** How far rounding may move a sum of published probabilities from 1. */
const SUM_TOLERANCE = 1e-9;

const cap = fields({ max: wholeFrom(1), windowMs: wholeFrom(1) });

const leafAllocation = fields({
  probabilities: listOf(between(0, 1)),
  pBest: listOf(between(0, 1)),
  posteriors: listOf(fields({ alpha: notNegative, beta: notNegative })),
  expectedRate: finite,
  expectedRevenueMinor: finite,
  rewards: optional(momentsShape),
});

const allocation = fields({
  campaignId: text,
  version: wholeFrom(0),
  armsKey: text,
  armIds: listOf(text),
  leaves: recordOf(leafAllocation),
  ...standingFields,
});

const sticky = also(
  fields({ mode: oneOf('none', 'session', 'days') }),
  where((value: { mode: string; days?: unknown }) =>
    value.mode === 'days' && !Number.isSafeInteger(value.days) ? 'days' : undefined,
  ),
);

/** What each policy needs besides its name. */
const STRATEGY_FIELDS: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  thompson: {},
  ucb: {},
  epsilon_greedy: { epsilon: between(0, 1) },
  inverse_gap: { gamma: notNegative, ...linearTerms },
  linear_ucb: { alpha: notNegative, ...linearTerms },
  linear_thompson: { v: optional(notNegative), ...linearTerms },
  fixed_split: { weights: recordOf(notNegative) },
};

const strategy = also(fields({ policy: oneOf(...Object.keys(STRATEGY_FIELDS)) }), (value, at) => {
  const {
    policy,
    modelWeight = 0,
    topArms = 1,
    hybrid = false,
  } = value as Record<string, unknown> & { policy: string };
  return (
    fields(STRATEGY_FIELDS[policy]!)(value, at) ??
    between(0, 1)(modelWeight, `${at}/modelWeight`) ??
    wholeFrom(1)(topArms, `${at}/topArms`) ??
    flag(hybrid, `${at}/hybrid`)
  );
});

const scoring = fields({ strategy, minExploration: between(0, 1) });

/** An allocation that fits its campaign: every leaf there, every vector as long as the arms, probabilities that sum to 1. */
function allocationMisfit(campaign: SliceCampaign): string | undefined {
  const { armIds, contexts, strategies, scorePaths, armFacts, needs, initialAllocation } = campaign;
  if (armIds.length === 0 || new Set(armIds).size !== armIds.length) return 'armIds';
  const short = needs?.findIndex(({ byArm }) => byArm && byArm.length !== armIds.length) ?? -1;
  if (short !== -1) return `needs/${short}/byArm`;
  if (scorePaths && scorePaths.length !== armIds.length) return 'scorePaths';
  if (armFacts && armFacts.length !== armIds.length) return 'armFacts';
  if (JSON.stringify(initialAllocation.armIds) !== JSON.stringify(armIds)) return 'initialAllocation/armIds';
  for (const leaf of leafKeysOf([...contexts.map(({ id }) => id), REST_LEAF], strategies)) {
    if (!Object.hasOwn(initialAllocation.leaves, leaf)) return `initialAllocation/leaves/${leaf}`;
    const { probabilities, pBest, posteriors } = initialAllocation.leaves[leaf]!;
    const sum = probabilities.reduce((total, probability) => total + probability, 0);
    const fits =
      probabilities.length === armIds.length && pBest.length === armIds.length && posteriors.length === armIds.length;
    if (!fits || Math.abs(sum - 1) > SUM_TOLERANCE) return `initialAllocation/leaves/${leaf}`;
  }
  return undefined;
}

const arbitration = fields({
  affinity: recordOf(between(0, 1)),
  contextWeight: notNegative,
  value: notNegative,
  lever: notNegative,
  budget: notNegative,
  valueFrom: optional(text),
});

/** A counter that cannot be read would always say no, or never: a slice with one is refused. */
const counter: Shape = (value, at) => text(value, at) ?? (parseCounterPath(value as string).ok ? undefined : at);

const campaign = also(
  fields({
    id: text,
    goal: text,
    conversionWeight: notNegative,
    revenueWeight: notNegative,
    priority: notNegative,
    segment: nullable(text),
    condition: nullable(anObject),
    startsAtMs: nullable(finite),
    endsAtMs: nullable(finite),
    timeZone: text,
    weekly: listOf(fields({ days: listOf(between(1, 7)), fromMinute: between(0, 1_440), toMinute: between(0, 1_440) })),
    caps: listOf(cap),
    needs: optional(needsShape),
    purpose: optional(oneOf('ads')),
    sticky,
    holdout: between(0, 1),
    contexts: listOf(fields({ id: text, condition: anObject })),
    arbitration: optional(arbitration),
    exclusionGroups: optional(listOf(text)),
    onlyAfter: optional(listOf(counter)),
    notWithin: optional(listOf(fields({ campaign: text, counter }))),
    armIds: listOf(text),
    shards: wholeFrom(1),
    features: optional(featuresShape),
    scorePaths: optional(listOf(text)),
    armFacts: optional(listOf(anObject)),
    models: optional(listOf(text)),
    tokenLifeMs: wholeFrom(1),
    goalWindowMs: optional(wholeFrom(1)),
    onDevice: optional(flag),
    strategies: optional(strategiesShape({ scoring: optional(scoring) })),
    steering: optional(steeringShape(scoring)),
    initialAllocation: allocation,
  }),
  also(also(where(allocationMisfit), where(steeringMisfit)), (value, at) => {
    const own = (value as { scoring?: unknown }).scoring;
    return own === undefined ? undefined : scoring(own, `${at}/scoring`);
  }),
);

export const rulesShape = also(
  fields({
    format: oneOf(SLICE_FORMAT, LEDGER_SLICE_FORMAT),
    placement: text,
    channel: fields({
      id: text,
      countsTowardGlobal: flag,
      requiresConsent: flag,
      cap: nullable(cap),
      claimTtlMs: wholeFrom(1),
      quietHours: optional(fields({ fromMinute: between(0, 1_440), toMinute: between(0, 1_440) })),
    }),
    globalCap: nullable(cap),
    globalHoldout: between(0, 1),
    salt: text,
    exploration: between(0, 1),
    preset: optional(oneOf(...PRESET_NAMES)),
    fatigue: fields({ weight: notNegative, halfLifeMs: wholeFrom(1), channelWeights: recordOf(notNegative) }),
    campaigns: listOf(campaign),
    segments: recordOf(anObject),
    models: optional(listOf(text)),
    receipts: optional(oneOf('all')),
  }),
  where((slice: RulesSlice) => {
    const missing = slice.campaigns.find(({ segment }) => segment !== null && !Object.hasOwn(slice.segments, segment));
    return missing && `segments/${missing.segment}`;
  }),
);

export const contentsShape = fields({
  format: oneOf(SLICE_FORMAT),
  placement: text,
  defaultContent: nullable(anObject),
  contents: recordOf(recordOf(anObject)),
});

const policy = also(
  fields({
    campaignId: text,
    armIds: listOf(text),
    parameters: optional(designShape),
    armsKey: text,
    leaves: listOf(text),
    strategy,
    minExploration: between(0, 1),
    priors: recordOf(fields({ alpha: notNegative, beta: notNegative })),
    holdout: between(0, 1),
    shards: wholeFrom(1),
    features: optional(featuresShape),
    ...rewardParts,
    strategies: optional(strategiesShape({ strategy, minExploration: between(0, 1) })),
    lifecycle: optional(lifecycleShape),
    learnsFromDevice: optional(flag),
    models: optional(fields({ goalWindowMs: wholeFrom(1), selects: listOf(text) })),
  }),
  where((value: CampaignPolicy) => (value.leaves.at(-1) === REST_LEAF ? undefined : 'leaves')),
);

export const directoryShape = fields({
  format: oneOf(SLICE_FORMAT),
  workspaceId: text,
  currency: text,
  channels: listOf(text),
  goals: recordOf(
    fields({
      id: text,
      name: text,
      source: oneOf('server', 'any'),
      windowMs: wholeFrom(1),
      defaultValueMinor: finite,
      unit: optional(oneOf('count', 'ms')),
    }),
  ),
  attributes: recordOf(
    fields({ type: oneOf('string', 'number', 'boolean', 'string_list'), source: oneOf('server', 'any', 'device') }),
  ),
  sites: recordOf(
    fields({
      kind: oneOf('web', 'app', 'server'),
      origins: listOf(text),
      consent: oneOf('required', 'not_required'),
      cookie: optional(fields({ name: optional(text), domain: optional(text), maxAgeDays: wholeFrom(1) })),
    }),
  ),
  campaigns: recordOf(
    fields({
      name: text,
      goal: text,
      shards: wholeFrom(1),
      armIds: listOf(text),
      leaves: listOf(text),
      armsKey: text,
      policy,
      parameterNames: optional(recordOf(fields({ name: optional(text), values: recordOf(text) }))),
    }),
  ),
  ledgers: optional(recordOf(ledgerShape)),
});

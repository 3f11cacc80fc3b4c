/** Whether a campaign's decisions can be made on devices, which know nothing of a customer's past and must not be told what is nobody's business. */
import { usesScores } from '../bandits/policies.ts';
import { isLiveFact } from '../device/live.ts';
import type { DeviceObstacle } from '../device/reasons.ts';
import { pathReadsOf } from '../device/residual.ts';
import { isCounterPath, parseCondition, segmentsOf } from '../segments/index.ts';
import { isReservedPath } from './attribute-paths.ts';
import type { CampaignConfiguration, ChannelConfiguration, ConditionDocument, Configuration } from './configuration.ts';
import { steers } from './parameters.ts';
import type { Report } from './problems.ts';

/** What stands in the way, in words; each goes on from "a campaign for devices". */
const WORDS: Readonly<Record<DeviceObstacle, string>> = {
  cap: 'has no cap: touches are counted where all of them meet',
  cost: 'takes nothing of pools, stocks or capacities: units are claimed at a ledger',
  holdout: 'has no holdout: who is in it is not told to pages',
  sticky: 'keeps no arms: earlier assignments are with the customer (sticky must be "none")',
  purpose: 'needs no purpose beside personalization: what the customer said to it is with the customer',
  channel_rules: 'is on channels without a consent of their own and without quiet hours',
  relations: 'stands in no relation to others: what was shown before is with the customer',
  strategies: 'has one strategy: who is given which is not told to pages',
  lifecycle: 'has no phases: who is admitted is not told to pages',
  features: 'declares no features: models stay on the server',
  scores: 'uses no scores: they are not told to pages',
  steering: 'has the same arms everywhere at all times',
  watch: 'does not have its feedback watched: what devices report is no pattern to watch',
  fatigue: 'cannot be weighed against fatigue: contacts are with the customer (settings: fatigue.weight is above 0)',
  past: "asks nothing of a customer's past",
  server_attribute: 'asks nothing that only servers tell: pages are not told it',
  operator:
    'asks with operators that pages have: no patterns, versions, `$all` or `$elemMatch`, nothing inside a value',
};

type Check = (campaign: CampaignConfiguration, configuration: Configuration, tell: Tell) => void;
/** @param field below the campaign: `caps`, `audience/condition` */
type Tell = (field: string, obstacle: DeviceObstacle, what?: string) => void;

const checkOwn: Check = (campaign, _, tell) => {
  const { caps, pool, stock, dailyCapacity, arms, holdout, sticky, purpose, strategies, lifecycle, features } =
    campaign;
  if (caps.length > 0) tell('caps', 'cap');
  if (pool !== undefined) tell('pool', 'cost');
  if (stock !== undefined) tell('stock', 'cost');
  if (dailyCapacity !== undefined) tell('dailyCapacity', 'cost');
  if (holdout > 0) tell('holdout', 'holdout');
  if (sticky.mode !== 'none') tell('sticky', 'sticky');
  if (purpose !== undefined) tell('purpose', 'purpose');
  for (const field of ['exclusionGroups', 'onlyAfter', 'notWithin'] as const)
    if (campaign[field] && campaign[field].length > 0) tell(field, 'relations');
  if (strategies !== undefined) tell('strategies', 'strategies');
  if (lifecycle !== undefined) tell('lifecycle', 'lifecycle');
  if (features !== undefined) tell('features', 'features');
  if (arms.some(({ score }) => score !== undefined)) tell('arms', 'scores');
  else if (usesScores(campaign.strategy)) tell('strategy', 'scores');
  if (campaign.arbitration?.valueFrom !== undefined) tell('arbitration/valueFrom', 'scores');
  if (steers(campaign.parameters)) tell('parameters', 'steering');
  if (campaign.learning?.watch !== undefined) tell('learning/watch', 'watch');
};

const checkChannels: Check = ({ placements }, configuration, tell) => {
  const { settings } = configuration;
  for (const [i, id] of placements.entries()) {
    const placement = configuration.placements.find((each) => each.id === id);
    const channel = configuration.channels.find((each) => each.id === placement?.channel);
    for (const obstacle of channel ? obstaclesOf(channel, settings.globalCap !== null) : [])
      tell(`placements/${i}`, obstacle, ` (channel "${channel!.id}")`);
  }
  if (settings.holdout > 0) tell('onDevice', 'holdout', " (the workspace's settings have one)");
  if (settings.fatigue.weight > 0) tell('onDevice', 'fatigue');
};

function obstaclesOf(channel: ChannelConfiguration, hasGlobalCap: boolean): DeviceObstacle[] {
  const { cap, countsTowardGlobal, capacity, requiresConsent, quietHours, purpose } = channel;
  return [
    ...(cap !== null || (countsTowardGlobal && hasGlobalCap) ? (['cap'] as const) : []),
    ...(capacity !== undefined ? (['cost'] as const) : []),
    ...(requiresConsent || quietHours !== null ? (['channel_rules'] as const) : []),
    ...(purpose !== undefined ? (['purpose'] as const) : []),
  ];
}

const checkConditions: Check = ({ audience, contexts }, configuration, tell) => {
  const declared = Object.fromEntries(configuration.attributes.map((attribute) => [attribute.id, attribute]));
  const segments = new Map(configuration.segments.map(({ id, condition }) => [id, condition]));
  const seen = new Set<string>();
  const look = (document: ConditionDocument | undefined, field: string, within = ''): void => {
    const parsed = document === undefined ? undefined : parseCondition(document);
    if (!parsed?.ok) return;
    for (const { path, heavy } of pathReadsOf(parsed.condition)) {
      const obstacle = isCounterPath(path) ? 'past' : heavy.length > 0 ? 'operator' : sourceObstacle(path, declared);
      if (obstacle) tell(field, obstacle, `: "${path}"${within}`);
    }
    // Circles and chains are told elsewhere; here each segment is looked at once a field.
    for (const id of segmentsOf(parsed.condition)) follow(id, field);
  };
  const follow = (id: string, field: string): void => {
    const key = `${field} ${id}`;
    if (seen.has(key)) return;
    seen.add(key);
    look(segments.get(id), field, ` of segment "${id}"`);
  };
  if (audience.segment !== undefined) follow(audience.segment, 'audience/segment');
  look(audience.condition, 'audience/condition');
  for (const [i, { condition }] of contexts.entries()) look(condition, `contexts/${i}/condition`);
};

function sourceObstacle(
  path: string,
  declared: Readonly<Record<string, { readonly source: string }>>,
): DeviceObstacle | undefined {
  if (isReservedPath(path) || isLiveFact(path)) return undefined;
  // Into an attribute's value: `tags.0`.
  if (!Object.hasOwn(declared, path)) return 'operator';
  return declared[path]!.source === 'server' ? 'server_attribute' : undefined;
}

/** Tells what keeps campaigns that ask for it from being decided on devices, at the fields that do; and what only devices know and others read. */
export function checkDevice(configuration: Configuration, report: Report): void {
  for (const campaign of configuration.campaigns) {
    const at = `/campaigns/${campaign.id}`;
    if (!campaign.onDevice) {
      if (campaign.learnFromDevice) report(`${at}/learnFromDevice`, 'needs "onDevice": nothing comes from devices');
      continue;
    }
    const tell: Tell = (field, obstacle, what = '') =>
      report(`${at}/${field}`, `${obstacle}: a campaign for devices ${WORDS[obstacle]}${what}`);
    for (const check of [checkOwn, checkChannels, checkConditions]) check(campaign, configuration, tell);
  }
}

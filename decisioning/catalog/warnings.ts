/** What may be published, but should not surprise anybody. */
import { isNeverShown } from '../lifecycle/awaited.ts';
import { contradictionOf } from '../segments/contradiction.ts';
import { type Condition, parseCondition } from '../segments/index.ts';
import { OUTBOUND_FROM_MS } from '../steering/availability.ts';
import { isInWindow } from '../steering/next-moment.ts';
import type { CampaignConfiguration, ConditionDocument, Configuration } from './configuration.ts';
import { ledgerWarnings } from './ledger-warnings.ts';
import type { CatalogProblem } from './problems.ts';
import { asksForScores } from './score-paths.ts';

/** Said wherever somebody chooses or reads a comparison of strategies that take turns. */
export const ROTATION_WARNING =
  'strategies take turns, so each has times of its own: differences between them may be differences between times';

/** Arms that one warning names: what fits into a line. */
const MAX_NAMED_ARMS = 5;

const NO_SCORES_WARNING =
  'modelWeight and topArms have no effect without scores, nor has hybrid: give every arm a score, the path of a number from 0 to 1';
const MADE_ARMS_WARNING =
  'modelWeight and topArms have no effect without scores, nor has hybrid: give the campaign a score, which the arms that parameters make then have';
const UNUSED_SCORES_WARNING =
  'scores have no effect: no strategy has a modelWeight above 0, topArms above 1, or hybrid';

/** Said of a condition that can hold for nobody. @param path of what cannot be fulfilled. */
function nobody(path: string): string {
  return `can hold for nobody: no value of "${path}" is all that is asked of it at once`;
}

const UNSCHEDULED_WARNING =
  'lies outside of schedule.weekly: only customers of another time zone than the campaign’s could ever be shown it';

/** Warnings of a configuration that was checked: those of campaigns in their order, those of segments, then what concerns money and stocks. */
export function warningsOf(
  configuration: Pick<Configuration, 'campaigns'> & Partial<Configuration>,
): readonly CatalogProblem[] {
  const { campaigns, segments = [] } = configuration;
  const conditions = new Map(segments.map(({ id, condition }) => [id, parsed(condition)]));
  const ofCampaigns = campaigns.flatMap((campaign) =>
    [
      ...rotation(campaign),
      ...scores(campaign),
      ...unshown(campaign),
      ...unscheduled(campaign, configuration),
      ...hopeless(campaign, (id) => conditions.get(id)),
    ].map(([field, detail]) => ({ path: `/campaigns/${campaign.id}/${field}`, detail })),
  );
  const ofSegments = [...conditions].flatMap(([id, condition]) => {
    const path = contradictionOf(condition, (other) => conditions.get(other));
    return path === undefined ? [] : [{ path: `/segments/${id}/condition`, detail: nobody(path) }];
  });
  return [...ofCampaigns, ...ofSegments, ...ledgerWarnings(configuration)];
}

/** Warning of a condition by itself, without a look into the segments that it names; undefined when there is none. */
export function conditionWarning(condition: ConditionDocument): string | undefined {
  const path = contradictionOf(parsed(condition));
  return path === undefined ? undefined : nobody(path);
}

/** Nothing is asked by a condition that cannot be read: it was refused before. */
function parsed(condition: ConditionDocument): Condition {
  const result = parseCondition(condition);
  return result.ok ? result.condition : { clauses: [] };
}

type Warning = readonly [field: string, detail: string];

function rotation({ strategyMode }: CampaignConfiguration): readonly Warning[] {
  return strategyMode === 'rotation' ? [['strategyMode', ROTATION_WARNING]] : [];
}

function scores(campaign: CampaignConfiguration): readonly Warning[] {
  const { arms, parameters, strategies } = campaign;
  const has = arms.some(({ score }) => score !== undefined);
  const asks = asksForScores(campaign);
  if (has === asks) return [];
  if (has) return [['arms', UNUSED_SCORES_WARNING]];
  return [[strategies ? 'strategies' : 'strategy', parameters ? MADE_ARMS_WARNING : NO_SCORES_WARNING]];
}

/** Arms that the first phase shows to nobody: the campaign goes on without trials of them. */
function unshown({ arms, lifecycle, strategy, strategies }: CampaignConfiguration): readonly Warning[] {
  if (!lifecycle) return [];
  const armIds = arms.map(({ id }) => id);
  const all = (strategies?.map((own) => own.strategy) ?? [strategy]).map((own) => ({ strategy: own, ...own }));
  const { floor } = lifecycle.phases.initialization;
  const never = armIds.filter((id) => isNeverShown(id, armIds, all, floor));
  if (never.length === 0) return [];
  const named = never.slice(0, MAX_NAMED_ARMS).map((id) => `"${id}"`);
  const more = never.length > MAX_NAMED_ARMS ? ` and ${never.length - MAX_NAMED_ARMS} more` : '';
  return [['lifecycle/initialization', `shows ${named.join(', ')}${more} to nobody: goes on without trials of them`]];
}

/**
 * Hours of arms that pages show at once, and that lie outside of the campaign's weekly hours. Both would be open together for customers of another
 * time zone alone; messages are decided in the weekly hours and may go out later.
 */
function unscheduled(
  { schedule, placements, parameters = [] }: CampaignConfiguration,
  configuration: Partial<Configuration>,
): readonly Warning[] {
  const { weekly } = schedule;
  const when = parameters.findIndex(({ kind }) => kind === 'timing');
  if (weekly.length === 0 || when === -1) return [];
  const places = configuration.placements?.filter(({ id }) => placements.includes(id)) ?? [];
  const channels = configuration.channels?.filter(({ id }) => places.some(({ channel }) => channel === id)) ?? [];
  if (channels.some(({ claimTtlMs }) => claimTtlMs >= OUTBOUND_FROM_MS)) return [];
  return parameters[when]!.values.flatMap(({ window }, i): Warning[] => {
    // Minutes of both begin where those of either do.
    const together = weekly.some(({ days, fromMinute, toMinute }) =>
      [0, fromMinute, window?.fromMinute ?? 0].some(
        (minute) =>
          minute >= fromMinute &&
          minute < toMinute &&
          days.some((day) => window === undefined || isInWindow(window, { day, minute })),
      ),
    );
    return together ? [] : [[`parameters/${when}/values/${i}/window`, UNSCHEDULED_WARNING]];
  });
}

/** Audiences and contexts that nobody can be in: by the condition, by the segment, or by both together. */
function hopeless(
  { audience, contexts }: CampaignConfiguration,
  segmentOf: (id: string) => Condition | undefined,
): readonly Warning[] {
  const own = audience.condition && parsed(audience.condition);
  const segment = audience.segment === undefined ? undefined : segmentOf(audience.segment);
  const parts: readonly (readonly [string, readonly (Condition | undefined)[]])[] = [
    ['audience/condition', [own]],
    ['audience/segment', [segment]],
    ['audience', [own, segment]],
  ];
  const contradictions = parts.flatMap(([field, conditions]): Warning[] => {
    const path = contradictionOf({ clauses: conditions.flatMap((one) => one?.clauses ?? []) }, segmentOf);
    return path === undefined ? [] : [[field, nobody(path)]];
  });
  const inContexts = contexts.flatMap(({ condition }, i): Warning[] => {
    const path = contradictionOf(parsed(condition), segmentOf);
    return path === undefined ? [] : [[`contexts/${i}/condition`, nobody(path)]];
  });
  // Both together say nothing new where one of them says it alone.
  return [...contradictions.slice(0, 1), ...inContexts];
}

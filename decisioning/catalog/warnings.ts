/** What may be published, but should not surprise anybody. */
import { isNeverShown } from '../lifecycle/awaited.ts';
import type { CampaignConfiguration } from './configuration.ts';
import type { CatalogProblem } from './problems.ts';
import { asksForScores } from './score-paths.ts';

/** Said wherever somebody chooses or reads a comparison of strategies that take turns. */
export const ROTATION_WARNING =
  'strategies take turns, so each has times of its own: differences between them may be differences between times';

/** Arms that one warning names: what fits into a line. */
const MAX_NAMED_ARMS = 5;

const NO_SCORES_WARNING =
  'modelWeight and topArms have no effect without scores: give every arm a score, the path of a number from 0 to 1';
const MADE_ARMS_WARNING = 'modelWeight and topArms have no effect: arms that parameters make have no scores';
const UNUSED_SCORES_WARNING = 'scores have no effect: no strategy has a modelWeight above 0 or topArms above 1';

/** Warnings of campaigns that were checked, in their order. */
export function warningsOf(campaigns: readonly CampaignConfiguration[]): readonly CatalogProblem[] {
  return campaigns.flatMap((campaign) =>
    [...rotation(campaign), ...scores(campaign), ...unshown(campaign)].map(([field, detail]) => ({
      path: `/campaigns/${campaign.id}/${field}`,
      detail,
    })),
  );
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

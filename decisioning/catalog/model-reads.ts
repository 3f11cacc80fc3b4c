/** Where a configuration names scores of models, and what of that would never have a value. */
import { didYouMean } from '../did-you-mean.ts';
import { modelPath } from '../scoring/paths.ts';
import { parseCondition } from '../segments/index.ts';
import { pathsOf } from './attribute-paths.ts';
import type { CampaignConfiguration, ConditionDocument, SegmentConfiguration } from './configuration.ts';
import type { CatalogProblem } from './problems.ts';

/** A score that is named somewhere. */
export interface ModelRead {
  /** Where: `/campaigns/stay/score`. */
  readonly at: string;
  readonly model: string;
  readonly output: string;
  /** It is the one score of all arms. */
  readonly ofAllArms?: true;
}

/** A model as the registry has it. */
export interface KnownModel {
  readonly id: string;
  /** Whether a version serves customers, as live or canary. */
  readonly serves: boolean;
  /** Names that each of its versions has which serve, or the newest where none does. */
  readonly outputs: readonly string[];
  /** Whether those versions read arms. */
  readonly readsArms: boolean;
}

/** Every score that campaigns and segments name, in their order, each place and score once. */
export function modelReadsOf({
  campaigns,
  segments,
}: {
  readonly campaigns: readonly CampaignConfiguration[];
  readonly segments: readonly SegmentConfiguration[];
}): readonly ModelRead[] {
  return [
    ...campaigns.flatMap(readsOfCampaign),
    ...segments.flatMap(({ id, condition }) => readsAt(`/segments/${id}/condition`, pathsIn(condition))),
  ];
}

function readsOfCampaign(campaign: CampaignConfiguration): readonly ModelRead[] {
  const { id, audience, contexts, arms, score: shared, arbitration } = campaign;
  const at = `/campaigns/${id}`;
  const ofAllArms = new Set(arms.map(({ score }) => score)).size === 1;
  const scores = arms.flatMap(({ score }, i) => {
    const place = score === shared ? `${at}/score` : `${at}/arms/${i}/score`;
    return score === undefined ? [] : readsAt(place, [score], arms.length > 1 && ofAllArms);
  });
  return [
    ...readsAt(`${at}/audience/condition`, pathsIn(audience.condition)),
    ...contexts.flatMap(({ condition }, i) => readsAt(`${at}/contexts/${i}/condition`, pathsIn(condition))),
    // One line for all arms, or arm by arm the same: it is said once.
    ...(ofAllArms
      ? scores.slice(0, 1)
      : scores.filter((one, i) => scores.findIndex(({ at: a }) => a === one.at) === i)),
    ...(arbitration?.valueFrom === undefined ? [] : readsAt(`${at}/arbitration/valueFrom`, [arbitration.valueFrom])),
  ];
}

function pathsIn(condition: ConditionDocument | undefined): readonly string[] {
  const parsed = condition && parseCondition(condition);
  return parsed?.ok ? pathsOf(parsed.condition) : [];
}

function readsAt(at: string, paths: readonly string[], ofAllArms = false): readonly ModelRead[] {
  return [...new Set(paths)].flatMap((path) => {
    const asked = modelPath(path);
    if (!asked || asked.arm) return [];
    return [{ at, model: asked.model, output: asked.output, ...(ofAllArms && { ofAllArms: true as const }) }];
  });
}

/** What of them would be missing, or choose nothing, by what is registered now: it may be published, since a model may follow. */
export function modelWarnings(reads: readonly ModelRead[], models: readonly KnownModel[]): readonly CatalogProblem[] {
  const known = new Map(models.map((model) => [model.id, model]));
  return reads.flatMap((read) => {
    const detail = warningOf(read, known);
    return detail === undefined ? [] : [{ path: read.at, detail }];
  });
}

function warningOf(
  { model: id, output, ofAllArms }: ModelRead,
  known: ReadonlyMap<string, KnownModel>,
): string | undefined {
  const model = known.get(id);
  const missing = 'its score is missing until then';
  if (!model) return `no model "${id}" is registered: ${missing}${guess(didYouMean(id, known.keys()))}`;
  if (!model.outputs.includes(output))
    return `model "${id}" has no output "${output}", so this is always missing${guess(didYouMean(output, model.outputs))}`;
  if (!model.serves) return `no version of model "${id}" is live or canary: ${missing}`;
  if (ofAllArms && !model.readsArms)
    return `model "${id}" reads nothing of the arms and scores them all alike: its scores choose none of them`;
  return undefined;
}

/** As a sentence of its own. */
function guess(found: string): string {
  return found === '' ? '' : `; ${found.slice(2)}`;
}

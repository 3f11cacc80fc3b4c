/** What a campaign goes by of each model: the output that counts, and whether the model chooses its customers. */
import { modelPath } from '../scoring/paths.ts';
import { parseCondition, segmentsOf } from '../segments/index.ts';
import { pathsOf } from './attribute-paths.ts';
import type { CampaignConfiguration, ConditionDocument, SegmentConfiguration } from './configuration.ts';
import type { CampaignPolicy, SliceCampaign } from './slice.ts';

/** Paths of the conditions, and of the segments that they name, each segment once. */
function pathsOfConditions(
  conditions: readonly (ConditionDocument | undefined)[],
  segments: ReadonlyMap<string, ConditionDocument>,
): readonly string[] {
  const paths: string[] = [];
  const known = new Set<string>();
  const pending = [...conditions];
  // Each segment is added once: ends after as many rounds as there are conditions and segments.
  for (let i = 0; i < pending.length; i += 1) {
    const document = pending[i];
    const parsed = document && parseCondition(document);
    if (!parsed?.ok) continue;
    paths.push(...pathsOf(parsed.condition));
    for (const id of segmentsOf(parsed.condition)) {
      if (!known.has(id)) pending.push(segments.get(id));
      known.add(id);
    }
  }
  return paths;
}

const conditionsById = (segments: readonly SegmentConfiguration[]) =>
  new Map(segments.map(({ id, condition }) => [id, condition] as const));

/** Paths that decide whether the campaign is for a customer: its audience, and what it is worth where campaigns compete. */
function choosingPaths(
  { audience, arbitration }: CampaignConfiguration,
  segments: ReadonlyMap<string, ConditionDocument>,
): readonly string[] {
  const segment = audience.segment === undefined ? undefined : segments.get(audience.segment);
  return [...pathsOfConditions([audience.condition, segment], segments), arbitration?.valueFrom ?? ''];
}

/**
 * The output of each model that counts for the campaign: that of its arms' scores, else of its audience, its worth, its contexts; the first of several.
 *
 * @param models in the order of the answer
 */
export function modelOutputsOf(
  campaign: CampaignConfiguration,
  { scorePaths = [] }: Pick<SliceCampaign, 'scorePaths'>,
  models: readonly string[],
  segments: readonly SegmentConfiguration[],
): readonly string[] {
  const known = conditionsById(segments);
  const contexts = pathsOfConditions(
    campaign.contexts.map(({ condition }) => condition),
    known,
  );
  const asked = [...scorePaths, ...choosingPaths(campaign, known), ...contexts].flatMap(
    (path) => modelPath(path) ?? [],
  );
  return models.map((id) => asked.find(({ model }) => model === id)?.output ?? '');
}

/** What the watch of models needs of a campaign; nothing where it asks none. */
export function modelPolicyOf(
  campaign: CampaignConfiguration,
  goalWindowMs: number,
  segments: readonly SegmentConfiguration[],
): Pick<CampaignPolicy, 'models'> {
  const known = conditionsById(segments);
  const choosing = choosingPaths(campaign, known);
  const others = [
    ...campaign.arms.map(({ score }) => score ?? ''),
    ...pathsOfConditions(
      campaign.contexts.map(({ condition }) => condition),
      known,
    ),
  ];
  const idsOf = (paths: readonly string[]) => [...new Set(paths.flatMap((path) => modelPath(path)?.model ?? []))];
  if (idsOf([...choosing, ...others]).length === 0) return {};
  return { models: { goalWindowMs, selects: idsOf(choosing).toSorted() } };
}

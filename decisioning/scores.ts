/** How likely a customer is to reach a campaign's goal, by whoever can tell: a model of the app or the bank, which writes it as an attribute. */
import type { SliceCampaign } from './catalog/slice.ts';
import { armPath, isModelPath, modelPath, versionName } from './scoring/paths.ts';
import type { ArmAsk, CustomerView } from './view.ts';

/**
 * The customer's scores by arm; undefined where the campaign declares none. Nothing is read before a strategy asks, and what is no number counts as missing.
 *
 * @param resolve value of an attribute by path
 */
export function scoresFrom(
  { armIds, scorePaths }: Pick<SliceCampaign, 'armIds' | 'scorePaths'>,
  resolve: (path: string) => unknown,
): ArmAsk['score'] {
  if (!scorePaths) return undefined;
  return (campaignId, armId) => {
    const path = scorePaths[armIds.indexOf(armId)];
    const asked = path !== undefined && isModelPath(path) ? armPath(path, { campaignId, armId }) : path;
    const score = asked === undefined ? undefined : resolve(asked);
    return typeof score === 'number' ? score : undefined;
  };
}

/** The model that scores every arm; undefined where attributes do, or several models. */
export function scoringModel(scorePaths: readonly string[]): string | undefined {
  const [first, ...others] = new Set(scorePaths.map((path) => modelPath(path)?.model));
  return others.length === 0 ? first : undefined;
}

/** Names the version that gave the customer's scores, once they were read. */
export function scoredByFrom(
  { scorePaths = [] }: Pick<SliceCampaign, 'scorePaths'>,
  { modelVersion }: Pick<CustomerView, 'modelVersion'>,
): ArmAsk['scoredBy'] {
  const model = scoringModel(scorePaths);
  if (model === undefined || !modelVersion) return undefined;
  return () => {
    const version = modelVersion(model);
    return version === undefined ? undefined : versionName(model, version);
  };
}

/** What the draw of an arm tells of bandit and model, where a strategy chooses between them. */
import type { ChosenAction } from './chosen-action.ts';
import { scoredByFrom, scoresFrom } from './scores.ts';
import { armWeight } from './scoring/watch/arm-sums.ts';
import type { CustomerView, Evidence } from './view.ts';

/**
 * The weight of a choice that was just made: see `scoring/watch/arm-sums.ts`. Undefined where bandit and model would show the same, where the arm was kept
 * from before, and of campaigns whose parameters say where and when arms are shown: what else could have been shown is not known behind the choice.
 *
 * @param evidence that the choice was made by, and the customer as they were then
 */
export function versusOf(
  { campaign, leaf, armId, sticky }: ChosenAction,
  customer: CustomerView,
  evidence: Evidence,
): number | undefined {
  const index = campaign.armIds.indexOf(armId);
  const score = scoresFrom(campaign, customer.resolve);
  if (!score || sticky || campaign.steering || index < 0) return undefined;
  const scoredBy = scoredByFrom(campaign, customer);
  const ask = { score, ...(scoredBy && { scoredBy }) };
  const less = evidence.versus?.(campaign, leaf, ask);
  return less && armWeight(less, evidence.probabilities(campaign, leaf, ask), index);
}

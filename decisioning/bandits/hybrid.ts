/** The choice between bandit and model, customer by customer: whoever is surer of its arm decides. */
import type { LeafAllocation } from './allocation.ts';

/** Who decided; a closed list. */
export const HYBRID_METHODS = ['bandit', 'model'] as const;

export type HybridMethod = (typeof HYBRID_METHODS)[number];

/** What a coin has of a model's confidence: among many arms the bandit may be less sure than that, and a coin no better for it. */
const COIN = 0.5;

/** Who decides for one customer, and how sure each of both is; both in [0, 1]. */
export interface HybridChoice {
  readonly method: HybridMethod;
  /** P(best) of the arm that leads in the leaf. */
  readonly bandit: number;
  /** What the version has shown in this leaf so far; null where too little is known, or no version scored. */
  readonly model: number | null;
  /** `<model id>@<version>` of the version that scored; absent where none did. */
  readonly scoredBy?: string;
}

/**
 * The more confident of both. The model decides only where it is strictly surer, and than a coin, has scored every arm, and has shown enough in this leaf:
 * where anything of it is missing the bandit decides alone.
 *
 * @param scoredBy the version whose scores these are; undefined where scores are none of a model
 * @param hasScores whether every arm has one
 */
export function hybridChoice(
  { pBest, modelConfidence = {} }: Pick<LeafAllocation, 'pBest' | 'modelConfidence'>,
  scoredBy: string | undefined,
  hasScores: boolean,
): HybridChoice {
  const bandit = pBest.reduce((most, probability) => Math.max(most, probability), 0);
  const shown = scoredBy !== undefined && Object.hasOwn(modelConfidence, scoredBy) ? modelConfidence[scoredBy]! : null;
  const model = shown !== null && shown >= 0 && shown <= 1 ? shown : null;
  const isSurer = hasScores && model !== null && model > Math.max(bandit, COIN);
  return { method: isSurer ? 'model' : 'bandit', bandit, model, ...(scoredBy !== undefined && { scoredBy }) };
}

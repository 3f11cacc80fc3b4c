/** What a conversion of one customer is worth, where a campaign reads that from the customer. */
import type { PresetCandidate } from './preset.ts';

/** Largest value that a path may bring: what documents may declare. A model that says more is broken, and nobody's ranking should follow it. */
export const MAX_WORTH = 1_000_000_000;

/**
 * A candidate with what a conversion of this customer is worth, where its campaign reads that from the customer: an amount that is missing, or is none,
 * is the declared value.
 *
 * @param resolve value of an attribute by path
 */
export function withWorth<C extends PresetCandidate>(candidate: C, resolve: (path: string) => unknown): C {
  const terms = candidate.campaign.arbitration;
  if (terms?.valueFrom === undefined) return candidate;
  const told = resolve(terms.valueFrom);
  const worth = typeof told === 'number' && told >= 0 && told <= MAX_WORTH ? told : terms.value;
  return { ...candidate, worth };
}

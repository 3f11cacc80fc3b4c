/** The preset `pcvl`: propensity, context weight, value and lever, multiplied. */
import type { PresetCandidate, PresetValue } from './preset.ts';
import { NEUTRAL_TERMS } from './terms.ts';

/**
 * propensity · contextWeight · value · lever. The propensity is the customer's: the expected conversions per trial in their leaf, not
 * the probability of the choice. The value is what a conversion is worth, in major units: the customer's own where
 * the campaign names where to read it, else the declared one; the two others have no unit.
 */
export function pcvl({ campaign, expected, worth }: PresetCandidate): PresetValue {
  const { contextWeight, value: declared, lever } = campaign.arbitration ?? NEUTRAL_TERMS;
  const value = worth ?? declared;
  const propensity = expected.rate;
  return { terms: { propensity, contextWeight, value, lever }, total: propensity * contextWeight * value * lever };
}

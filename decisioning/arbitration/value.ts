/** What a candidate is worth: the `weighted` preset. */

/** The terms of a value; `fatigue` is what is taken off. */
export interface ValueParts {
  readonly conversion: number;
  readonly revenue: number;
  readonly priority: number;
  readonly fatigue: number;
}

export interface Worth {
  readonly conversionWeight: number;
  readonly revenueWeight: number;
  readonly priority: number;
}

/** Revenue enters in major units, so that a weight means the same whatever the evidence is counted in. */
const MINOR_PER_MAJOR = 100;

/**
 * Σ objective weight · expected objective, plus priority, minus fatigue: expected conversions per trial, expected revenue per trial in
 * hundreds of minor units. Arbitration ranks on expected values; exploration happens inside campaigns.
 *
 * @param pressure soft fatigue of the customer, see `fatiguePressure`.
 */
export function valueParts(
  worth: Worth,
  expected: { readonly rate: number; readonly revenueMinor: number },
  pressure: number,
  fatigueWeight: number,
): ValueParts {
  return {
    conversion: worth.conversionWeight * expected.rate,
    revenue: (worth.revenueWeight * expected.revenueMinor) / MINOR_PER_MAJOR,
    priority: worth.priority,
    fatigue: fatigueWeight * pressure,
  };
}

/** The value itself. Doing nothing is worth 0. */
export function totalValue(parts: ValueParts): number {
  return parts.conversion + parts.revenue + parts.priority - parts.fatigue;
}

/** How many customers meet a condition, told from the answers of a sample. */
import { DEFAULT_MASS, type Estimate } from '../evaluation/interval.ts';
import { wilsonInterval } from '../evaluation/wilson.ts';
import { normalQuantile } from '../math/normal.ts';
import { countCustomers } from './sample.ts';

/** What the sample said. */
export interface SampleAnswers {
  /** Customers in the sample. */
  readonly held: number;
  /** Threshold of the sample's ranks, see `sample.ts`. */
  readonly below: number;
  /** Customers of the sample who answered, at most `held`. */
  readonly answered: number;
  /** Of these, who meet the condition. */
  readonly matched: number;
}

/** Estimates with 95 % intervals. `share` is null when nobody answered; then any number of customers may match. */
export interface AudienceEstimate {
  readonly customers: Estimate;
  readonly share: Estimate | null;
  readonly matching: Estimate;
}

/**
 * The size of an audience. The share has Wilson's interval, and none when everybody there is has answered. The number multiplies the
 * ends of both intervals, so that it covers at least as often as they do.
 *
 * @throws RangeError unless 0 ≤ matched ≤ answered ≤ held
 */
export function estimateAudience(answers: SampleAnswers, mass = DEFAULT_MASS): AudienceEstimate {
  const { held, below, answered, matched } = answers;
  if (!(matched >= 0 && matched <= answered && answered <= held)) {
    throw new RangeError(`estimateAudience: ${matched} of ${answered} of ${held}`);
  }
  const customers = countCustomers(held, below, mass);
  if (answered === 0) return { customers, share: null, matching: { estimate: 0, low: 0, high: customers.high } };
  const rate = matched / answered;
  const everybody = customers.high === answered;
  const interval = everybody
    ? { low: rate, high: rate }
    : wilsonInterval(matched, answered, normalQuantile((1 + mass) / 2));
  // Rounding may leave the rate just outside at the ends of the scale.
  const share = { estimate: rate, low: Math.min(rate, interval.low), high: Math.max(rate, interval.high) };
  const matching = {
    estimate: rate * customers.estimate,
    low: Math.max(matched, share.low * customers.low),
    high: share.high * customers.high,
  };
  return { customers, share, matching };
}

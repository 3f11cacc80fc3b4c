import { normalQuantile } from '../math/normal.ts';
import { DEFAULT_MASS, type Estimate, type Interval } from './interval.ts';
import { wilsonInterval } from './wilson.ts';

/** A group of an experiment: 0 ≤ converted ≤ customers. */
export interface ConversionGroup {
  readonly customers: number;
  readonly converted: number;
}

/** What a treatment adds to a conversion rate. */
export interface Lift {
  readonly treatedRate: number;
  readonly controlRate: number;
  /** Treated minus control, in conversions per customer, from −1 to 1. */
  readonly absolute: Estimate;
  /** Treated / control − 1; null while either group has no conversion, since its ratio then has no finite interval. */
  readonly relative: Estimate | null;
}

/**
 * The lift of a treated group over its control, with frequentist intervals that hold for a sample size fixed beforehand. The difference
 * has Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, method 10), which stays inside [−1, 1] and covers at small
 * counts; the ratio has the log interval of Katz et al. (Biometrics 34, 1978). Where a group converted to the last customer, that would have no spread:
 * the ratio then has Donner and Zou's interval from the rates' own score intervals (Statistical Methods in Medical Research 21, 2012).
 *
 * @param mass the intervals' confidence, in (0, 1).
 * @returns null while a group is empty.
 * @throws RangeError where converted is below 0 or above customers.
 */
export function liftInterval(treated: ConversionGroup, control: ConversionGroup, mass = DEFAULT_MASS): Lift | null {
  for (const { customers, converted } of [treated, control]) {
    if (!(converted >= 0 && converted <= customers)) throw new RangeError(`liftInterval: ${converted} of ${customers}`);
  }
  if (treated.customers === 0 || control.customers === 0) return null;
  const z = normalQuantile((1 + mass) / 2);
  const treatedRate = treated.converted / treated.customers;
  const controlRate = control.converted / control.customers;
  const one = wilsonInterval(treated.converted, treated.customers, z);
  const other = wilsonInterval(control.converted, control.customers, z);
  const estimate = treatedRate - controlRate;
  const absolute = {
    estimate,
    low: estimate - Math.hypot(treatedRate - one.low, other.high - controlRate),
    high: estimate + Math.hypot(one.high - treatedRate, controlRate - other.low),
  };
  const isWhole = treated.converted === treated.customers || control.converted === control.customers;
  const relative = isWhole ? wholeLift([treatedRate, one], [controlRate, other]) : relativeLift(treated, control, z);
  return { treatedRate, controlRate, absolute, relative };
}

function relativeLift(treated: ConversionGroup, control: ConversionGroup, z: number): Estimate | null {
  if (treated.converted === 0 || control.converted === 0) return null;
  const ratio = treated.converted / treated.customers / (control.converted / control.customers);
  const variance = 1 / treated.converted - 1 / treated.customers + (1 / control.converted - 1 / control.customers);
  const factor = Math.exp(z * Math.sqrt(variance));
  return { estimate: ratio - 1, low: ratio / factor - 1, high: ratio * factor - 1 };
}

type Rated = readonly [rate: number, interval: Interval];

/** The ratio of two rates from their intervals; null where one is 0. */
function wholeLift([rate, { low, high }]: Rated, [base, control]: Rated): Estimate | null {
  if (rate === 0 || base === 0) return null;
  const product = rate * base;
  const end = (own: number, other: number, sign: number) => {
    const scale = other * (2 * base - other);
    return (product + sign * Math.sqrt(Math.max(product ** 2 - own * (2 * rate - own) * scale, 0))) / scale;
  };
  return { estimate: rate / base - 1, low: end(low, control.high, -1) - 1, high: end(high, control.low, 1) - 1 };
}

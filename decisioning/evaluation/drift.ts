/** Changes of a conversion rate over time: Page–Hinkley on standardised buckets, for every arm in both directions. */
import type { ArmStatistics } from '../bandits/statistics.ts';

/** What one arm counted in one bucket of time. */
export type RateBucket = Pick<ArmStatistics, 'trials' | 'conversions'> & {
  /** First hour since the epoch. */
  readonly hour: number;
};

/** A change that was found. */
export interface DriftAlarm {
  readonly armId: string;
  /** First hour of what is taken for the time after the change. */
  readonly sinceHour: number;
  /** Conversions per trial before and from `sinceHour` on. */
  readonly rateBefore: number;
  readonly rateAfter: number;
  /** How high the sum of deviations rose, and the height that counts as a change; in standard deviations. */
  readonly score: number;
  readonly threshold: number;
}

/** Drift of so many standard deviations a bucket is let pass; the test is quickest for changes of twice this. */
export const DRIFT_ALLOWANCE = 0.5;
/** Expected conversions, and trials without, that a bucket needs to be read as a normal deviation; smaller ones are joined. */
const MIN_EXPECTED = 5;
/** Siegmund's correction for a sum that is looked at bucket by bucket: 2 · 0.583 (Siegmund 1985, section II.4). */
const OVERSHOOT = 1.166;
/** Newton steps to a threshold; the equation is convex and eight suffice from any start. */
const MAX_STEPS = 50;

/**
 * The height h at which a one-sided Page–Hinkley sum of standard normal deviations less {@link DRIFT_ALLOWANCE} δ gives a false alarm every `buckets`
 * on average: (e^{2δb} − 2δb − 1) / (2δ²) = buckets, b = h + 1.166 (Siegmund 1985).
 *
 * @param buckets above 1, the tests that run side by side multiplied in.
 */
export function driftThreshold(buckets: number): number {
  const target = 2 * DRIFT_ALLOWANCE * DRIFT_ALLOWANCE * buckets;
  // y = 2δb solves e^y − y − 1 = target; from above Newton never overshoots.
  let y = Math.log(target + 2) + 1;
  for (let i = 0; i < MAX_STEPS; i++) {
    const step = (Math.exp(y) - y - 1 - target) / (Math.exp(y) - 1);
    y -= step;
    if (Math.abs(step) < 1e-12) break;
  }
  return Math.max(y / (2 * DRIFT_ALLOWANCE) - OVERSHOOT, 0);
}

interface Sum {
  height: number;
  /** Place of the first bucket since the sum was last 0. */
  since: number;
}

/**
 * The first change of one arm's rate, or null. Each bucket is compared with all before it: zₜ = (rₜ − r̄ₜ₋₁) / √(r̄(1 − r̄)(1/nₜ + 1/Nₜ₋₁)), r̄ the pooled rate up to and with t;
 * these recursive residuals (Brown, Durbin and Evans 1975) are independent and standard while the rate stays, however well it is known. They go into
 * S⁺ = max(0, S⁺ + z − δ) and S⁻ = max(0, S⁻ − z − δ) (Page 1954, Hinkley 1971). The change is dated to where the sum that rose too high last was 0.
 *
 * @param buckets in the order of time, without gaps that matter; small neighbours are joined.
 * @param threshold see {@link driftThreshold}.
 */
export function firstChange(armId: string, buckets: readonly RateBucket[], threshold: number): DriftAlarm | null {
  const joined = joinSmall(buckets);
  const sums: [rise: Sum, fall: Sum] = [
    { height: 0, since: 1 },
    { height: 0, since: 1 },
  ];
  let before = { trials: 0, conversions: 0 };
  for (const [i, bucket] of joined.entries()) {
    if (before.trials > 0) {
      const z = residual(bucket, before);
      for (const [side, sum] of sums.entries()) {
        sum.height = Math.max(0, sum.height + (side === 0 ? z : -z) - DRIFT_ALLOWANCE);
        if (sum.height === 0) sum.since = i + 1;
        else if (sum.height > threshold) return alarmAt(armId, joined, sum, i, threshold);
      }
    }
    before = { trials: before.trials + bucket.trials, conversions: before.conversions + bucket.conversions };
  }
  return null;
}

/**
 * The first change among a campaign's arms: each is watched in both directions, and the thresholds make all of them together give one false alarm in
 * `bucketsPerFalseAlarm`. Of several the one that began last is told: evidence from before it is no longer true.
 */
export function driftOf(
  arms: ReadonlyMap<string, readonly RateBucket[]>,
  bucketsPerFalseAlarm: number,
): DriftAlarm | null {
  const threshold = driftThreshold(bucketsPerFalseAlarm * 2 * Math.max(arms.size, 1));
  let latest: DriftAlarm | null = null;
  for (const [armId, buckets] of arms) {
    const found = firstChange(armId, buckets, threshold);
    if (found && (!latest || found.sinceHour > latest.sinceHour)) latest = found;
  }
  return latest;
}

function residual(
  { trials, conversions }: RateBucket,
  before: { readonly trials: number; readonly conversions: number },
): number {
  const rate = (conversions + before.conversions) / (trials + before.trials);
  const variance = rate * (1 - rate) * (1 / trials + 1 / before.trials);
  return variance > 0 ? (conversions / trials - before.conversions / before.trials) / Math.sqrt(variance) : 0;
}

/** Buckets large enough to be read as normal: neighbours are joined until both outcomes are expected {@link MIN_EXPECTED} times by the rate of all. */
function joinSmall(buckets: readonly RateBucket[]): readonly RateBucket[] {
  const trials = buckets.reduce((sum, bucket) => sum + bucket.trials, 0);
  const conversions = buckets.reduce((sum, bucket) => sum + bucket.conversions, 0);
  const rarer = Math.min(conversions, trials - conversions) / trials;
  if (!(rarer > 0)) return [];
  const joined: RateBucket[] = [];
  let open: RateBucket | undefined;
  for (const { hour, trials: n, conversions: c } of buckets) {
    open = open
      ? { hour: open.hour, trials: open.trials + n, conversions: open.conversions + c }
      : { hour, trials: n, conversions: c };
    if (open.trials * rarer < MIN_EXPECTED) continue;
    joined.push(open);
    open = undefined;
  }
  return joined;
}

function alarmAt(
  armId: string,
  buckets: readonly RateBucket[],
  sum: Sum,
  until: number,
  threshold: number,
): DriftAlarm {
  const rateOf = (part: readonly RateBucket[]): number => {
    const trials = part.reduce((total, bucket) => total + bucket.trials, 0);
    return trials > 0 ? part.reduce((total, bucket) => total + bucket.conversions, 0) / trials : 0;
  };
  return {
    armId,
    sinceHour: buckets[sum.since]!.hour,
    rateBefore: rateOf(buckets.slice(0, sum.since)),
    rateAfter: rateOf(buckets.slice(sum.since, until + 1)),
    score: sum.height,
    threshold,
  };
}

/** Which trials the conversions of an hour belong to: outcomes come late, so that an hour is measured by the trials of the hours before it, too. */
import { bandOf } from './anomalies-bands.ts';
import { ALL_PART, type ArrivedHour, arrivedOf } from './anomalies-counts.ts';

/** Shares of the trials that are left to later hours, tried in turn: mean delays of 0 to some 13 hours. Slower ones are as even as the day is long. */
const CARRIES = [0, 0.3, 0.5, 0.65, 0.8, 0.93] as const;

/** Trials by part, as they weigh in one hour. */
export type Weighed = Readonly<Record<string, number>>;

/** Trials smoothed over the hours in which their outcomes come: sₕ = (1 − c) · nₕ + c · sₕ₋₁. */
export interface SmoothedTrials {
  readonly carry: number;
  /** One for each hour that was given. */
  readonly byHour: readonly Weighed[];
  /** What comes over into the hour after the last, c · s. */
  readonly carried: Weighed;
}

/** Smooths the trials of hours without gaps, in their order. */
export function smoothed(hours: readonly ArrivedHour[], carry: number): SmoothedTrials {
  let carried: Record<string, number> = {};
  const byHour = hours.map(({ parts }): Weighed => {
    const own: Record<string, number> = { ...carried };
    for (const [part, { trials }] of Object.entries(parts)) own[part] = (own[part] ?? 0) + (1 - carry) * trials;
    carried = Object.fromEntries(Object.entries(own).map(([part, weight]) => [part, carry * weight]));
    return own;
  });
  return { carry, byHour, carried };
}

/** The smoothing under which conversions follow trials most closely. */
export function smoothedTrials(hours: readonly ArrivedHour[]): SmoothedTrials {
  let best: { readonly spread: number; readonly trials: SmoothedTrials } | undefined;
  for (const carry of CARRIES) {
    const trials = smoothed(hours, carry);
    const counted = hours.flatMap(({ parts, odd }, i) =>
      odd ? [] : [{ base: trials.byHour[i]![ALL_PART] ?? 0, count: arrivedOf(parts, ALL_PART).conversions }],
    );
    const spread = bandOf(counted)?.spread ?? Number.POSITIVE_INFINITY;
    if (!best || spread < best.spread) best = { spread, trials };
  }
  return best!.trials;
}

/** Which trials the conversions of an hour belong to: outcomes come late, so that an hour is measured by the trials of the hours before it, too. */
import { bandOf } from './anomalies-bands.ts';
import { ALL_PART, type ArrivedHour, arrivedOf } from './anomalies-counts.ts';
import type { Weighed } from './anomalies-parts.ts';

/** Shares of the trials that are left to later hours, tried in turn: mean delays of 0 to some 13 hours. Slower ones are as even as the day is long. */
const CARRIES = [0, 0.3, 0.5, 0.65, 0.8, 0.93] as const;

/** Trials smoothed over the hours in which their outcomes come: sₕ = (1 − c) · nₕ + c · sₕ₋₁. */
export interface SmoothedTrials {
  readonly carry: number;
  /** One for each hour that was given. */
  readonly byHour: readonly Weighed[];
  /** What comes over into the hour after the last, c · s. */
  readonly carried: Weighed;
}

/** Smooths the trials of hours without gaps, in their order. */
export function smoothed(hours: readonly Weighed[], carry: number): SmoothedTrials {
  let last: Record<string, number> = {};
  const byHour = hours.map((trials): Weighed => {
    const own: Record<string, number> = {};
    for (const part of Object.keys(last)) own[part] = carry * last[part]!;
    for (const part of Object.keys(trials)) own[part] = (own[part] ?? 0) + (1 - carry) * trials[part]!;
    last = own;
    return own;
  });
  const carried: Record<string, number> = {};
  for (const part of Object.keys(last)) carried[part] = carry * last[part]!;
  return { carry, byHour, carried };
}

/** The carry under which conversions follow trials most closely, all parts together. */
export function bestCarry(hours: readonly ArrivedHour[]): number {
  const all = hours.map(({ parts, odd }) => ({ ...arrivedOf(parts, ALL_PART), odd }));
  let best: { readonly spread: number; readonly carry: number } | undefined;
  for (const carry of CARRIES) {
    let base = 0;
    const counted = all.flatMap(({ trials, conversions, odd }) => {
      base = (1 - carry) * trials + carry * base;
      return odd ? [] : [{ base, count: conversions }];
    });
    const spread = bandOf(counted)?.spread ?? Number.POSITIVE_INFINITY;
    if (!best || spread < best.spread) best = { spread, carry };
  }
  return best!.carry;
}

/** What a pool by itself cannot be spent with. */
import type { PoolConfiguration } from './configuration.ts';

/** A field, and what is wrong with it. */
export type PoolProblem = readonly [field: 'totalMinor' | 'dailyMinor' | 'start' | 'end', detail: string];

/** Fields that contradict each other or lack one another; times are looked at elsewhere. */
export function poolProblems(
  pool: Pick<PoolConfiguration, 'totalMinor' | 'dailyMinor' | 'pacing' | 'start' | 'end'>,
): readonly PoolProblem[] {
  const { totalMinor, dailyMinor, pacing } = pool;
  if (totalMinor === undefined && dailyMinor === undefined)
    return [['totalMinor', 'is required, or "dailyMinor" for an amount each day']];
  if (totalMinor !== undefined && dailyMinor !== undefined)
    return [['dailyMinor', 'must not stand beside "totalMinor": a pool has one or the other']];
  if (pacing.mode === 'none' || dailyMinor !== undefined) return [];
  // Without both ends nobody could say how much of a total should be spent by now.
  return (['start', 'end'] as const).flatMap((field): readonly PoolProblem[] =>
    pool[field] === undefined
      ? [[field, `is required where a total is paced (or pace an amount each day: "dailyMinor")`]]
      : [],
  );
}

/**
 * Plays the histories that `npm test` holds against the invariants, in parts, so that cores share them: 60 seeds, and 240 by
 * `npm run prove:histories`.
 */
import { planOf } from './operations.ts';
import { type Result, run } from './run.ts';
import { tellShortest } from './shrink.ts';

/** A multiple of the parts. */
export const SEEDS = Number(process.env.HISTORIES ?? 60);
export const STEPS = 500;
const PARTS = 4;

/** What a part of the histories came to. */
export interface Played {
  readonly histories: number;
  /** The shortest history found of the first violation; null when there was none. */
  readonly told: string | null;
  readonly counts: Result['counts'];
}

/** @param part 0 to 3 */
export async function playPart(part: number): Promise<Played> {
  const counts: Record<string, number> = {};
  let histories = 0;
  for (let seed = 1 + part; seed <= SEEDS; seed += PARTS) {
    const plan = planOf(seed, STEPS);
    const result = await run(plan);
    histories += 1;
    for (const [what, n] of Object.entries(result.counts)) counts[what] = (counts[what] ?? 0) + n;
    if (result.violation) return { histories, told: await tellShortest(plan), counts: counts as Result['counts'] };
  }
  return { histories, told: null, counts: counts as Result['counts'] };
}

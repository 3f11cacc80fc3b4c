/** What comes of one exposure: drawn from the visit, the placement and the campaign alone, so that two contenders who show arms of one rate see one outcome. */
import { logNormal, PURPOSE, randomFor } from './draws.ts';
import type { PlannedCampaign } from './plan.ts';

/** A goal reached, some time after the exposure. */
export interface Outcome {
  readonly goal: string;
  readonly delayMs: number;
  readonly valueMinor: number;
}

export interface Fate {
  readonly seen: boolean;
  /** Goals inside their windows only, if the content was seen. */
  readonly outcomes: readonly Outcome[];
}

/** @param rate P(the goal that the campaign is measured by) of the arm, now and for this customer. */
export function fateOf(
  campaign: PlannedCampaign,
  armIndex: number,
  rate: number,
  at: { readonly seed: number; readonly visit: number; readonly place: number; readonly seenShare: number },
): Fate {
  const { truth, measure, index } = campaign;
  const { goal } = measure;
  // Always the same draws in the same order, whatever the arm.
  const random = randomFor(at.seed, PURPOSE.fate, at.visit, index * PLACES + at.place);
  const [seen, reached, delay, value, times] = Array.from({ length: 5 }, () => random.next()) as FiveDraws;
  if (seen >= at.seenShare) return { seen: false, outcomes: [] };
  if (!truth) return { seen: true, outcomes: [] };
  const arm = truth.armOf(armIndex);
  const outcomes: Outcome[] = [];
  if (reached < rate) {
    const delayMs = arm.delay ? Math.round(logNormal(arm.delay, delay)) : 0;
    const valueMinor = arm.value ? Math.round(logNormal(arm.value, value)) : goal.defaultValueMinor;
    const outcome = { goal: goal.id, delayMs, valueMinor };
    for (let left = timesOf(arm.times ?? 1, times); left > 0; left--) outcomes.push(outcome);
  }
  for (const id of otherGoals(campaign)) {
    if (random.next() < (arm.also?.[id] ?? 0)) outcomes.push({ goal: id, delayMs: 0, valueMinor: 0 });
  }
  return { seen: true, outcomes: outcomes.filter((outcome) => outcome.delayMs <= campaign.windowMsOf(outcome.goal)) };
}

/** More placements than a visit can ask for: the place and the campaign then never meet in one number. */
const PLACES = 1_024;

type FiveDraws = [number, number, number, number, number];

/** Nobody does a thing more often than this within one trial. */
const MAX_TIMES = 1_000;

/** 1 + a geometric variate, with the given mean of at least 1; one draw. */
function timesOf(mean: number, u: number): number {
  if (mean <= 1) return 1;
  return Math.min(1 + Math.floor(Math.log(1 - u) / Math.log((mean - 1) / mean)), MAX_TIMES);
}

/** Every other goal that any arm may lead to, in one order. */
function otherGoals({ truth }: PlannedCampaign): readonly string[] {
  if (!truth) return [];
  return [...new Set(Object.values(truth.spec.arms).flatMap(({ also }) => Object.keys(also ?? {})))].toSorted();
}

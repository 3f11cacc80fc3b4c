/** The arms that a campaign waits for before it leaves its first phase: those that customers can get. */
import type { CampaignPolicy } from '../catalog/slice.ts';

/**
 * An arm without a single trial is waited for until every other one has this many times the trials that are asked of it: at a floor of 1 % and two
 * arms one that customers do get has none by then once in a hundred campaigns, at the usual floor of 50 % never.
 */
export const PATIENCE = 30;

/** What says which arms customers can get. */
export type Reach = Partial<Pick<CampaignPolicy, 'strategy' | 'strategies' | 'minExploration' | 'lifecycle'>>;

/** The arm with the fewest trials among those that are waited for; the first of several. */
export interface Least {
  readonly leastTrials: number;
  readonly leastArm: string;
}

/**
 * Finds the arm that keeps a campaign waiting. Passed over are arms that no strategy ever shows (a split that gives them nothing, with no floor), and
 * arms that have had no trial long after the others had enough: steered to where nobody comes. Where that is all of them, none is passed over.
 *
 * @param trials in the order of the ids.
 */
export function leastOf(armIds: readonly string[], trials: readonly number[], reach: Reach = {}): Least {
  const { strategy, strategies, minExploration = 0, lifecycle } = reach;
  const all = strategies?.list ?? (strategy ? [{ strategy, minExploration }] : undefined);
  const floor = lifecycle?.phases.initialization.floor ?? 0;
  const every = armIds.map((_, i) => i);
  const shown = all ? every.filter((i) => !isNeverShown(armIds[i]!, armIds, all, floor)) : every;
  const reached = shown.filter((i) => trials[i]! > 0);
  const enough = PATIENCE * (lifecycle?.thresholds.trialsPerArm ?? Number.POSITIVE_INFINITY);
  const isOver = reached.length > 0 && reached.every((i) => trials[i]! >= enough);
  const awaited = isOver ? reached : shown;
  const least = (awaited.length > 0 ? awaited : every).reduce((best, i) => (trials[i]! < trials[best]! ? i : best));
  return { leastTrials: trials[least]!, leastArm: armIds[least]! };
}

/** One of a campaign's strategies, as far as it says who gets what. */
export interface Shows {
  readonly strategy: { readonly policy: string; readonly weights?: Readonly<Record<string, number>> };
  readonly minExploration: number;
}

/** Whether the first phase shows an arm to nobody, whatever is learned: no strategy has a floor, and all are splits that leave it out. */
export function isNeverShown(armId: string, armIds: readonly string[], all: readonly Shows[], floor: number): boolean {
  return all.every(({ strategy, minExploration }) => {
    const { policy, weights = {} } = strategy;
    const weightOf = (id: string) => (Object.hasOwn(weights, id) ? weights[id]! : 0);
    const isLeftOut = weightOf(armId) === 0 && armIds.some((id) => weightOf(id) > 0);
    return policy === 'fixed_split' && Math.max(minExploration, floor) === 0 && isLeftOut;
  });
}

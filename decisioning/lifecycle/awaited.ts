/** The arms that a campaign waits for before it leaves its first phase: those that customers can get. */
import type { CampaignPolicy } from '../catalog/slice.ts';
import type { Phase } from './phases.ts';

/**
 * An arm without a single trial is waited for until every other one has this many times the trials that are asked of it: at a floor of 1 % and two
 * arms one that customers do get has none by then once in a hundred campaigns, at the usual floor of 50 % never.
 */
export const PATIENCE = 30;

/** What says which arms customers can get. */
export type Reach = Partial<Pick<CampaignPolicy, 'strategy' | 'strategies' | 'minExploration' | 'lifecycle'>>;

/** Who counts in a campaign's phases. */
export interface Awaited {
  /** The arm with the fewest trials among those that are waited for; the first of several. */
  readonly least: { readonly leastTrials: number; readonly leastArm: string };
  /** Indices, ascending, at least one, of the arms that may lead: nobody gets to know more of another, so it would lead for ever. */
  readonly compared: readonly number[];
}

/**
 * Finds the arm that keeps a campaign waiting. Passed over are arms that no strategy ever shows (a split that gives them nothing, with no floor), and
 * arms that have had no trial long after the others had enough: steered to where nobody comes. Where that is all of them, none is passed over.
 *
 * Compared are the arms that `learning` can show, since that phase is left by what is known of the leading one: those that are waited for, and such
 * as have had trials though the first phase shows them to nobody. In every phase alike, so that none is entered by one set and left by another.
 *
 * @param trials in the order of the ids.
 */
export function awaitedOf(armIds: readonly string[], trials: readonly number[], reach: Reach = {}): Awaited {
  const { strategy, strategies, minExploration = 0, lifecycle } = reach;
  const all = strategies?.list ?? (strategy ? [{ strategy, minExploration }] : undefined);
  const every = armIds.map((_, i) => i);
  const shownIn = (phase: Phase) => {
    const floor = lifecycle?.phases[phase].floor ?? 0;
    return all ? every.filter((i) => !isNeverShown(armIds[i]!, armIds, all, floor)) : every;
  };
  const shown = shownIn('initialization');
  const reached = shown.filter((i) => trials[i]! > 0);
  const enough = PATIENCE * (lifecycle?.thresholds.trialsPerArm ?? Number.POSITIVE_INFINITY);
  const isOver = reached.length > 0 && reached.every((i) => trials[i]! >= enough);
  const open = isOver ? reached : shown;
  const awaited = open.length > 0 ? open : every;
  const least = awaited.reduce((best, i) => (trials[i]! < trials[best]! ? i : best));
  const isAwaited = new Set(awaited);
  const compared = shownIn('learning').filter((i) => isAwaited.has(i) || trials[i]! > 0);
  return {
    least: { leastTrials: trials[least]!, leastArm: armIds[least]! },
    compared: compared.length > 0 ? compared : awaited,
  };
}

/** One of a campaign's strategies, as far as it says who gets what. */
export interface Shows {
  readonly strategy: { readonly policy: string; readonly weights?: Readonly<Record<string, number>> };
  readonly minExploration: number;
}

/** Whether a phase with this floor shows an arm to nobody, whatever is learned: no strategy has a floor, and all are splits that leave it out. */
export function isNeverShown(armId: string, armIds: readonly string[], all: readonly Shows[], floor: number): boolean {
  return all.every(({ strategy, minExploration }) => {
    const { policy, weights = {} } = strategy;
    const weightOf = (id: string) => (Object.hasOwn(weights, id) ? weights[id]! : 0);
    const isLeftOut = weightOf(armId) === 0 && armIds.some((id) => weightOf(id) > 0);
    return policy === 'fixed_split' && Math.max(minExploration, floor) === 0 && isLeftOut;
  });
}

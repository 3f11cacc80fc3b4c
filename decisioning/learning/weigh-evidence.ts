/** From evidence by the hour to what an allocation is computed from: fading with time, and fair to arms that convert late. */
import type { CampaignStatistics } from '../bandits/allocation.ts';
import { areMoments, momentsLength } from '../bandits/linear/moments.ts';
import { addSums, type CampaignSums, type SumsByName } from '../bandits/named-sums.ts';
import { type ArmStatistics, mergeStatistics, STATISTIC_FIELDS } from '../bandits/statistics.ts';
import { arrivedShareOfHour, type DelayCell, type DelayClock, delayClocks } from './delay-clock.ts';
import { ageWeight, firstCountedHour, hourAgeMs } from './forgetting.ts';
import type { LearningRules } from './rules.ts';

const HOUR_MS = 3_600_000;

/** The name under which conversions are summed up by delay bucket. */
export const DELAY_NAME = 'delay';

/** What one arm of one leaf learned from the exposures of one hour, integers. */
export interface EvidenceCell {
  readonly leaf: string;
  readonly arm: string;
  /** Hours since the epoch. */
  readonly hour: number;
  /** From `hour` on, how many hours the cell spans; 1 when absent. */
  readonly hours?: number;
  readonly statistics: ArmStatistics;
  readonly sums?: SumsByName;
}

/** All evidence of a campaign, and how to weigh it; with neither rule the result is the plain sums. */
export interface Evidence extends Pick<LearningRules, 'halfLifeMs' | 'delayCorrection'> {
  /** In any order; cells of the same leaf, arm and hour (of several shards) are added up first. */
  readonly cells: Iterable<EvidenceCell>;
  readonly nowMs: number;
  /** Hours that were over by then count nothing (their delays still say how long conversions take); all count when absent. */
  readonly sinceMs?: number;
}

/** Weighed sums by leaf and arm: numbers, no longer integers. */
export interface WeighedEvidence {
  readonly statistics: CampaignStatistics;
  readonly sums: CampaignSums;
}

/**
 * Weighs evidence: an hour that has been over for `age` counts 2^(−age/halfLife), and with delay correction its trials count as the share F(age) of their
 * conversions that can have arrived, by the arm's own clock ({@link delayClocks}). Conversions, revenue and rewards are as they came:
 * they are what has arrived. Where conversions outnumber such trials, trials are as many as conversions,
 * in the statistics and in the moments of a linear model, whose rates would be far above 1.
 *
 * A cell of many hours counts as if its evidence had come evenly over those of them that have begun: by the mean of their weights, hours
 * before the cut of `sinceMs` weighing nothing.
 *
 * Independent of the order of the cells to the bit: they are added up in the order of leaf, arm and hour.
 */
export function weighEvidence(evidence: Evidence): WeighedEvidence {
  const { nowMs, halfLifeMs, delayCorrection, sinceMs = Number.NEGATIVE_INFINITY } = evidence;
  const cells = sortedCells(evidence.cells);
  const clocks = delayCorrection ? delayClocks(delaysOf(cells), nowMs) : undefined;
  const first = firstCountedHour(nowMs, halfLifeMs);
  const statistics = new Map<string, Map<string, ArmStatistics>>();
  const sums = new Map<string, Map<string, SumsByName>>();
  const shareOf = shares(clocks, nowMs);
  for (const cell of cells) {
    const { hours = 1 } = cell;
    if (cell.hour + hours - 1 < first || (cell.hour + hours) * HOUR_MS <= sinceMs) continue;
    const { weight, share } = meanOfHours(cell, nowMs, (hour) => {
      if ((hour + 1) * HOUR_MS <= sinceMs) return { weight: 0, share: 0 };
      const own = halfLifeMs === undefined ? 1 : ageWeight(hourAgeMs(hour, nowMs), halfLifeMs);
      return { weight: own, share: shareOf({ arm: cell.arm, hour }) };
    });
    add(statistics, cell, weighedStatistics(cell.statistics, weight, share), mergeStatistics);
    if (cell.sums) add(sums, cell, weighedSums(cell.sums, weight, share), addSums);
  }
  if (clocks) {
    for (const byArm of statistics.values()) for (const [arm, own] of byArm) byArm.set(arm, enoughTrials(own));
    for (const byArm of sums.values()) for (const [arm, own] of byArm) byArm.set(arm, enoughMoments(own));
  }
  return { statistics, sums };
}

/** How a cell's evidence counts: all of it by `weight`, trials by `share` of that. */
interface Weights {
  readonly weight: number;
  readonly share: number;
}

/** Hours of a cell that are looked at: more say no more. */
const MAX_SPAN_POINTS = 24;

/** The mean of its hours' weights, and the share of trials that makes trials count by the mean of weight · share. */
function meanOfHours(
  { hour, hours = 1 }: Pick<EvidenceCell, 'hour' | 'hours'>,
  nowMs: number,
  weightsOf: (hour: number) => Weights,
): Weights {
  if (hours === 1) return weightsOf(hour);
  const begun = Math.min(hours, Math.max(1, Math.floor(nowMs / HOUR_MS) - hour + 1));
  const step = Math.ceil(begun / MAX_SPAN_POINTS);
  let [points, weights, shares] = [0, 0, 0];
  for (let each = hour; each < hour + begun; each += step) {
    const { weight, share } = weightsOf(each);
    points += 1;
    weights += weight;
    shares += weight * share;
  }
  return { weight: weights / points, share: weights === 0 ? 0 : shares / weights };
}

/** One cell for every leaf, arm and span of hours, in that order. */
function sortedCells(cells: Iterable<EvidenceCell>): readonly EvidenceCell[] {
  const merged = new Map<string, EvidenceCell>();
  for (const cell of cells) {
    const key = `${cell.leaf}\n${cell.arm}\n${cell.hour}\n${cell.hours ?? 1}`;
    const before = merged.get(key);
    merged.set(key, before ? mergedCell(before, cell) : cell);
  }
  return [...merged.values()].sort(
    (a, b) => compare(a.leaf, b.leaf) || compare(a.arm, b.arm) || a.hour - b.hour || (a.hours ?? 1) - (b.hours ?? 1),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function mergedCell(a: EvidenceCell, b: EvidenceCell): EvidenceCell {
  const sums = a.sums && b.sums ? addSums(a.sums, b.sums) : (a.sums ?? b.sums);
  return { ...a, statistics: mergeStatistics(a.statistics, b.statistics), ...(sums && { sums }) };
}

function* delaysOf(cells: readonly EvidenceCell[]): Iterable<DelayCell> {
  for (const { arm, hour, sums } of cells)
    if (sums && Object.hasOwn(sums, DELAY_NAME)) yield { arm, hour, delays: sums[DELAY_NAME]! };
}

/** The share that a cell's trials count as; 1 without clocks. What only the hour decides is computed once an hour. */
function shares(
  clocks: ReturnType<typeof delayClocks> | undefined,
  nowMs: number,
): (cell: Pick<EvidenceCell, 'arm' | 'hour'>) => number {
  if (!clocks) return () => 1;
  const hours = new Map<number, (clock: DelayClock) => number>();
  return ({ arm, hour }) => {
    const ofHour = hours.get(hour) ?? arrivedShareOfHour(hour, nowMs);
    hours.set(hour, ofHour);
    return ofHour(clocks.byArm.get(arm) ?? clocks.campaign);
  };
}

function weighedStatistics(own: ArmStatistics, weight: number, share: number): ArmStatistics {
  const weighed: Record<string, number> = {};
  for (const field of STATISTIC_FIELDS) weighed[field] = own[field] * weight;
  weighed.trials = own.trials * weight * share;
  return weighed as unknown as ArmStatistics;
}

/** Every sum faded; what trials add (their own count, and Z of the moments of a linear model) counts as they do. */
function weighedSums(sums: SumsByName, weight: number, share: number): SumsByName {
  return Object.fromEntries(
    Object.entries(sums).map(([name, vector]) => {
      const ofTrials = trialElements(name, vector.length);
      return [name, vector.map((value, i) => (i < ofTrials ? value * weight * share : value * weight))];
    }),
  );
}

/** How many elements at the front of a vector are of trials alone: d(d + 1)/2 of the moments of d features. */
function trialElements(name: string, length: number): number {
  if (name.startsWith('trials:')) return length;
  if (!areMoments(name)) return 0;
  const d = Math.round((Math.sqrt(8 * length + 1) - 3) / 2);
  return momentsLength(d) === length ? (d * (d + 1)) / 2 : 0;
}

function enoughTrials(own: ArmStatistics): ArmStatistics {
  return own.trials < own.conversions ? { ...own, trials: own.conversions } : own;
}

/**
 * Moments of conversions with as many trials as conversions at least; those of other rewards as they are, since a count or a composite may be more than 1 a trial.
 */
function enoughMoments(sums: SumsByName): SumsByName {
  return Object.fromEntries(
    Object.entries(sums).map(([name, vector]) => {
      // `linear:<features key>` alone is of conversions, which travel in the scale of the constant.
      const ofTrials = name.split(':').length === 2 ? trialElements(name, vector.length) : 0;
      const [trials, conversions] = [vector[0] ?? 0, vector[ofTrials] ?? 0];
      if (!name.startsWith('linear:') || ofTrials === 0 || !(trials > 0) || trials >= conversions)
        return [name, vector];
      return [name, vector.map((value, i) => (i < ofTrials ? (value * conversions) / trials : value))];
    }),
  );
}

function add<T>(
  to: Map<string, Map<string, T>>,
  { leaf, arm }: EvidenceCell,
  value: T,
  merge: (a: T, b: T) => T,
): void {
  const byArm = to.get(leaf) ?? new Map<string, T>();
  to.set(leaf, byArm);
  const before = byArm.get(arm);
  byArm.set(arm, before === undefined ? value : merge(before, value));
}

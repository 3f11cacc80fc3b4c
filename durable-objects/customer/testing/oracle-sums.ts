/** What a perfect observer knows of named sums, computed from each trial's whole story at once. */
import type { RewardSpec } from '../../../decisioning/bandits/rewards/reward.ts';
import { rewardName } from '../../../decisioning/bandits/rewards/reward.ts';
import { delayBucket } from '../../../decisioning/learning/delay-buckets.ts';
import type { DecisionRecord } from '../../../decisioning/record.ts';
import type { LearningFacts } from '../protocol.ts';

/** A trial and everything that was credited to its period, in the order of arrival. */
export interface ObservedTrial {
  readonly record: DecisionRecord;
  readonly atMs: number;
  readonly learning: LearningFacts | undefined;
  readonly outcomes: {
    readonly goal: string;
    readonly valueMinor: number;
    readonly creditedAtMs: number;
    readonly again: boolean;
  }[];
}

const BUCKETS = 48;

/** A reward as the integer that is summed up, and as moments of features count it: conversions in thousandths. */
function rewardOf(trial: ObservedTrial, spec: RewardSpec): { readonly integer: number; readonly moment: number } {
  const of = (goal: string) => trial.outcomes.filter((outcome) => outcome.goal === goal);
  const own = of(trial.record.goal);
  const value = own.filter(({ again }) => !again).reduce((sum, { valueMinor }) => sum + valueMinor, 0);
  // An order that is credited elsewhere too says no more than that the goal was reached.
  const first = own[0]?.again ? 1 : 0;
  const count = own.length === 0 ? 0 : Math.max(1, own.filter(({ again }) => !again).length + first);
  if (spec.kind === 'binary') return { integer: Math.min(1, count), moment: 1_000 * Math.min(1, count) };
  if (spec.kind === 'count') return { integer: Math.min(spec.max, count), moment: Math.min(spec.max, count) };
  if (spec.kind === 'revenue') {
    const clipped = Math.min(Math.max(value, 2), spec.maxMinor);
    return { integer: own.length > 0 && value > 0 ? Math.round(1_000 * Math.log(clipped)) : 0, moment: 0 };
  }
  const reached = Object.entries(spec.weights).filter(([goal]) => of(goal).length > 0);
  const integer = Math.round(reached.reduce((sum, [, weight]) => sum + weight * 1_000, 0));
  return { integer, moment: integer };
}

function goalVectors(trial: ObservedTrial): Record<string, number[]> {
  const { learning, record } = trial;
  const weights = learning?.reward?.kind === 'composite' ? Object.keys(learning.reward.weights) : [];
  const vectors: Record<string, number[]> = {};
  for (const goal of new Set([...weights, ...(learning?.secondaryGoals ?? [])])) {
    const outcomes = trial.outcomes.filter((outcome) => outcome.goal === goal);
    if (goal === record.goal) continue;
    const value = outcomes.filter(({ again }) => !again).reduce((sum, { valueMinor }) => sum + valueMinor, 0);
    const square = BigInt(value) ** 2n;
    vectors[`goal:${goal}`] = [
      Math.min(outcomes.length, 1),
      value,
      Number(square >> 24n),
      Number(square & 0xffffffn),
      1,
    ];
  }
  return vectors;
}

function linearVector(z: readonly number[], y: number): number[] {
  const products = z.flatMap((a, row) => z.slice(row).map((b) => a * b));
  return [...products, ...z.map((value) => value * y), y * y];
}

function vectorsOf(trial: ObservedTrial): Record<string, number[]> {
  const { record, learning, atMs } = trial;
  const spec = learning?.reward ?? { kind: 'binary' };
  const { integer, moment } = rewardOf(trial, spec);
  const vectors = goalVectors(trial);
  const name = rewardName(spec);
  if (name) {
    vectors[name] = [integer === 0 ? 0 : 1, integer, integer ** 2];
    vectors[name.replace('reward', 'trials')] = [1];
  }
  if (record.features && spec.kind !== 'revenue')
    vectors[`linear:${record.features.key}${name ? name.replace('reward', '') : ''}`] = linearVector(
      record.features.z,
      moment,
    );
  const converted = trial.outcomes.find(({ goal }) => goal === record.goal);
  if (learning?.delay && converted) {
    const bucket = delayBucket(converted.creditedAtMs - atMs);
    vectors.delay = Array.from({ length: BUCKETS }, (_, i) => (i === bucket ? 1 : 0));
  }
  return vectors;
}

/** Moments are counted by the day, or as the campaign says. */
function inItsBucket(key: string, { learning }: ObservedTrial): string {
  const width = learning?.momentsHours ?? 24;
  return key.replace(/\d+$/, (hour) => `${Math.floor(Number(hour) / width) * width}`);
}

/** Named sums of trials by the key of their cell; vectors of zeros are left out. */
export function namedSumsOf(
  trials: readonly ObservedTrial[],
  keyOf: (trial: ObservedTrial) => string,
): Record<string, Record<string, readonly number[]>> {
  const cells: Record<string, Record<string, readonly number[]>> = {};
  for (const trial of trials) {
    for (const [name, vector] of Object.entries(vectorsOf(trial))) {
      const key = name.startsWith('linear:') ? inItsBucket(keyOf(trial), trial) : keyOf(trial);
      cells[key] ??= {};
      const cell = cells[key]!;
      cell[name] = vector.map((value, i) => value + (cell[name]?.[i] ?? 0));
    }
  }
  return withoutZeros(cells);
}

/** The same without vectors that are all zeros, and without cells that have no other. */
export function withoutZeros(
  cells: Record<string, Record<string, readonly number[]>>,
): Record<string, Record<string, readonly number[]>> {
  const told = Object.entries(cells).map(([key, cell]) => {
    const kept = Object.entries(cell).filter(([, vector]) => vector.some((value) => value !== 0));
    return [key, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(told.filter(([, cell]) => Object.keys(cell).length > 0));
}

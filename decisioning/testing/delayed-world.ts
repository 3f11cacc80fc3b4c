/** A campaign whose outcomes take their time: evidence as a root would have it at a moment, from true rates and delays. */
import { type ArmStatistics, addStatistics, emptyStatistics } from '../bandits/statistics.ts';
import { DELAY_BUCKETS, delayBucket } from '../learning/delay-buckets.ts';
import { DELAY_NAME, type EvidenceCell } from '../learning/weigh-evidence.ts';
import type { Random } from '../random.ts';

const HOUR_MS = 3_600_000;

/** What is true of an arm. */
export interface DelayedArm {
  readonly id: string;
  /** Share of trials that convert sooner or later, at an hour of the world. */
  readonly rateAt: (hour: number) => number;
  /** Mean of its exponential delays. */
  readonly meanDelayMs: number;
}

interface Conversion {
  readonly hour: number;
  readonly delayMs: number;
  readonly arrivesMs: number;
}

/** Trials and conversions of one arm, those that are still to come included. */
export class DelayedEvidence {
  readonly #trials = new Map<number, number>();
  readonly #conversions: Conversion[] = [];
  readonly #arm: DelayedArm;
  readonly #random: Random;

  constructor(arm: DelayedArm, random: Random) {
    this.#arm = arm;
    this.#random = random;
  }

  /** One trial at a moment of the hour drawn at random. */
  expose(hour: number): void {
    this.#trials.set(hour, (this.#trials.get(hour) ?? 0) + 1);
    if (this.#random.next() >= this.#arm.rateAt(hour)) return;
    const delayMs = -Math.log(1 - this.#random.next()) * this.#arm.meanDelayMs;
    this.#conversions.push({ hour, delayMs, arrivesMs: (hour + this.#random.next()) * HOUR_MS + delayMs });
  }

  /** Its cells as they stand at a moment, one an hour. */
  cells(nowMs: number): EvidenceCell[] {
    const cells = new Map<number, { statistics: ArmStatistics; delays: number[] }>();
    for (const [hour, trials] of this.#trials)
      cells.set(hour, {
        statistics: addStatistics(emptyStatistics, { trials }),
        delays: new Array<number>(DELAY_BUCKETS).fill(0),
      });
    for (const { hour, delayMs, arrivesMs } of this.#conversions) {
      if (arrivesMs > nowMs) continue;
      const cell = cells.get(hour)!;
      cell.statistics = addStatistics(cell.statistics, { conversions: 1 });
      cell.delays[delayBucket(delayMs)]!++;
    }
    return [...cells].map(([hour, { statistics, delays }]) => ({
      leaf: 'rest',
      arm: this.#arm.id,
      hour,
      statistics,
      sums: { [DELAY_NAME]: delays },
    }));
  }
}

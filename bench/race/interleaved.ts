/** Several calls timed in turns, so that whatever else the machine does slows all of them alike. */
import type { BenchRow } from '../clock.ts';

/** Rounds; each racer runs in each, and a different one comes first. */
const ROUNDS = 25;
/** A racer's part of a round: long enough that most of it runs on what the racer itself has in the processor's memory. */
const TURN_MS = 20;
/** From here on a call is timed by itself: the clock's own 50 ns are then a hundredth of it. */
const ALONE_FROM_US = 5;
/** A racer runs so long before it is timed, and so often: then what it calls is compiled. */
const WARM_UP_MS = 80;
const WARM_UP_CALLS = 2_048;
const US_PER_MS = 1_000;

/** What is raced. */
export interface Racer {
  readonly id: string;
  readonly what: string;
  /** Returns something that depends on its work, so that none of it is optimised away. @param turn counts the calls */
  readonly call: (turn: number) => number;
}

interface Running extends Racer {
  turn: number;
  kept: number;
  calls: number;
  readonly times: number[];
}

/** `calls` calls in one go; microseconds of one. */
function timed(racer: Running, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) racer.kept += racer.call(racer.turn++);
  return ((performance.now() - start) * US_PER_MS) / calls;
}

/** Until the code is warm and it is known how many calls a turn takes, by the fastest of the goes: the machine may have done something else meanwhile. */
function warmUp(racer: Running): void {
  // What a first call makes once and keeps is not what a call takes.
  timed(racer, 1);
  let oneUs = Number.POSITIVE_INFINITY;
  for (let power = 0; power < 24; power++) {
    const meanUs = timed(racer, 2 ** power);
    oneUs = Math.min(oneUs, meanUs);
    if (meanUs * 2 ** power > WARM_UP_MS * US_PER_MS && 2 ** power >= WARM_UP_CALLS) break;
  }
  racer.calls = Math.max(1, Math.round((TURN_MS * US_PER_MS) / oneUs));
}

/**
 * Median, fastest and the 95th percentile of each: of single calls where one takes five microseconds or more, else of a turn's mean.
 *
 * @param racers in the order of the rows
 */
export function race(racers: readonly Racer[]): BenchRow[] {
  const running = racers.map((racer): Running => ({ ...racer, turn: 0, kept: 0, calls: 1, times: [] }));
  for (const racer of running) warmUp(racer);
  const alone = new Set(running.filter((racer) => (TURN_MS * US_PER_MS) / racer.calls >= ALONE_FROM_US));
  for (let round = 0; round < ROUNDS; round++)
    for (let place = 0; place < running.length; place++) {
      const racer = running[(round + place) % running.length]!;
      if (!alone.has(racer)) racer.times.push(timed(racer, racer.calls));
      else for (let call = 0; call < racer.calls; call++) racer.times.push(timed(racer, 1));
    }
  return running.map(({ id, what, kept, times }) => {
    if (Number.isNaN(kept)) throw new Error('a benchmark computed no number');
    const ascending = times.sort((one, other) => one - other);
    const at = (share: number): number => ascending[Math.floor(share * (ascending.length - 1))]!;
    return { id, what, time: { median: at(0.5), fastest: ascending[0]!, p95: at(0.95) } };
  });
}

/** How a decision grows with the hyperedges of its placement: time, memory, and what it takes when the best of them are blocked. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BenchFigure, BenchRow } from '../clock.ts';
import { decidesIn } from './flags.ts';
import { race } from './interleaved.ts';
import { PLANS, worldOf } from './world.ts';

/** All in one placement. Publishing refuses slices of more than 4 MiB, some 4,000 of these campaigns: the two largest are there to show how it grows. */
const SIZES = [10, 100, 1_000, 10_000, 100_000];
const BLOCKED_IN = 1_000;
/** Decisions between two looks at the heap: few enough that no collection comes between. */
const LOOK_EVERY = 32;
const LOOKS = 41;

/** Collects what is young: what a decision allocates is, and the worlds are not. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;
  return () => collect({ type: 'minor' });
}

/** Bytes that a call allocates: the median of some looks, each just after a collection. */
function bytesOf(call: (turn: number) => number): number {
  const collect = collector();
  let turn = 0;
  let kept = 0;
  const looks = Array.from({ length: LOOKS }, () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < LOOK_EVERY; i++) kept += call(turn++);
    return (process.memoryUsage().heapUsed - before) / LOOK_EVERY;
  });
  if (Number.isNaN(kept)) throw new Error('a benchmark computed no number');
  return looks.sort((one, other) => one - other)[LOOKS >> 1]!;
}

/** The rows and figures of this file. */
export function growthRows(): { readonly rows: readonly BenchRow[]; readonly figures: readonly BenchFigure[] } {
  const worlds = new Map(SIZES.map((size) => [size, worldOf(size)]));
  const calls = [...worlds].map(([size, world]) => ({ size, call: decidesIn(world) }));
  const shown = (count: number): string => count.toLocaleString('en');
  const best = BLOCKED_IN / PLANS - 1;
  const rows = race([
    ...calls.map(({ size, call }) => ({
      id: `decide.hyperedges.${size}`,
      what: `a decision with its receipt among ${shown(size)} hyperedges of one placement`,
      call,
    })),
    {
      id: 'decide.blocked.1000',
      what: `the same among ${shown(BLOCKED_IN)}, all but the last of those for this customer capped (${best})`,
      call: decidesIn(worlds.get(BLOCKED_IN)!.blocked(best)),
    },
    {
      id: 'decide.blocked.100000',
      what: `the same among ${shown(100_000)}, the best ${best} for this customer capped`,
      call: decidesIn(worlds.get(100_000)!.blocked(best)),
    },
  ]);
  const figures = calls.map(({ size, call }) => ({
    id: `decide.bytes.${size}`,
    what: `allocated by a decision among ${shown(size)}`,
    value: bytesOf(call),
    unit: 'bytes',
  }));
  return { rows, figures };
}

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
/** In the largest placement: more campaigns than a customer ever meets. */
const MANY_BLOCKED = 250;
/** Decisions between two looks at the heap: few enough that no collection comes between. */
const LOOK_EVERY = 32;
const LOOKS = 41;

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
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
  const calls = SIZES.map((size) => ({ size, call: decidesIn(worldOf(size)) }));
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
      call: decidesIn(worldOf(BLOCKED_IN, { best })),
    },
    {
      id: 'decide.blocked.100000',
      what: `the same among ${shown(100_000)}, the best ${MANY_BLOCKED} for this customer capped`,
      call: decidesIn(worldOf(100_000, { best: MANY_BLOCKED })),
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

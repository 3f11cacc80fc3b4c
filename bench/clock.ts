/** Times of short calls, over rounds: the median, and the fastest, which is what a machine does that others leave alone. */

/** Rounds; their median is one of them. */
const ROUNDS = 31;
/** A round lasts about this long: a clock that ticks in microseconds is then exact to a thousandth. */
const ROUND_MS = 20;

/** One row of the table. */
export interface BenchRow {
  /** Key in the flat object: `linear_ucb.decision`. */
  readonly id: string;
  readonly what: string;
  readonly time: CallTime;
}

/** Microseconds of one call. */
export interface CallTime {
  readonly median: number;
  readonly fastest: number;
  /** 95 % of the calls took no longer; absent where it was not asked for. */
  readonly p95?: number;
}

/** A figure that is no time. */
export interface BenchFigure {
  /** Key in the flat object: `decide.bytes.1000`. */
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** How long a call takes. @param call returns something that depends on its work, so that none of it is optimised away. */
export function timeOf(call: (turn: number) => number): CallTime {
  let turn = 0;
  let kept = 0;
  const timed = (calls: number): number => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) kept += call(turn++);
    return performance.now() - start;
  };
  let calls = 1;
  // Doubling warms the code up as well: 2^30 calls of anything last longer than a round.
  for (let power = 0; power < 30 && timed(calls) < ROUND_MS; power++) calls *= 2;
  const times = Array.from({ length: ROUNDS }, () => (timed(calls) * 1_000) / calls);
  if (Number.isNaN(kept)) throw new Error('a benchmark computed no number');
  const ascending = times.toSorted((one, other) => one - other);
  return { median: ascending[Math.floor(ROUNDS / 2)]!, fastest: ascending[0]! };
}

/** The simulated world's one queue of what is going to happen, its true time, and an end to what goes round for ever. */

interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Where simulated time begins: 2026-03-01T00:00Z, four weeks before Europe changes its clocks. */
export const BEGINNING_MS = Date.UTC(2026, 2, 1);

/** What a history may take. */
export interface LoopLimits {
  /** Things that happen in all. */
  readonly steps: number;
  /** Of those, within one simulated minute. */
  readonly stepsPerMinute: number;
}

/**
 * A history of 500 operations takes some 20,000 steps, and some hundred in its busiest minute: ten times that is a circle. An alarm that
 * rings without end is found within a second.
 */
export const HISTORY_LIMITS: LoopLimits = { steps: 300_000, stepsPerMinute: 5_000 };

const MINUTE_MS = 60_000;

/** Something goes round without an end. */
export class Livelock extends Error {}

export class Loop {
  nowMs = BEGINNING_MS;
  /** Things that happened so far. */
  steps = 0;
  readonly #limits: LoopLimits;
  /** The minute that is counted, and the steps before it. */
  #minute = 0;
  #stepsBefore = 0;
  readonly #heap: Planned[] = [];
  #order = 0;

  constructor(limits: LoopLimits = HISTORY_LIMITS) {
    this.#limits = limits;
  }

  /** @param delayMs at least 0 */
  after(delayMs: number, run: () => void): void {
    this.#push({ atMs: this.nowMs + Math.max(0, Math.ceil(delayMs)), order: this.#order, run });
    this.#order += 1;
  }

  /** When the next thing happens; null when nothing is planned. */
  nextAtMs(): number | null {
    return this.#heap[0]?.atMs ?? null;
  }

  /**
   * Lets happen what is due until then, each thing with all that follows from it at once; then it is that late.
   *
   * @throws Livelock when the limits are passed
   */
  async until(atMs: number): Promise<void> {
    await drained();
    for (let next = this.#heap[0]; next && next.atMs <= atMs; next = this.#heap[0]) {
      this.#pop();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.#count();
      next.run();
      await drained();
    }
    this.nowMs = Math.max(this.nowMs, atMs);
  }

  #count(): void {
    const { steps, stepsPerMinute } = this.#limits;
    const minute = Math.floor(this.nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#stepsBefore = this.steps;
    }
    this.steps += 1;
    if (this.steps - this.#stepsBefore > stepsPerMinute)
      throw new Livelock(`more than ${stepsPerMinute} steps within a simulated minute`);
    if (this.steps > steps) throw new Livelock(`more than ${steps} steps`);
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(planned);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(planned, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = planned;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** All promises that can go on have done so. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

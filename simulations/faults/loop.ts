/** The simulated world's one queue of what is going to happen, and its true time. */

interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Where simulated time begins: 2026-03-01T00:00Z, four weeks before Europe changes its clocks. */
export const BEGINNING_MS = Date.UTC(2026, 2, 1);

export class Loop {
  nowMs = BEGINNING_MS;
  /** Things that happened so far. */
  steps = 0;
  readonly #heap: Planned[] = [];
  #order = 0;

  /** @param delayMs at least 0 */
  after(delayMs: number, run: () => void): void {
    this.#push({ atMs: this.nowMs + Math.max(0, Math.ceil(delayMs)), order: this.#order, run });
    this.#order += 1;
  }

  /** When the next thing happens; null when nothing is planned. */
  nextAtMs(): number | null {
    return this.#heap[0]?.atMs ?? null;
  }

  /** Lets happen what is due until then, each thing with all that follows from it at once; then it is that late. */
  async until(atMs: number): Promise<void> {
    await drained();
    for (let next = this.#heap[0]; next && next.atMs <= atMs; next = this.#heap[0]) {
      this.#pop();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.steps += 1;
      next.run();
      await drained();
    }
    this.nowMs = Math.max(this.nowMs, atMs);
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

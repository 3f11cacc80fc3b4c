/** How far sources are counted, and of which times their events were. */

/** In place of a block: events of senders that do not tell when they were put into the outbox. */
export const TIMELESS = -1;

/** How far a source is counted, and the blocks in which that must be found again, the earliest first. */
export interface CountedTo {
  readonly seq: number;
  readonly blocks: readonly number[];
}

/** Sources with how far they are counted: one may come with thousands of events, each of a block of its own. */
export class CountedSources {
  readonly #all = new Map<string, { seq: number; readonly blocks: number[] }>();
  /** Blocks of all sources: as many positions a fold writes. */
  positions = 0;

  get size(): number {
    return this.#all.size;
  }

  get(source: string): CountedTo | undefined {
    return this.#all.get(source);
  }

  [Symbol.iterator](): IterableIterator<[string, CountedTo]> {
    return this.#all.entries();
  }

  /** Adds to what is known of a source. */
  note(source: string, to: CountedTo): void {
    const known = this.#all.get(source);
    if (!known) {
      this.#all.set(source, { seq: to.seq, blocks: [...to.blocks] });
      this.positions += to.blocks.length;
      return;
    }
    known.seq = Math.max(known.seq, to.seq);
    for (const block of to.blocks) if (insert(known.blocks, block)) this.positions += 1;
  }
}

/** Into its place, which mostly is the last; false when it is there. */
function insert(blocks: number[], block: number): boolean {
  const last = blocks.at(-1);
  let at = last === undefined || last < block ? blocks.length : 0;
  // Only where a sender's clock was put back, or what it told twice, is there anything to look through.
  for (let until = blocks.length; at < until; ) {
    const middle = (at + until) >> 1;
    if ((blocks[middle] as number) < block) at = middle + 1;
    else until = middle;
  }
  if (blocks[at] === block) return false;
  blocks.splice(at, 0, block);
  return true;
}

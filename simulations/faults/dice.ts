/** Seeded chance of the simulator: cheap, and the same on every machine. Not for decisions, which have `decisioning/random.ts`. */

/** FNV-1a over UTF-16 units, finished with MurmurHash3's mixer: 32 bits of a text. */
export function hashText(text: string, start = 0x811c9dc5): number {
  let h = start;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mixed(h);
}

function mixed(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of numbers that depends on its seed alone (mulberry32). */
export class Dice {
  #state: number;

  /** @param seed any 32-bit integer */
  constructor(seed: number) {
    this.#state = mixed(seed ^ 0x9e3779b9);
  }

  /** Uniform on [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Whole, 0 to n − 1. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  /** One of them; there must be at least one. */
  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** A key, by its weight. */
  weighed<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return (entries.at(-1) as [K, number])[0];
  }
}

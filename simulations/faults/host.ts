/** Whose code is running: an isolate or an object's instance, with a clock and chance of its own. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Dice, hashText } from './dice.ts';

/** A crashed host's code may not touch anything any more. */
export class Gone extends Error {}

export class Host {
  readonly name: string;
  readonly dice: Dice;
  alive = true;
  /** How far its clock is from true time; may change, also backwards. */
  skewMs = 0;
  readonly #trueMs: () => number;

  constructor(name: string, seed: number, trueMs: () => number) {
    this.name = name;
    this.dice = new Dice(hashText(name, seed));
    this.#trueMs = trueMs;
  }

  now(): number {
    return this.#trueMs() + this.skewMs;
  }
}

/** What runs now: whose code, and which call to an object it serves. */
export interface Running {
  readonly host: Host;
  /** Simulated waiting: the loop's. */
  readonly wait: (ms: number) => Promise<void>;
  readonly call?: {
    readonly method: string;
    readonly args: readonly unknown[];
    /** The host's clock when it came. */
    readonly atMs: number;
    observed: boolean;
  };
}

const running = new AsyncLocalStorage<Running>();

/** Runs something as a host's code, with everything that follows from it. */
export function runAs<T>(what: Running, run: () => T): T {
  return running.run(what, run);
}

/** Undefined outside of simulations. */
export function current(): Running | undefined {
  return running.getStore();
}

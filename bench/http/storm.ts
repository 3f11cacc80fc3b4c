/** A storm of requests over HTTP: arrivals that wait for no answer, more than can be answered, for so long, with the answers counted by kind. */
import type { Random } from '../../decisioning/random.ts';
import { Pipe } from './pipes.ts';

/** As long as somebody waits for an answer; then they hang up, with everything that waits behind it on their connection, and call again. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 250;
/** Arrivals that are due at once go together; answers come in only between such turns. */
const MAX_AT_ONCE = 100;
/** Nothing waits so long without a storm: everything in the worker has a deadline that is shorter. */
const HANGS_MS = 30_000;
const CALM_EVERY_MS = 5;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Answers by kind: `200`, `200 default`, `429`, `503`, any other status, `broken` (closed without an answer), `hangs`. */
export type Kinds = Record<string, number>;

/** What is under way, and what came of what no longer is. */
export class Storm {
  readonly kinds: Kinds = {};
  /** Milliseconds of each answer, from the moment at which its request was due. */
  readonly times: number[] = [];
  /** Arrivals; those that were written to a connection; those that were not, since none took them or their time was over. */
  offered = 0;
  sent = 0;
  heldBack = 0;
  /** Sent, and given up after {@link PATIENCE_MS} or at the end. */
  givenUp = 0;
  readonly #port: number;
  readonly #pipes: Pipe[];

  /** @param connections as many requests are before the worker at a time; what is sent behind them waits in the system's buffers */
  constructor(port: number, connections: number) {
    this.#port = port;
    this.#pipes = Array.from({ length: connections }, () => this.#connect());
  }

  get answered(): number {
    return this.times.length;
  }

  /** Arrivals by a Poisson process, so many a second; over when their time is, not when the last is answered. */
  async blow(next: () => string, perSecond: number, ms: number, random: Random): Promise<void> {
    await Promise.all(this.#pipes.map(({ opened }) => opened));
    const startMs = performance.now();
    let dueMs = 0;
    const later = () => {
      this.offered += 1;
      dueMs += (-Math.log(1 - random.next()) / perSecond) * 1_000;
    };
    for (let nowMs = 0, lookMs = LOOK_EVERY_MS; nowMs < ms; nowMs = performance.now() - startMs) {
      for (let i = 0; i < MAX_AT_ONCE && dueMs <= nowMs && dueMs < ms; i += 1) {
        const pipe = this.#pipes[this.offered % this.#pipes.length]!;
        if (pipe.send(next(), startMs + dueMs)) this.sent += 1;
        else this.heldBack += 1;
        later();
      }
      if (nowMs > lookMs) {
        this.#hangUp(startMs + nowMs);
        lookMs = nowMs + LOOK_EVERY_MS;
      }
      await (dueMs > nowMs ? wait(Math.min(dueMs, ms) - nowMs) : new Promise((resolve) => setImmediate(resolve)));
    }
    // What this machine did not come to is not sent late.
    for (; dueMs < ms; later()) this.heldBack += 1;
  }

  /** Everybody hangs up. */
  giveUp(): void {
    for (const pipe of this.#pipes) this.givenUp += pipe.giveUp();
  }

  /** Until everything is answered, or hangs. */
  async calm(): Promise<void> {
    const endMs = performance.now() + HANGS_MS;
    while (performance.now() < endMs && this.#pipes.some(({ unanswered }) => unanswered > 0)) await wait(CALM_EVERY_MS);
    const hanging = this.#pipes.reduce((sum, pipe) => sum + pipe.giveUp(), 0);
    if (hanging > 0) this.kinds.hangs = hanging;
  }

  #connect(): Pipe {
    return new Pipe(this.#port, {
      answered: (kind, ms) => {
        this.times.push(ms);
        this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
      },
      broken: (requests) => {
        if (requests > 0) this.kinds.broken = (this.kinds.broken ?? 0) + requests;
      },
    });
  }

  /** Whoever has waited long enough; and who was hung up on calls again. */
  #hangUp(nowMs: number): void {
    for (const [i, pipe] of this.#pipes.entries()) {
      if (nowMs - pipe.oldestMs > PATIENCE_MS) this.givenUp += pipe.giveUp();
      if (!pipe.isOpen) this.#pipes[i] = this.#connect();
    }
  }
}

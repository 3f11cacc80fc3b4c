/** A storm of requests over HTTP: more than can be answered, for so long, with the answers counted by kind. */
import type { Random } from '../../decisioning/random.ts';
import type { Answer, Call, Target } from './load.ts';

/** Requests that one client machine has open: arrivals that find as many are held back, and counted. */
const MAX_OPEN = 1_000;
/** A request that is not answered for so long hangs: everything else has a deadline that is shorter. */
const HANGS_MS = 30_000;

/** Answers by kind: `200`, `200 default`, `429`, `503`, any other status, `broken` (no answer), `hangs`. */
export type Kinds = Record<string, number>;

function kindOf({ status, text }: Answer): string {
  return status === 200 && text.includes('"degraded":true') ? '200 default' : String(status);
}

/** What is under way, and what came of what no longer is. */
export class Storm {
  readonly kinds: Kinds = {};
  heldBack = 0;
  readonly #open = new Set<Promise<void>>();

  /** Arrivals by a Poisson process, so many a second; over when the last is sent, not when it is answered. */
  async blow(
    target: Target,
    next: () => Call,
    perSecond: number,
    ms: number,
    random: Random,
  ): Promise<readonly number[]> {
    const times: number[] = [];
    const startMs = performance.now();
    for (let dueMs = 0; dueMs < ms; dueMs += (-Math.log(1 - random.next()) / perSecond) * 1_000) {
      const aheadMs = startMs + dueMs - performance.now();
      if (aheadMs > 1) await new Promise((resolve) => setTimeout(resolve, aheadMs));
      if (this.#open.size >= MAX_OPEN) {
        this.heldBack += 1;
        continue;
      }
      const sentMs = performance.now();
      const sent = this.#send(target, next()).then(() => void times.push(performance.now() - sentMs));
      this.#open.add(sent);
      void sent.finally(() => this.#open.delete(sent));
    }
    return times;
  }

  /** Until everything is answered, or hangs. */
  async calm(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #send(target: Target, call: Call): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const hangs = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('hangs'), HANGS_MS);
    });
    const answered = target.send(call).then(kindOf, () => 'broken');
    const kind = await Promise.race([answered, hangs]).finally(() => clearTimeout(timer));
    this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
  }
}

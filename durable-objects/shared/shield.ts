/** What stands between a caller and an object: no call is made that would only wait in its queue, or to one that does not answer. */
import { Breakers } from './breaker.ts';
import { UnderWay } from './under-way.ts';

/**
 * Calls under way to one object from one isolate. Its queue moves 500 calls with a write a second at best: the last of these is answered after a quarter
 * of a second, as long as a decision may take.
 */
export const MAX_CALLS_TO_ONE = 128;
/** The same of a campaign's shard, which writes many deliveries as one row: 4,000 a second. */
export const MAX_CALLS_TO_SHARD = 1_000;
/**
 * And to all others together: an isolate on one core makes some 3,000 decisions a second, so that the last of these has its answer after a tenth of one,
 * where objects take their time, after a quarter. Shards are not among them: nobody waits for what they are told.
 */
export const MAX_CALLS_TO_ALL = 300;

export type ShieldedKind = 'customer' | 'shard' | 'root' | 'publisher' | 'budget';

/** Thrown instead of a call: a part that does not answer for the moment, which is not asked again by this request. */
export class Shed extends Error {
  /** As of parts that are down: becomes 503, or default content. */
  override readonly name = 'Unavailable';
  /** Never repeated: see `mayRetry`. */
  readonly overloaded = true;
}

/** What the platform writes on errors of calls; an error of the object's own code comes from an object that is well. */
function failureOf(error: unknown): 'lost' | 'overloaded' | undefined {
  if (typeof error !== 'object' || error === null) return 'lost';
  const told = error as { overloaded?: boolean; retryable?: boolean; remote?: boolean };
  if (told.overloaded) return 'overloaded';
  return told.retryable || !told.remote ? 'lost' : undefined;
}

/** Time and chance, given by tests. */
interface ShieldHost {
  readonly now: () => number;
  readonly random: () => number;
}

const platform: ShieldHost = { now: () => Date.now(), random: () => Math.random() };

/** One isolate's calls to objects. */
export class Shield {
  readonly #breakers = new Breakers();
  readonly #underWay = new UnderWay();
  readonly #toShards = new UnderWay();
  readonly #host: ShieldHost;

  constructor(host = platform) {
    this.#host = host;
  }

  /**
   * Makes a call, or refuses at once.
   *
   * @param name of the object, unique among all kinds
   * @throws {@link Shed}, or what the call throws
   */
  async run<T>(kind: ShieldedKind, name: string, call: () => Promise<T>): Promise<T> {
    const nowMs = this.#host.now();
    const isShard = kind === 'shard';
    const calls = isShard ? this.#toShards : this.#underWay;
    for (const lost of calls.expired(nowMs))
      this.#breakers.failed(lost.name, lost.ticket, 'lost', nowMs, this.#host.random());
    const most = isShard ? MAX_CALLS_TO_SHARD : MAX_CALLS_TO_ONE;
    if ((!isShard && calls.size >= MAX_CALLS_TO_ALL) || calls.to(name) >= most) throw new Shed(kind);
    const ticket = this.#breakers.begin(name, nowMs);
    if (ticket === undefined) throw new Shed(kind);
    const underWay = calls.begins(name, ticket, nowMs);
    try {
      const answer = await call();
      this.#breakers.answered(name, ticket);
      return answer;
    } catch (error) {
      const failure = failureOf(error);
      if (failure) this.#breakers.failed(name, ticket, failure, this.#host.now(), this.#host.random());
      else this.#breakers.answered(name, ticket);
      throw error;
    } finally {
      calls.ends(underWay);
    }
  }

  /** Calls under way and objects in trouble. */
  get standing(): { readonly underWay: number; readonly inTrouble: number } {
    return { underWay: this.#underWay.size + this.#toShards.size, inTrouble: this.#breakers.size };
  }
}

/** By the environment that stubs are made from: one a worker or object class of this isolate. */
let shields = new WeakMap<object, Shield>();

/** The shield of an environment; undefined where its variable `SHIELD` is `off`. */
export function shieldOf(source: object): Shield | undefined {
  if ((source as { readonly SHIELD?: unknown }).SHIELD === 'off') return undefined;
  const known = shields.get(source);
  if (known) return known;
  const shield = new Shield();
  shields.set(source, shield);
  return shield;
}

/** Forgets what is under way and who is in trouble, as a new isolate would have it. */
export function forgetShields(): void {
  shields = new WeakMap();
}

/**
 * Carries what customers' objects of one isolate have for the same shard in one call. One object's round carries, the others leave their parcels with it:
 * data of their memory alone, since no object may await or use what is another's. Whoever leaves one learns what became of it from the parcel, or from
 * nobody, when the object that carried died: the alarm that stands for what it holds tells the shard again.
 */
import { type Bundle, type Delivery, type DeliveryReply, MAX_BUNDLE_PARCELS } from '../campaign/protocol.ts';
import { shardStub } from '../shared/calls.ts';
import { isUnknownMethod } from '../shared/older.ts';
import { withRetry } from '../shared/retry.ts';
import type { StubSource } from '../shared/stub.ts';
import { DELIVERY_WAKE_MS } from './limits.ts';
import { acknowledgeRiding, type Outbox } from './outbox.ts';

/** Between two calls of a round: a hundred reports in one at 1,000 a second, and a tenth of the second that shards wait until they report themselves. */
export const GATHER_MS = 100;
/** Calls of one round, two seconds: no object stays awake for the others for longer. */
export const MAX_CALLS = 20;
/** A round that gave no sign of life for so long has died with its object: the next who has something begins another. */
export const ROUND_LOST_MS = 1_000;
/** What was left with it is another's for so long: by then the alarm of whoever left it, a second before at most, has told it. */
const LEFT_BEHIND_MS = ROUND_LOST_MS + DELIVERY_WAKE_MS;
/** Parcels that wait for one shard, some kilobyte each: what a thousand reports a second come to within a call that hangs for a moment. */
export const MAX_WAITING_PARCELS = 2_000;
/** Elements of sums in one bundle, as in a report: 6 MB of the 32 that a call carries. */
const MAX_BUNDLE_ELEMENTS = 409_600;
/** Shards that parcels wait for: more than an isolate's customers have campaigns. Beyond it everybody carries what is theirs. */
const MAX_ROUTES = 512;

/** What an object leaves. */
export interface Parcel {
  readonly delivery: Delivery;
  /** The outbox that it is from, as it is in the memory of its object. */
  readonly outbox: Outbox;
  /** `lost` when it did not arrive, or nobody knows whether it did. */
  state: 'waiting' | 'arrived' | 'lost';
}

/** A round that is under way to one shard. */
interface Route {
  /** By source: what comes later has all that was left before. */
  readonly parcels: Map<string, Parcel>;
  /** Its last sign of life. */
  seenAtMs: number;
}

/** What time it is, and how to wait; given by tests. */
interface CarrierHost {
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
}

const platform: CarrierHost = { now: () => Date.now(), wait: (ms) => scheduler.wait(ms) };

/** One isolate's. */
export class Carrier {
  readonly #env: StubSource;
  readonly #host: CarrierHost;
  readonly #routes = new Map<string, Route>();

  constructor(env: StubSource, host = platform) {
    this.#env = env;
    this.#host = host;
  }

  /**
   * Leaves a parcel with the round that is under way to its shard.
   *
   * What it holds must be on disk: another object's call does not wait for this one's writes.
   *
   * @returns false when there is none, or no room in it
   */
  leave(parcel: Parcel): boolean {
    const route = this.#routes.get(routeOf(parcel.delivery));
    if (!route || this.#isLost(route)) return false;
    const { source } = parcel.delivery;
    if (route.parcels.size >= MAX_WAITING_PARCELS && !route.parcels.has(source)) return false;
    route.parcels.set(source, parcel);
    return true;
  }

  /** Whether a round is under way to the delivery's shard. */
  isUnderWay(delivery: Delivery): boolean {
    const route = this.#routes.get(routeOf(delivery));
    return route !== undefined && !this.#isLost(route);
  }

  /** Carries a parcel at once, and for a while what others leave meanwhile, unless another round does. Never throws. */
  async begin(parcel: Parcel): Promise<void> {
    const name = routeOf(parcel.delivery);
    const route = this.#begun(name);
    if (!route) return this.#carry([parcel]);
    const carried = [this.#carry([parcel])];
    for (let calls = 1; ; calls += 1) {
      await this.#host.wait(GATHER_MS);
      // Taken for dead: what waits is another round's.
      if (this.#routes.get(name) !== route) break;
      route.seenAtMs = this.#host.now();
      // Whoever comes from now on begins a round of their own.
      const isLast = route.parcels.size === 0 || calls >= MAX_CALLS;
      if (isLast) this.#routes.delete(name);
      do {
        const parcels = taken(route.parcels);
        if (parcels.length > 0) carried.push(this.#carry(parcels));
      } while (isLast && route.parcels.size > 0);
      if (isLast) break;
    }
    await Promise.all(carried);
  }

  /** A new round; what was left with one that died goes along with it. Undefined where one is under way, or too many are. */
  #begun(name: string): Route | undefined {
    // Else what was left for a campaign that has ended would be held, and told days later, for as long as the isolate lives.
    this.#forget(LEFT_BEHIND_MS);
    const before = this.#routes.get(name);
    if (before && !this.#isLost(before)) return undefined;
    if (!before && this.#routes.size >= MAX_ROUTES) this.#forget(ROUND_LOST_MS);
    if (!before && this.#routes.size >= MAX_ROUTES) return undefined;
    const route: Route = { parcels: before?.parcels ?? new Map(), seenAtMs: this.#host.now() };
    this.#routes.set(name, route);
    return route;
  }

  /** Whether a round has died with its object, or is of before a clock was put back: one that is dead would be waited for until that is there again. */
  #isLost({ seenAtMs }: Route): boolean {
    return Math.abs(this.#host.now() - seenAtMs) >= ROUND_LOST_MS;
  }

  /** Lets go of rounds that gave no sign of life for so long, and of what was left with them. */
  #forget(silentMs: number): void {
    const nowMs = this.#host.now();
    for (const [name, { seenAtMs }] of this.#routes) if (nowMs - seenAtMs >= silentMs) this.#routes.delete(name);
  }

  async #carry(parcels: readonly Parcel[]): Promise<void> {
    try {
      const replies = parcels.length === 1 ? [await this.#apply(parcels[0] as Parcel)] : await this.#applyAll(parcels);
      for (const [i, parcel] of parcels.entries()) settle(parcel, replies[i] ?? null);
    } catch {
      for (const parcel of parcels) parcel.state = 'lost';
    }
  }

  #apply({ delivery }: Parcel): Promise<DeliveryReply> {
    const { workspaceId, campaignId, shard } = delivery;
    return withRetry(async () => (await shardStub(this.#env, workspaceId, campaignId, shard)).apply(delivery));
  }

  async #applyAll(parcels: readonly Parcel[]): Promise<readonly (DeliveryReply | null)[]> {
    const { workspaceId, campaignId, shard } = (parcels[0] as Parcel).delivery;
    const told = parcels.map(({ delivery: { source, events } }) => ({ source, events }));
    const bundle: Bundle = { workspaceId, campaignId, shard, parcels: told };
    try {
      return await withRetry(async () => (await shardStub(this.#env, workspaceId, campaignId, shard)).applyAll(bundle));
    } catch (error) {
      if (!isUnknownMethod(error)) throw error;
      return Promise.all(parcels.map((parcel) => this.#apply(parcel).catch(() => null)));
    }
  }
}

function routeOf({ workspaceId, campaignId, shard }: Delivery): string {
  return `${workspaceId} ${campaignId} ${shard}`;
}

function settle(parcel: Parcel, reply: DeliveryReply | null): void {
  if (reply) acknowledgeRiding(parcel.outbox, parcel.delivery, reply);
  parcel.state = reply ? 'arrived' : 'lost';
}

/** As many of the parcels that wait, the oldest first, as one call takes. */
function taken(waiting: Map<string, Parcel>): readonly Parcel[] {
  const parcels: Parcel[] = [];
  let elements = 0;
  for (const [source, parcel] of waiting) {
    elements += elementsOf(parcel.delivery);
    if (parcels.length > 0 && elements > MAX_BUNDLE_ELEMENTS) break;
    waiting.delete(source);
    parcels.push(parcel);
    if (parcels.length >= MAX_BUNDLE_PARCELS) break;
  }
  return parcels;
}

function elementsOf({ events }: Delivery): number {
  let elements = 0;
  for (const { sums } of events) if (sums) for (const vector of Object.values(sums)) elements += vector.length;
  return elements;
}

/** By the environment that stubs are made from: one a class of this isolate. */
const carriers = new WeakMap<object, Carrier>();

/** The carrier of an environment. */
export function carrierOf(env: StubSource): Carrier {
  const known = carriers.get(env);
  if (known) return known;
  const carrier = new Carrier(env);
  carriers.set(env, carrier);
  return carrier;
}

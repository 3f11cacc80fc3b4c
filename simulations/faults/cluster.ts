/** The simulated platform: namespaces of objects and the network between them and the isolates. */
import './globals.ts';
import { BudgetObject } from '../../durable-objects/budget/object.ts';
import { CampaignRootObject, CampaignShardObject } from '../../durable-objects/campaign/object.ts';
import { CustomerObject } from '../../durable-objects/customer/object.ts';
import { forgetThresholds } from '../../durable-objects/customer/sampling.ts';
import { forgetSharedFacts } from '../../durable-objects/customer/shared-facts.ts';
import { PublisherObject } from '../../durable-objects/publisher/object.ts';
import type { StubSource } from '../../durable-objects/shared/stub.ts';
import { clone } from './clone.ts';
import { Dice, hashText } from './dice.ts';
import { current, type Host } from './host.ts';
import { Loop, type LoopLimits } from './loop.ts';
import { SimulatedObject } from './object.ts';
import type { Weather } from './weather.ts';
import { MAX_QUICK_MS, MAX_SLOW_MS, MAX_STRAY_MS, WEATHERS } from './weather.ts';
import type { Change, Kind, ObjectClass, World } from './world.ts';

/** Clocks of two hosts are never further apart than twice this: a minute. */
export const MAX_SKEW_MS = 30_000;

/** A history is short: shards fold what they have committed so often that each does so many times. */
const COMMITS_PER_FOLD = 5;

class FoldingShard extends CampaignShardObject {
  constructor(ctx: DurableObjectState, env: StubSource) {
    super(ctx, env, COMMITS_PER_FOLD);
  }
}

const CLASSES: Readonly<Record<Kind, ObjectClass>> = {
  customer: CustomerObject as unknown as ObjectClass,
  shard: FoldingShard as unknown as ObjectClass,
  root: CampaignRootObject as unknown as ObjectClass,
  publisher: PublisherObject as unknown as ObjectClass,
  budget: BudgetObject as unknown as ObjectClass,
};

/** What a message says once a peer that is one version behind has had it in its hands. */
export type Translate = (kind: Kind, method: string, direction: 'call' | 'reply', body: unknown) => unknown;

/** What an object that is one version behind answers to a call that it does not understand; null when it does. */
export type Refuse = (
  kind: Kind,
  name: string,
  method: string,
  args: readonly unknown[],
) => { readonly reply: unknown } | { readonly error: Error } | null;

export interface ClusterOptions {
  readonly seed: number;
  /** Clocks differ. */
  readonly skewed?: boolean;
  /** For as long as one history lasts, unless told. */
  readonly limits?: LoopLimits;
  /** Told of what no part of the system may do, where it does it. */
  readonly violated?: (what: string) => void;
  readonly committed?: (object: SimulatedObject, changes: readonly Change[]) => void;
}

export class Cluster implements World {
  readonly loop: Loop;
  readonly violated: (what: string) => void;
  readonly seed: number;
  readonly env: StubSource;
  readonly objects = new Map<string, SimulatedObject>();
  /** Parts that answer no call at the moment. */
  readonly down = new Set<Kind>();
  translate: Translate | null = null;
  refuse: Refuse | null = null;
  /** Plans crashes at named steps; none are planned when null. */
  strike: World['strikes'] | null = null;
  /** A running hash of all that happened: two runs of a seed must agree. */
  history = 0;
  /** Keeps the words too, for people. */
  log: string[] | null = null;
  #weather: Weather = WEATHERS.calm;
  #dice: Dice;
  readonly #skewed: boolean;
  readonly #committed: (object: SimulatedObject, changes: readonly Change[]) => void;

  constructor({ seed, skewed = false, limits, violated, committed = () => undefined }: ClusterOptions) {
    this.seed = seed;
    this.loop = new Loop(limits);
    this.violated = violated ?? (() => undefined);
    this.#skewed = skewed;
    this.#committed = committed;
    this.#dice = new Dice(seed);
    this.env = {
      CUSTOMER: this.#namespace('customer'),
      CAMPAIGN_SHARD: this.#namespace('shard'),
      CAMPAIGN_ROOT: this.#namespace('root'),
      PUBLISHER: this.#namespace('publisher'),
      BUDGET: this.#namespace('budget'),
      NAMING_SECRET: '11'.repeat(32),
      // One environment stands for every isolate here: they would share a shield, which isolates never do.
      SHIELD: 'off',
    } as unknown as StubSource;
    // Module scope of the isolates that objects run in: as new ones have it.
    forgetSharedFacts();
    forgetThresholds();
  }

  /** From now on faults strike like this, by a chance that depends on `seed` alone. */
  change(weather: Weather, seed: number): void {
    this.#weather = weather;
    this.#dice = new Dice(seed);
  }

  weather(): Weather {
    return this.#weather;
  }

  chance(p: number): boolean {
    return p > 0 && this.#dice.chance(p);
  }

  strikes(step: string): 'written' | 'unwritten' | null {
    return this.strike?.(step) ?? null;
  }

  below(n: number): number {
    return this.#dice.below(n);
  }

  skewMs(hostName: string): number {
    if (!this.#skewed) return 0;
    return (hashText(hostName, this.seed) % (2 * MAX_SKEW_MS + 1)) - MAX_SKEW_MS;
  }

  committed(object: SimulatedObject, changes: readonly Change[]): void {
    this.#committed(object, changes);
  }

  note(what: string): void {
    this.history = hashText(what, this.history ^ (this.loop.nowMs % 2 ** 31));
    this.log?.push(`${this.loop.nowMs} ${what}`);
  }

  /** The object of that name, as it is on disk; there are only those that were called. */
  object(kind: Kind, name: string): SimulatedObject {
    const key = `${kind} ${name}`;
    let object = this.objects.get(key);
    if (!object) {
      object = new SimulatedObject(kind, name, CLASSES[kind], this);
      this.objects.set(key, object);
    }
    return object;
  }

  of(kind: Kind): SimulatedObject[] {
    return [...this.objects.values()].filter((object) => object.kind === kind);
  }

  /** Ends the world: disks are let go. */
  close(): void {
    for (const object of this.objects.values()) object.database.close();
  }

  #namespace(kind: Kind): unknown {
    return {
      jurisdiction: () => this.#namespace(kind),
      getByName: (name: string) =>
        new Proxy(
          {},
          {
            get: (_, method) =>
              // A stub is handed around by async functions, which look for a `then`.
              typeof method === 'string' && method !== 'then'
                ? (...args: unknown[]) => this.#call(kind, name, method, args)
                : undefined,
          },
        ),
    };
  }

  #call(kind: Kind, name: string, method: string, args: readonly unknown[]): Promise<unknown> {
    const { host } = current()!;
    const sender = this.#senderOf(host);
    if (!host.alive || sender?.mayDie('send')) return new Promise(() => undefined);
    // The output gate: what it has written is on disk before anybody hears of it.
    sender?.commit();
    // A reply is told by the versions that its call was made with: no object takes units as a new one and answers as an old one.
    const { translate } = this;
    const sent = translate ? translate(kind, method, 'call', clone(args)) : clone(args);
    return new Promise((resolve, reject) => {
      const answer = (settle: () => void) => host.alive && settle();
      this.#send(kind, name, method, sent as unknown[], {
        resolve: (result) => answer(() => resolve(translate ? translate(kind, method, 'reply', result) : result)),
        reject: (error) => answer(() => reject(error)),
      });
    });
  }

  #senderOf(host: Host): SimulatedObject | undefined {
    const [kind, name] = host.name.split(' ') as [string, string];
    return this.objects.get(`${kind} ${name}`);
  }

  #send(kind: Kind, name: string, method: string, args: unknown[], caller: Caller): void {
    const { lose, stray, repeat } = this.#weather;
    const told = `${kind}.${method} ${name}`;
    if (this.down.has(kind) || this.chance(lose)) {
      this.note(`lost ${told}`);
      this.#breakOff(caller);
      return;
    }
    if (this.chance(stray)) {
      this.note(`stray ${told}`);
      this.#breakOff(caller);
      this.loop.after(this.below(MAX_STRAY_MS), () => this.#deliver(kind, name, method, args, null));
      return;
    }
    if (this.chance(repeat)) {
      const again = clone(args);
      this.loop.after(this.below(MAX_STRAY_MS), () => this.#deliver(kind, name, method, again, null));
    }
    this.loop.after(this.#travelMs(), () => this.#deliver(kind, name, method, args, caller));
  }

  #deliver(kind: Kind, name: string, method: string, args: unknown[], caller: Caller | null): void {
    if (this.down.has(kind)) {
      if (caller) this.#breakOff(caller);
      return;
    }
    this.note(`${kind}.${method} ${name}`);
    const reply = (result: unknown) => {
      if (!caller) return;
      const told = clone(result);
      if (this.chance(this.#weather.lose)) {
        this.note(`lost reply ${kind}.${method}`);
        this.#breakOff(caller);
      } else this.loop.after(this.#travelMs(), () => caller.resolve(told));
    };
    const failed = (error: unknown) => {
      this.note(`${kind}.${method} threw ${String(error)}`);
      const told = Object.assign(new Error(String(error)), { remote: true });
      if (caller) this.loop.after(this.#travelMs(), () => caller.reject(told));
    };
    const refused = this.refuse?.(kind, name, method, args);
    if (refused) {
      if ('reply' in refused) reply(refused.reply);
      else failed(refused.error);
      return;
    }
    this.object(kind, name).serve(method, args, reply, failed, () => caller && this.#breakOff(caller));
  }

  #breakOff(caller: Caller): void {
    const error = Object.assign(new Error('Network connection lost.'), { retryable: true });
    this.loop.after(this.#travelMs(), () => caller.reject(error));
  }

  #travelMs(): number {
    const slow = this.chance(this.#weather.slow);
    return 1 + this.below(slow ? MAX_SLOW_MS : MAX_QUICK_MS);
  }
}

interface Caller {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

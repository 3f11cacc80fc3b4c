/**
 * A worker's isolate: what it knows of the catalog, the leases it holds, and the requests it serves. The order of its steps is the
 * worker's; slices, `decide()`, wallets, retries and all that it calls are the real ones.
 */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import type { CatalogManifest, Directory } from '../../decisioning/catalog/slice.ts';
import { neededUnits } from '../../decisioning/limits/purse-needs.ts';
import type {
  CallFacts,
  DecideCall,
  DecidedPlacement,
  DecideReply,
  EventItem,
  EventsReply,
  FeedbackItem,
  ItemResult,
} from '../../durable-objects/customer/protocol.ts';
import type { Switches } from '../../durable-objects/publisher/protocol.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { customerStubByName, publisherStub } from '../../durable-objects/shared/stub.ts';
import { callCustomer, handOver } from './calls.ts';
import type { Cluster } from './cluster.ts';
import { Host, runAs } from './host.ts';
import { Purses } from './purses.ts';
import { sliceOfBody, WORKSPACE_ID } from './workspace.ts';

/** A catalog younger than this is used as it is, as in the worker. */
const FRESH_MS = 2_000;
/** A request of an isolate that knows no catalog yet goes on so long behind its answer. */
const COLD_WAIT_MS = 1_500;
/** The worker's, for all that a request waits for together (`worker/http/deadline.ts`). */
export const DECIDE_DEADLINE_MS = 250;

interface Catalog {
  readonly seq: number;
  readonly manifest: CatalogManifest;
  readonly directory: Directory;
  readonly switches: Switches;
  readonly allocations: ReadonlyMap<string, Allocation>;
  readonly heardAtMs: number;
}

export interface OptimizeRequest {
  readonly name: string;
  readonly anonymous: boolean;
  readonly requestId: string;
  readonly placements: readonly string[];
  /** decision id and seed of each placement. */
  readonly requests: DecideCall['requests'];
}

export type OptimizeAnswer =
  | { readonly outcome: 'decided'; readonly decisions: readonly DecidedPlacement[] }
  | { readonly outcome: 'unavailable' };

export class Isolate {
  readonly host: Host;
  readonly #cluster: Cluster;
  /** Bodies by hash: immutable. */
  readonly #bodies = new Map<string, string>();
  readonly #purses: Purses;
  #catalog: Catalog | undefined;
  #refreshing = false;

  constructor(name: string, cluster: Cluster) {
    this.#cluster = cluster;
    this.host = new Host(name, cluster.seed, () => cluster.loop.nowMs);
    this.host.skewMs = cluster.skewMs(name);
    this.#purses = new Purses(cluster, {
      host: this.host,
      run: (work) => this.run(work),
      step: (step) => this.#step(step),
    });
  }

  /** Runs something as this isolate's code. */
  run<T>(work: () => T): T {
    const { loop } = this.#cluster;
    const { host } = this;
    const wait = (ms: number): Promise<void> => new Promise((resolve) => loop.after(ms, () => host.alive && resolve()));
    return runAs({ host, wait }, work);
  }

  /** A step at which it may be gone; what it would do next never happens then. */
  #step(name: string): Promise<void> {
    if (this.#cluster.strikes(`isolate ${name}`)) this.crash();
    return this.host.alive ? Promise.resolve() : new Promise(() => undefined);
  }

  /** It is gone, with the leases in its hands. */
  crash(): void {
    this.host.alive = false;
  }

  /** Everything held is given back when its leases end; nothing new is taken. */
  rest(): void {
    this.#purses.rest();
  }

  facts(name: string, anonymous: boolean): CallFacts {
    return { workspaceId: WORKSPACE_ID, name, anonymous, siteId: 'shop', receivedAtMs: this.host.now() };
  }

  /** Decides for a known visitor, or with default content when the object does not answer in time. */
  async optimize(request: OptimizeRequest): Promise<OptimizeAnswer> {
    const late = scheduler.wait(DECIDE_DEADLINE_MS).then((): OptimizeAnswer => ({ outcome: 'unavailable' }));
    return Promise.race([this.#answer(request), late]);
  }

  /** What comes too late for its request goes on behind the answer. */
  async #answer(request: OptimizeRequest): Promise<OptimizeAnswer> {
    const catalog = await this.#current();
    if (!catalog) return { outcome: 'unavailable' };
    const slices = await this.#slicesOf(catalog, request.placements);
    try {
      return { outcome: 'decided', decisions: await this.#decide(catalog, slices, request) };
    } catch {
      return { outcome: 'unavailable' };
    }
  }

  async #decide(
    catalog: Catalog,
    slices: ReadonlyMap<string, { readonly hash: string; readonly slice: OpenSlice }>,
    request: OptimizeRequest,
  ): Promise<readonly DecidedPlacement[]> {
    const { host } = this;
    const nowMs = host.now();
    const rules = [...slices.values()].map(({ slice }) => slice.rules);
    const needed = neededUnits(rules, { switches: catalog.switches, nowMs });
    const purse = await this.#purses.take(needed, catalog.directory, catalog.manifest.revision);
    const call: DecideCall = {
      ...this.facts(request.name, request.anonymous),
      receivedAtMs: nowMs,
      requestId: request.requestId,
      repeatable: true,
      requests: request.requests,
      rules: Object.fromEntries([...slices].map(([placement, { hash }]) => [placement, hash])),
      revision: catalog.manifest.revision,
      catalogSeq: catalog.seq,
      switches: catalog.switches,
      attributes: {},
      ...(purse.length > 0 && { purse }),
    };
    let certain = true;
    const failed = () => {
      certain = false;
    };
    try {
      const asked = this.#ask(call, catalog, failed);
      await this.#step('decide asked');
      const decisions = await asked;
      await this.#step('decide answered');
      this.#purses.settle(
        purse,
        decisions.flatMap(({ claims }) => claims ?? []),
        certain,
      );
      return decisions;
    } catch (error) {
      this.#purses.settle(purse, [], false);
      throw error;
    }
  }

  async #ask(call: DecideCall, catalog: Catalog, failed: () => void): Promise<readonly DecidedPlacement[]> {
    let full = call;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const current = full;
      const reply = await callCustomer<DecideReply>(
        this.#cluster.env,
        current,
        (stub, facts) => stub.decide({ ...current, ...facts }),
        failed,
      );
      if (reply.outcome === 'decided') return reply.decisions;
      const slices = reply.slices.map((hash) => ({ hash, body: this.#bodies.get(hash) as string }));
      full = { ...call, slices, allocations: { seq: catalog.seq, items: [...catalog.allocations.values()] } };
    }
    throw new Error('an object still needs what it was given');
  }

  /** Reports what became of decisions; null when the object was out of reach. */
  async feedback(name: string, items: readonly FeedbackItem[]): Promise<readonly ItemResult[] | null> {
    const facts = this.facts(name, true);
    try {
      const reply = await callCustomer<EventsReply>(this.#cluster.env, facts, (stub, here) =>
        stub.feedback(here, items),
      );
      return reply.results;
    } catch {
      return null;
    }
  }

  /** Reports behaviour and goals without tokens; null when the object was out of reach. */
  async events(name: string, anonymous: boolean, items: readonly EventItem[]): Promise<readonly ItemResult[] | null> {
    const facts = this.facts(name, anonymous);
    try {
      const reply = await callCustomer<EventsReply>(this.#cluster.env, facts, (stub, here) =>
        stub.events(here, items, {}),
      );
      return reply.results;
    } catch {
      return null;
    }
  }

  /** An anonymous customer turns out to be a known one. */
  async link(anonymousName: string, knownName: string): Promise<boolean> {
    const known = this.facts(knownName, false);
    const anonymous = this.facts(anonymousName, true);
    const { env } = this.#cluster;
    try {
      const moved = await withRetry(() =>
        customerStubByName(env, WORKSPACE_ID, anonymousName).forward(anonymous, knownName),
      );
      if (moved.to === knownName) await handOver(env, anonymous, known, moved);
      return true;
    } catch {
      return false;
    }
  }

  async erase(name: string): Promise<boolean> {
    try {
      await callCustomer(this.#cluster.env, this.facts(name, false), (stub, facts) => stub.erase(facts));
      return true;
    } catch {
      return false;
    }
  }

  async #current(): Promise<Catalog | undefined> {
    const known = this.#catalog;
    if (!known) await Promise.race([this.refresh(), scheduler.wait(COLD_WAIT_MS)]);
    else if (this.host.now() - known.heardAtMs >= FRESH_MS) void this.refresh();
    return this.#catalog;
  }

  /** Asks the publisher for what changed; what is known stays when it does not answer. */
  async refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const { env } = this.#cluster;
    try {
      const before = this.#catalog;
      const heardAtMs = this.host.now();
      const state = await withRetry(async () => (await publisherStub(env, WORKSPACE_ID)).state(before?.seq ?? 0));
      const { manifest } = state;
      if (!manifest) return;
      await this.#fetch([manifest.directory]);
      const directory = JSON.parse(this.#bodies.get(manifest.directory) as string) as Directory;
      const allocations = new Map(before?.allocations);
      for (const allocation of state.allocations) allocations.set(allocation.campaignId, allocation);
      for (const id of allocations.keys()) if (!Object.hasOwn(directory.campaigns, id)) allocations.delete(id);
      this.#catalog = { seq: state.seq, manifest, directory, switches: state.switches, allocations, heardAtMs };
    } catch {
      // The last good catalog stays.
    } finally {
      this.#refreshing = false;
    }
  }

  async #fetch(hashes: readonly string[]): Promise<void> {
    const missing = hashes.filter((hash) => !this.#bodies.has(hash));
    if (missing.length === 0) return;
    const { env } = this.#cluster;
    const bodies = await withRetry(async () => (await publisherStub(env, WORKSPACE_ID)).slices(missing));
    for (const { hash, body } of bodies) this.#bodies.set(hash, body);
  }

  async #slicesOf(catalog: Catalog, placements: readonly string[]) {
    const hashes = placements.map((placement) => catalog.manifest.placements[placement]?.rules);
    try {
      await this.#fetch(hashes.filter((hash) => hash !== undefined));
    } catch {
      // Placements whose slices are out of reach get default content.
    }
    const found = new Map<string, { readonly hash: string; readonly slice: OpenSlice }>();
    placements.forEach((placement, i) => {
      const hash = hashes[i];
      const body = hash && this.#bodies.get(hash);
      if (hash && body) found.set(placement, { hash, slice: sliceOfBody(hash, body) });
    });
    return found;
  }
}

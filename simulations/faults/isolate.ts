/**
 * A worker's isolate: what it knows of the catalog, the leases it holds, and the requests it serves. The order of its steps is the
 * worker's; slices, `decide()`, wallets, retries and all that it calls are the real ones.
 */
import { neededUnits } from '../../decisioning/limits/purse-needs.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import { evidenceFrom } from '../../decisioning/view.ts';
import { MAX_CLIENT_AGE_MS } from '../../durable-objects/customer/limits.ts';
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
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { customerStubByName } from '../../durable-objects/shared/stub.ts';
import { callCustomer, handOver } from './calls.ts';
import { type Catalog, Catalogs, learningOf, type Slices } from './catalog.ts';
import type { Cluster } from './cluster.ts';
import { decideHere } from './first-visit.ts';
import { Host, runAs } from './host.ts';
import { Purses } from './purses.ts';
import { WORKSPACE_ID } from './workspace.ts';

/** The worker's, for all that a request waits for together (`worker/http/deadline.ts`). */
export const DECIDE_DEADLINE_MS = 250;

export interface OptimizeRequest {
  readonly name: string;
  readonly anonymous: boolean;
  /** Nobody has seen this visitor before: their id is minted with the answer. */
  readonly isFirst?: boolean;
  /** What a server says of when it was. */
  readonly clientAtMs?: number | undefined;
  readonly requestId: string;
  readonly placements: readonly string[];
  /** decision id and seed of each placement. */
  readonly requests: DecideCall['requests'];
}

export type OptimizeAnswer =
  | {
      readonly outcome: 'decided';
      readonly decisions: readonly DecidedPlacement[];
      /** Of what was decided without an object. */
      readonly receipt?: Receipt;
    }
  | { readonly outcome: 'unavailable' };

export class Isolate {
  readonly host: Host;
  readonly #cluster: Cluster;
  readonly #purses: Purses;
  readonly catalogs: Catalogs;

  constructor(name: string, cluster: Cluster) {
    this.#cluster = cluster;
    this.host = new Host(name, cluster.seed, () => cluster.loop.nowMs);
    this.host.skewMs = cluster.skewMs(name);
    this.catalogs = new Catalogs(cluster.env, () => this.host.now());
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
    const catalog = await this.catalogs.current();
    if (!catalog || !this.#believes(request.clientAtMs)) return { outcome: 'unavailable' };
    const slices = await this.catalogs.slicesOf(catalog, request.placements);
    try {
      return { outcome: 'decided', ...(await this.#decide(catalog, slices, request)) };
    } catch {
      return { outcome: 'unavailable' };
    }
  }

  async #decide(
    catalog: Catalog,
    slices: Slices,
    request: OptimizeRequest,
  ): Promise<{ readonly decisions: readonly DecidedPlacement[]; readonly receipt?: Receipt }> {
    const { host } = this;
    const nowMs = host.now();
    const rules = [...slices.values()].map(({ slice }) => slice.rules);
    const needed = neededUnits(rules, { switches: catalog.switches, nowMs });
    const purse = await this.#purses.take(needed, catalog.directory, catalog.manifest.revision);
    const call: DecideCall = {
      ...this.facts(request.name, request.anonymous),
      receivedAtMs: nowMs,
      clientAtMs: past(request.clientAtMs, nowMs),
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
    const here = request.isFirst ? this.#decideHere(call, slices, catalog) : null;
    if (here) {
      this.#purses.settle(purse, [], true);
      return here;
    }
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
      return { decisions };
    } catch (error) {
      this.#purses.settle(purse, [], false);
      throw error;
    }
  }

  #decideHere(call: DecideCall, slices: Slices, catalog: Catalog) {
    const open = new Map([...slices].map(([placement, { slice }]) => [placement, slice]));
    return decideHere(
      call,
      open,
      evidenceFrom((campaignId) => catalog.allocations.get(campaignId)),
    );
  }

  /** Client time is taken for the past day, by this isolate's clock; what is older is refused. */
  #believes(clientAtMs = this.host.now()): boolean {
    return clientAtMs >= this.host.now() - MAX_CLIENT_AGE_MS;
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
      const slices = reply.slices.map((hash) => ({ hash, body: this.catalogs.bodyOf(hash) }));
      full = { ...call, slices, allocations: { seq: catalog.seq, items: [...catalog.allocations.values()] } };
    }
    throw new Error('an object still needs what it was given');
  }

  /** Reports what became of decisions; null when the object was out of reach. */
  async feedback(name: string, items: readonly FeedbackItem[]): Promise<readonly ItemResult[] | null> {
    const facts = this.facts(name, true);
    const catalog = await this.catalogs.current();
    if (!catalog || items.some(({ atMs }) => !this.#believes(atMs))) return null;
    const told = items.map((item): FeedbackItem => {
      const learning = item.kind === 'dispatch' ? undefined : learningOf(catalog, item.record.campaignId);
      return { ...item, atMs: past(item.atMs, facts.receivedAtMs), ...(learning && { learning }) };
    });
    try {
      const reply = await callCustomer<EventsReply>(this.#cluster.env, facts, (stub, here) =>
        stub.feedback(here, told),
      );
      return reply.results;
    } catch {
      return null;
    }
  }

  /** Reports behaviour and goals without tokens; null when the object was out of reach. */
  async events(name: string, anonymous: boolean, items: readonly EventItem[]): Promise<readonly ItemResult[] | null> {
    const facts = this.facts(name, anonymous);
    if (items.some(({ atMs }) => !this.#believes(atMs))) return null;
    const told = items.map((item): EventItem => ({ ...item, atMs: past(item.atMs, facts.receivedAtMs) }));
    try {
      const reply = await callCustomer<EventsReply>(this.#cluster.env, facts, (stub, here) =>
        stub.events(here, told, {}),
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
}

/** No client time is later than the worker's own. */
function past(clientAtMs: number | undefined, nowMs: number): number | undefined {
  return clientAtMs === undefined ? undefined : Math.min(clientAtMs, nowMs);
}

/** Carries out operations in a simulated world. */
import type { Receipt } from '../../decisioning/receipt.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { DecidedPlacement, FeedbackItem, GoalFacts, ItemResult } from '../../durable-objects/customer/protocol.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import type { Cluster } from './cluster.ts';
import { Dice, hashText } from './dice.ts';
import type { Host } from './host.ts';
import { Isolate, type OptimizeRequest } from './isolate.ts';
import type { SimulatedObject } from './object.ts';
import type { Operation, OperationKind } from './operations.ts';
import { refusingLedgerSlices, strippedOfNewFields } from './skew.ts';
import { nameOf, PLACEMENTS, releaseOf, WORKSPACE_ID } from './workspace.ts';
import { KINDS } from './world.ts';

const KNOWN = ['ann', 'bob', 'cleo', 'dan'].map(nameOf);
/** Known customers that anonymous ones turn out to be; the others' statistics are held against a perfect observer alone. */
const LINKED = ['eve', 'fay'].map(nameOf);
const ANONYMOUS = ['x', 'y', 'z'].map(nameOf);
const ISOLATES = 3;
/** The ledger whose price is moved. */
const PACED = 'pool:daily';
/** Tokens in the hands of pages; the oldest make room. */
const MAX_TOKENS = 40;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Shares of what is drawn: visitors whom nobody has seen before, and servers that say when it was. */
const FIRST_VISITS = 0.12;
const CLIENT_TIMES = 0.15;
/** First visitors who may come back. */
const VISITORS = 3;

const CLICK: GoalFacts = { id: 'click', windowMs: 7 * DAY_MS, valueMinor: 0 };
const PURCHASE: GoalFacts = { id: 'purchase', windowMs: 7 * DAY_MS, valueMinor: 500 };

/** What a caller of the API gets to see. */
export interface Watcher {
  /** A request begins; the function that is given back says that it has its answer. */
  asked(host: Host, atMs: number): () => void;
  answered(request: OptimizeRequest, decisions: readonly DecidedPlacement[] | null, tookMs: number): void;
  /** A first visit was decided for. */
  proposed(record: DecisionRecord, receipt: Receipt): void;
  acknowledged(item: FeedbackItem, result: ItemResult): void;
}

export class Play {
  readonly cluster: Cluster;
  readonly isolates: Isolate[] = [];
  readonly tokens: DecisionRecord[] = [];
  revision = 1;
  readonly #watch: Watcher;
  #isolates = 0;
  #visits = 0;
  #visitors: string[] = [];
  #requests: OptimizeRequest[] = [];
  #reports: { readonly name: string; readonly items: readonly FeedbackItem[] }[] = [];

  constructor(cluster: Cluster, watch: Watcher) {
    this.cluster = cluster;
    this.#watch = watch;
    for (let i = 0; i < ISOLATES; i += 1) this.isolates.push(this.#newIsolate());
  }

  /** Starts one operation; what it leads to goes on while others start. */
  start({ kind, seed }: Operation): void {
    this.cluster.note(kind);
    const dice = new Dice(seed);
    const act = this.#acts[kind];
    if (act) act(dice);
    else {
      const isolate = dice.of(this.isolates);
      void isolate.run(() => this.#asks[kind]?.(isolate, dice));
    }
  }

  /** Publishes the current revision, unless the publisher is out of reach; doing it again changes nothing. */
  async publish(): Promise<void> {
    const { manifest, bodies, policies } = releaseOf(this.revision);
    try {
      const publisher = await publisherStub(this.cluster.env, WORKSPACE_ID);
      await publisher.putSlices(WORKSPACE_ID, bodies);
      await publisher.activate(WORKSPACE_ID, manifest, policies);
    } catch {
      // Another run of the job that repairs this brings it.
    }
  }

  readonly #asks: Partial<Record<OperationKind, (isolate: Isolate, dice: Dice) => Promise<unknown> | undefined>> = {
    optimize: (isolate, dice) => this.#optimize(isolate, this.#drawRequest(dice)),
    repeat_request: (isolate, dice) =>
      this.#requests.length > 0 ? this.#optimize(isolate, dice.of(this.#requests)) : undefined,
    exposure: (isolate, dice) => this.#report(isolate, dice, (record) => ({ record, kind: 'exposure' })),
    dispatch: (isolate, dice) => this.#report(isolate, dice, (record) => ({ record, kind: 'dispatch' })),
    goal: (isolate, dice) =>
      this.#report(isolate, dice, (record) => {
        const goal = dice.chance(0.7) ? CLICK : PURCHASE;
        return { record, kind: 'goal', goal, ...(dice.chance(0.5) && { orderId: `o${dice.below(6)}` }) };
      }),
    repeat_feedback: (isolate, dice) => {
      if (this.#reports.length === 0) return undefined;
      const { name, items } = dice.of(this.#reports);
      return this.#tell(isolate, name, items);
    },
    event: (isolate, dice) => {
      const name = dice.of([...KNOWN, ...LINKED, ...ANONYMOUS]);
      const { id, ...goal } = dice.chance(0.5) ? CLICK : PURCHASE;
      const facts = { index: 0, name: id, ...goal, ...(dice.chance(0.7) && { eventId: `e${dice.below(12)}` }) };
      const kind = dice.chance(0.7) ? ('goal' as const) : ('behaviour' as const);
      return isolate.events(name, !this.#isKnown(name), [{ ...facts, kind, atMs: this.#clientTime(dice) }]);
    },
    link: (isolate, dice) => isolate.link(dice.of([...ANONYMOUS, ...this.#visitors]), dice.of(LINKED)),
    erase: (isolate, dice) => this.#erase(isolate, dice),
    publish: () => {
      this.revision += 1;
      return this.publish();
    },
    switches: async (_, dice) => {
      // The kill switch is off again with the next change, or most of a history would show nothing.
      const change = dice.chance(0.5)
        ? { killSwitch: dice.chance(0.2) }
        : { campaignId: dice.of(['learn', 'paid', 'capped']), paused: dice.chance(0.3) };
      try {
        await (await publisherStub(this.cluster.env, WORKSPACE_ID)).setSwitches(WORKSPACE_ID, change);
      } catch {
        // Whoever pressed it is told.
      }
    },
  };

  readonly #acts: Partial<Record<OperationKind, (dice: Dice) => void>> = {
    crash_object: (dice) => this.#some(dice)?.crash(),
    evict_object: (dice) => this.#some(dice)?.crash('written'),
    crash_isolate: (dice) => {
      const i = dice.below(this.isolates.length);
      this.isolates[i]!.crash();
      this.isolates[i] = this.#newIsolate();
    },
    jump_clock: (dice) => {
      if (this.cluster.skewMs('') === 0) return;
      const object = this.#some(dice);
      const host = object && dice.chance(0.7) ? object.host : dice.of(this.isolates).host;
      host.skewMs = this.cluster.skewMs(String(dice.next()));
      object?.reschedule();
    },
    part_down: (dice) => {
      const kind = dice.of(KINDS);
      const longestMs = dice.weighed({ 10000: 60, 300000: 35, 3600000: 5 });
      this.cluster.down.add(kind);
      this.cluster.loop.after(dice.below(Number(longestMs)), () => this.cluster.down.delete(kind));
    },
    busy_past: (dice) => {
      // What hours of a crowd would do to the price of a paced pool: leases bear it from now on.
      const keyOf = ({ database }: SimulatedObject) => database.exec('SELECT key FROM ledger', []).toArray()[0]?.key;
      const pool = this.cluster.of('budget').find((object) => object.isRunning && keyOf(object) === PACED);
      if (!pool) return;
      const price = dice.of([1e-9, 0.05, 0.2, 1]);
      pool.writing();
      pool.database.exec("UPDATE accounts SET pace = json_set(pace, '$.level', ?) WHERE pace IS NOT NULL", [price]);
    },
    old_peers: (dice) => {
      this.cluster.translate = dice.chance(0.5) ? strippedOfNewFields(dice.below(3)) : null;
      this.cluster.refuse = dice.chance(0.25) ? refusingLedgerSlices : null;
    },
  };

  #newIsolate(): Isolate {
    this.#isolates += 1;
    return new Isolate(`isolate ${this.#isolates}`, this.cluster);
  }

  #some(dice: Dice) {
    const running = [...this.cluster.objects.values()].filter(({ isRunning }) => isRunning);
    return running.length > 0 ? dice.of(running) : undefined;
  }

  #drawRequest(dice: Dice): OptimizeRequest {
    const isFirst = dice.chance(FIRST_VISITS);
    const name = isFirst
      ? this.#newVisitor()
      : dice.of([...KNOWN, ...KNOWN, ...LINKED, ...ANONYMOUS, ...this.#visitors]);
    const requestId = `r${dice.below(2 ** 31)}`;
    const placements = PLACEMENTS.filter(() => dice.chance(0.6));
    if (placements.length === 0) placements.push('hero');
    const requests = placements.map((placement) => ({
      placement,
      decisionId: `${name}.${requestId}.${placement}`,
      seed: [1, 2, 3, 4].map((i) => hashText(`${requestId} ${placement} ${i}`).toString(16).padStart(8, '0')).join(''),
    }));
    const clientAtMs = this.#clientTime(dice);
    const anonymous = !this.#isKnown(name);
    const request = { name, anonymous, isFirst, clientAtMs, requestId, placements, requests };
    this.#requests = [...this.#requests.slice(-5), request];
    return request;
  }

  #isKnown(name: string): boolean {
    return KNOWN.includes(name) || LINKED.includes(name);
  }

  /** The id that a first visit is given; some come back with it. */
  #newVisitor(): string {
    this.#visits += 1;
    const name = nameOf(`visitor ${this.#visits}`);
    this.#visitors = [...this.#visitors.slice(1 - VISITORS), name];
    return name;
  }

  /** What a server says of when something was: mostly just now, up to a day ago. Undefined for what only pages tell. */
  #clientTime(dice: Dice): number | undefined {
    if (!dice.chance(CLIENT_TIMES)) return undefined;
    const longest = dice.weighed({ [MINUTE_MS]: 60, [60 * MINUTE_MS]: 25, [DAY_MS]: 15 });
    return this.cluster.loop.nowMs - dice.below(Number(longest));
  }

  async #optimize(isolate: Isolate, request: OptimizeRequest): Promise<readonly DecidedPlacement[] | null> {
    const { loop } = this.cluster;
    const sinceMs = loop.nowMs;
    const done = this.#watch.asked(isolate.host, sinceMs);
    const answer = await isolate.optimize(request);
    done();
    const decisions = answer.outcome === 'decided' ? answer.decisions : null;
    if (answer.outcome === 'decided' && answer.receipt)
      for (const { record } of answer.decisions) if (record) this.#watch.proposed(record, answer.receipt);
    this.#watch.answered(request, decisions, loop.nowMs - sinceMs);
    for (const { record } of decisions ?? []) if (record) this.tokens.push(record);
    if (this.tokens.length > MAX_TOKENS) this.tokens.splice(0, this.tokens.length - MAX_TOKENS);
    return decisions;
  }

  /** Erases somebody; or somebody who sees what was decided for them just now, and whose page repeats its request when they are erased. */
  async #erase(isolate: Isolate, dice: Dice): Promise<void> {
    if (dice.chance(0.5)) {
      await isolate.erase(dice.of([...KNOWN, ...LINKED, ...ANONYMOUS]));
      return;
    }
    const request = this.#drawRequest(dice);
    await this.#show(isolate, request);
    await isolate.erase(request.name);
    await this.#show(isolate, request);
  }

  /** Decides, and tells what was seen of it. */
  async #show(isolate: Isolate, request: OptimizeRequest): Promise<void> {
    for (const { record } of (await this.#optimize(isolate, request)) ?? [])
      if (record) await this.#tell(isolate, record.customer, [{ index: 0, record, kind: 'exposure' }]);
  }

  #report(
    isolate: Isolate,
    dice: Dice,
    about: (record: DecisionRecord) => Omit<FeedbackItem, 'index'>,
  ): Promise<void> | undefined {
    if (this.tokens.length === 0) return undefined;
    // Most is reported soon after it was decided.
    const at = dice.chance(0.7) ? this.tokens.length - 1 - dice.below(Math.min(4, this.tokens.length)) : undefined;
    const record = this.tokens[at ?? dice.below(this.tokens.length)] as DecisionRecord;
    const atMs = this.#clientTime(dice);
    const items = [{ index: 0, ...about(record), ...(atMs !== undefined && { atMs }) }];
    this.#reports = [...this.#reports.slice(-5), { name: record.customer, items }];
    return this.#tell(isolate, record.customer, items);
  }

  async #tell(isolate: Isolate, name: string, items: readonly FeedbackItem[]): Promise<void> {
    const results = await isolate.feedback(name, items);
    for (const result of results ?? []) this.#watch.acknowledged(items[result.index] as FeedbackItem, result);
  }
}

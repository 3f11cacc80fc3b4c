/** Customers' objects called as the worker calls them: test configurations, a clock of the test's own, and a look into storage. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { ArmStatistics } from '../../../decisioning/bandits/statistics.ts';
import { addStatistics, emptyStatistics } from '../../../decisioning/bandits/statistics.ts';
import type { Configuration, GoalConfiguration } from '../../../decisioning/catalog/configuration.ts';
import type { RulesSlice } from '../../../decisioning/catalog/slice.ts';
import type { DecisionRecord } from '../../../decisioning/record.ts';
import { slicesOf } from '../../../decisioning/testing/configuration.ts';
import { COMMIT_WINDOW_MS } from '../../campaign/gather.ts';
import type { StatisticsCell } from '../../campaign/protocol.ts';
import { countedIn } from '../../campaign/testing/counted.ts';
import { customerStubByName, type StubSource, shardStub } from '../../shared/stub.ts';
import type {
  CallFacts,
  DecideCall,
  DecideReply,
  EventsReply,
  FeedbackItem,
  LearningFacts,
  OtherUnit,
} from '../protocol.ts';

/** The bindings of the tests' runtime. */
export const source = env as unknown as StubSource;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Ten days ago, at midnight: no anonymous customer of a test is idle before the test says so. */
export const START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 10 * DAY_MS;

/** Goal `purchase`, credited for a week. */
export const PURCHASE: GoalConfiguration = {
  id: 'purchase',
  name: 'Purchase',
  source: 'any',
  windowMs: 7 * DAY_MS,
  defaultValueMinor: 0,
};

export interface World {
  readonly workspaceId: string;
  readonly slices: Readonly<Record<string, RulesSlice>>;
}

/** A workspace of its own; `label` and number make its customers and shards the same in every run. */
export function worldOf(label: string, configuration: Configuration): World {
  return { workspaceId: label, slices: slicesOf(configuration).slices };
}

/** What the facts of one decide call may add. */
export type DecideOptions = Partial<Omit<DecideCall, 'requests'>> & { readonly placements?: readonly string[] };

let seeds = 0;

/** The call for some placements (`hero` unless told), with everything that an isolate may lack. */
export function decideCallOf(
  world: World,
  facts: CallFacts,
  requestId: string,
  options: DecideOptions = {},
): DecideCall {
  const { placements = ['hero'], ...rest } = options;
  const hashOf = (placement: string) => `${world.workspaceId}:${placement}`;
  const known = placements.filter((placement) => Object.hasOwn(world.slices, placement));
  return {
    ...facts,
    requestId,
    repeatable: true,
    requests: placements.map((placement) => {
      seeds += 1;
      const seed = (seeds * 2_654_435_761).toString(16).padStart(64, '0');
      return { placement, decisionId: `${facts.name}/${requestId}/${placement}`, seed };
    }),
    rules: Object.fromEntries(known.map((placement) => [placement, hashOf(placement)])),
    revision: 1,
    catalogSeq: 1,
    switches: { killSwitch: false, pausedCampaigns: [] },
    attributes: {},
    slices: known.map((placement) => ({ hash: hashOf(placement), body: JSON.stringify(world.slices[placement]) })),
    allocations: { seq: 1, items: [] },
    ...rest,
  };
}

/** A goal as the worker found it in the directory. */
export interface Reached {
  readonly goal?: string;
  readonly windowMs?: number;
  readonly valueMinor?: number;
  readonly orderId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly atMs?: number | undefined;
  readonly unit?: OtherUnit;
  readonly learning?: LearningFacts;
}

export type Customer = ReturnType<typeof customerOf>;

/** One customer of a world: known unless told. */
export function customerOf(world: World, who: string, anonymous = false) {
  const { workspaceId } = world;
  const name = `${workspaceId}.${who}`;
  const stub = () => customerStubByName(source, workspaceId, name);
  const facts = (receivedAtMs: number): CallFacts => ({ workspaceId, name, anonymous, siteId: 'shop', receivedAtMs });
  const statuses = (reply: EventsReply): string[] => {
    if (reply.outcome === 'moved') throw new Error('the customer has moved');
    return reply.results.map(({ status, reason }) => reason ?? status);
  };
  const feedback = async (items: readonly Omit<FeedbackItem, 'index'>[], atMs: number) =>
    statuses(
      await stub().feedback(
        facts(atMs),
        items.map((item, index) => ({ ...item, index })),
      ),
    );
  const goalOf = ({ goal = 'purchase', windowMs = PURCHASE.windowMs, valueMinor = 0, unit }: Reached) => ({
    id: goal,
    windowMs,
    valueMinor,
    ...(unit && { unit }),
  });
  return {
    name,
    stub,
    facts,
    feedback,
    ask: (requestId: string, atMs: number, options?: DecideOptions): Promise<DecideReply> =>
      stub().decide(decideCallOf(world, facts(atMs), requestId, options)),
    /** What `ask` would send. */
    explainCall: (requestId: string, atMs: number, options?: DecideOptions): DecideCall =>
      decideCallOf(world, facts(atMs), requestId, options),
    /** The record of `hero`'s decision; null for default content. */
    decide: async (requestId: string, atMs: number, options?: DecideOptions): Promise<DecisionRecord | null> => {
      const reply = await stub().decide(decideCallOf(world, facts(atMs), requestId, options));
      if (reply.outcome !== 'decided') throw new Error(reply.outcome);
      return reply.decisions[0]?.record ?? null;
    },
    see: async (record: DecisionRecord, receivedAtMs: number, atMs?: number, learning?: LearningFacts) =>
      (await feedback([{ record, kind: 'exposure', atMs, ...(learning && { learning }) }], receivedAtMs))[0],
    reach: async (record: DecisionRecord, receivedAtMs: number, reached: Reached = {}) => {
      const { orderId, atMs, learning } = reached;
      const facts = learning && { learning };
      const item = { record, kind: 'goal' as const, goal: goalOf(reached), orderId, atMs, ...facts };
      return (await feedback([item], receivedAtMs))[0];
    },
    /** A goal without a token. */
    tell: async (receivedAtMs: number, reached: Reached = {}) => {
      const { id: goal, ...rest } = goalOf(reached);
      const { orderId, eventId, atMs } = reached;
      const item = { index: 0, kind: 'goal' as const, name: goal, ...rest, orderId, eventId, atMs };
      return statuses(await stub().events(facts(receivedAtMs), [item], {}))[0];
    },
  };
}

type Named = Pick<Customer, 'name'>;

/** The platform's own stub, as the tools of `cloudflare:test` want it. */
export function objectOf({ name }: Named) {
  return source.CUSTOMER.getByName(name);
}

/** Everything in an object's SQLite, by table. */
export function tablesOf(customer: Named): Promise<Record<string, Record<string, unknown>[]>> {
  return runInDurableObject(objectOf(customer), (_, { storage }) => {
    const names = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[_s]*_*'")
      .toArray();
    return Object.fromEntries(names.map(({ name }) => [name, storage.sql.exec(`SELECT * FROM ${name}`).toArray()]));
  });
}

/** Runs alarms until nothing waits for delivery. */
export async function settle(customer: Named): Promise<void> {
  // Far more rounds than any test has events for.
  for (let round = 0; round < 50; round += 1) {
    // What rode along before the object was evicted has an alarm that may have rung already.
    if (!(await runDurableObjectAlarm(objectOf(customer))))
      await runInDurableObject(objectOf(customer), (object) => object.alarm());
    if ((await objectOf(customer).undelivered()) === 0) return;
    // A delivery that went out before is answered when its shard commits; the alarm does not wait for it.
    await scheduler.wait(COMMIT_WINDOW_MS / 10);
  }
  throw new Error('the outbox does not drain');
}

/** What a campaign's shards have counted, by cell. */
export async function cellsOf(world: World, campaignId: string, shards = 1): Promise<StatisticsCell[]> {
  const cells: StatisticsCell[] = [];
  for (let shard = 0; shard < shards; shard += 1) {
    const stub = await shardStub(source, world.workspaceId, campaignId, shard);
    cells.push(...(await runInDurableObject(stub, (_, { storage }) => countedIn(storage.sql).cells)));
  }
  return cells;
}

/** The named sums of a campaign's shards, added up by cell: `leaf arm hour` → name → vector. */
export async function sumsIn(
  world: World,
  campaignId: string,
  shards = 1,
): Promise<Record<string, Record<string, readonly number[]>>> {
  const cells: Record<string, Record<string, readonly number[]>> = {};
  for (let shard = 0; shard < shards; shard += 1) {
    const stub = await shardStub(source, world.workspaceId, campaignId, shard);
    const vectors = await runInDurableObject(stub, (_, { storage }) => countedIn(storage.sql).vectors);
    for (const { leaf, arm, hour, name, sums: vector } of vectors) {
      cells[`${leaf} ${arm} ${hour}`] ??= {};
      const cell = cells[`${leaf} ${arm} ${hour}`]!;
      cell[name] = vector.map((value, i) => value + (cell[name]?.[i] ?? 0));
    }
  }
  return cells;
}

/** All cells of a campaign together. */
export async function totalOf(world: World, campaignId: string, shards = 1): Promise<ArmStatistics> {
  const cells = await cellsOf(world, campaignId, shards);
  return cells.reduce((sum, { statistics }) => addStatistics(sum, statistics), emptyStatistics);
}

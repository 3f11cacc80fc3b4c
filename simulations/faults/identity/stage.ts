/** Where stories of one person with several devices are played: customers' own objects, and shards, ledgers and a publisher that only listen. */

import { openSlice } from '../../../decisioning/catalog/open.ts';
import type { PurseEntry } from '../../../decisioning/limits/purse.ts';
import type { DecisionRecord } from '../../../decisioning/record.ts';
import {
  armOf,
  campaignOf,
  configurationOf,
  DAY_MS,
  HOUR_MS,
  slicesOf,
} from '../../../decisioning/testing/configuration.ts';
import { evidenceFrom } from '../../../decisioning/view.ts';
import type { Settlement } from '../../../durable-objects/budget/protocol.ts';
import type { Delivery } from '../../../durable-objects/campaign/protocol.ts';
import type { CallFacts, DecideCall } from '../../../durable-objects/customer/protocol.ts';
import { Cluster } from '../cluster.ts';
import { hashText } from '../dice.ts';
import { decideHere } from '../first-visit.ts';
import { Host, runAs } from '../host.ts';
import type { SimulatedObject } from '../object.ts';
import { addTo, type Sums } from '../sums.ts';
import type { Change } from '../world.ts';

export const WORKSPACE_ID = 'w';
/** Touches of `days` that a customer may have in a day. */
export const CAP = 2;
export const PURCHASE = { id: 'purchase', windowMs: 7 * DAY_MS } as const;
/** One that never runs out: what is told of is what claims come to. */
const LEASE: PurseEntry = {
  ledger: 'pool:spring',
  leaseId: 'l1',
  units: 1_000,
  useBeforeMs: Number.MAX_SAFE_INTEGER,
  price: 0,
};
/** Longer than the answers of any call take on their ways. */
const CALL_MS = 400;

/** `days` on the hero: sticky, capped, measures lift; `free` at the foot: the same without a cap; `paid` on the side: sticky, takes money. */
const objective = { goal: PURCHASE.id, conversionWeight: 1, revenueWeight: 0, priority: 0 };
const { slices } = slicesOf(
  configurationOf(
    [
      campaignOf('days', {
        objective,
        sticky: { mode: 'days', days: 2 },
        caps: [{ max: CAP, windowMs: DAY_MS }],
        holdout: 0.3,
      }),
      campaignOf('free', { objective, placements: ['foot'], sticky: { mode: 'days', days: 3 }, holdout: 0.3 }),
      campaignOf('paid', {
        objective,
        placements: ['side'],
        sticky: { mode: 'days', days: 1 },
        pool: 'spring',
        arms: [armOf('a', { costMinor: 3 }), armOf('b', { costMinor: 5 })],
      }),
    ],
    {
      placements: ['hero', 'side', 'foot'].map((id) => ({ id, name: id, channel: 'web' })),
      goals: [{ id: PURCHASE.id, name: 'Purchase', source: 'any', windowMs: PURCHASE.windowMs, defaultValueMinor: 0 }],
      pools: [
        {
          id: 'spring',
          name: 'Spring',
          totalMinor: 1_000_000,
          timeZone: 'UTC',
          pacing: { mode: 'none' },
          alertsAt: [],
        },
      ],
    },
  ),
);
const open = new Map(Object.entries(slices).map(([placement, slice]) => [placement, openSlice(slice)]));
const bodies = Object.entries(slices).map(([placement, slice]) => ({
  placement,
  hash: `rules:${placement}`,
  body: JSON.stringify(slice),
}));

export type Placement = 'hero' | 'side' | 'foot';
/** The one campaign of each placement. */
export const CAMPAIGNS = { hero: 'days', side: 'paid', foot: 'free' } as const;

export class Stage {
  readonly cluster: Cluster;
  /** What the shards counted: `campaign leaf arm hour` → sums. */
  readonly counted: Sums = {};
  /** `decision lease` → what the ledger heard of it first. */
  readonly settled = new Map<string, Settlement['kind']>();
  readonly #host: Host;
  readonly #seen = new Map<string, number>();

  constructor(seed: number, committed: (object: SimulatedObject, changes: readonly Change[]) => void) {
    this.cluster = new Cluster({ seed, committed });
    this.#host = new Host('isolate 1', seed, () => this.cluster.loop.nowMs);
    this.cluster.refuse = (kind, _name, method, args) => {
      if (kind === 'customer') return null;
      if (kind === 'shard') return { reply: this.#count(args[0] as Delivery) };
      if (kind === 'budget') return { reply: this.#settle(args[2] as readonly Settlement[]) };
      if (method === 'joinSample') return { reply: 0 };
      return { reply: null };
    };
  }

  get nowMs(): number {
    return this.cluster.loop.nowMs;
  }

  /** Runs what a worker does, to its end. */
  async act<T>(work: () => Promise<T>): Promise<T> {
    const { loop } = this.cluster;
    const wait = (ms: number): Promise<void> => new Promise((resolve) => loop.after(ms, resolve));
    let done: { readonly value: T } | { readonly error: unknown } | undefined;
    runAs({ host: this.#host, wait }, work).then(
      (value) => {
        done = { value };
      },
      (error: unknown) => {
        done = { error };
      },
    );
    await loop.until(loop.nowMs + CALL_MS);
    if (!done) throw new Error('a call that has no end');
    if ('error' in done) throw done.error;
    return done.value;
  }

  async wait(ms: number): Promise<void> {
    await this.cluster.loop.until(this.nowMs + ms);
  }

  facts(name: string, anonymous: boolean): CallFacts {
    return { workspaceId: WORKSPACE_ID, name, anonymous, siteId: 'shop', receivedAtMs: this.nowMs };
  }

  decideCall(facts: CallFacts, requestId: string, placement: Placement): DecideCall {
    const decisionId = `${facts.name}.${requestId}.${placement}`;
    const seed = [1, 2, 3, 4].map((i) => hashText(`${decisionId} ${i}`).toString(16).padStart(8, '0')).join('');
    return {
      ...facts,
      requestId,
      repeatable: true,
      requests: [{ placement, decisionId, seed }],
      rules: Object.fromEntries(bodies.map(({ placement: id, hash }) => [id, hash])),
      revision: 1,
      catalogSeq: 1,
      switches: { killSwitch: false, pausedCampaigns: [] },
      attributes: {},
      slices: bodies.map(({ hash, body }) => ({ hash, body })),
      allocations: { seq: 1, items: [] },
      purse: [LEASE],
    };
  }

  /** What a worker decides by itself for somebody of whom nothing is kept; null when that would claim something, or nothing is chosen. */
  firstVisit(name: string, requestId: string, placement: Placement): DecisionRecord | null {
    const call = this.decideCall(this.facts(name, true), requestId, placement);
    return (
      decideHere(
        call,
        open,
        evidenceFrom(() => undefined),
      )?.decisions[0]?.record ?? null
    );
  }

  /** As a shard does: what is above the last number of its source, once. */
  #count({ source, campaignId, events }: Delivery): { outcome: 'applied'; ackedSeq: number } {
    const key = `${source} ${campaignId}`;
    let seq = this.#seen.get(key) ?? 0;
    for (const event of events) {
      if (event.seq <= seq) continue;
      seq = event.seq;
      addTo(this.counted, `${campaignId} ${event.leaf} ${event.arm} ${event.hour}`, event.change);
    }
    this.#seen.set(key, seq);
    return { outcome: 'applied', ackedSeq: seq };
  }

  #settle(settlements: readonly Settlement[]): { settled: number; uncharged: number } {
    for (const { decisionId, leaseId, kind } of settlements) {
      const key = `${decisionId} ${leaseId}`;
      if (!this.settled.has(key)) this.settled.set(key, kind);
    }
    return { settled: settlements.length, uncharged: 0 };
  }
}

export const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS);

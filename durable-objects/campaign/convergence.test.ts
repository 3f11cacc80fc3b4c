import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { drawIndex, type Random, seededRandom } from '../../decisioning/random.ts';
import { readCells, readTotals } from './evidence.ts';
import type { CampaignAddress, DeliveryReply, ShardReport, StatisticsEvent, VectorCell } from './protocol.ts';
import { reportChanges } from './reporting.ts';
import { CampaignRoot } from './root.ts';
import { readSums } from './root-vectors.ts';
import type { CampaignShard } from './shard.ts';
import { inShard } from './testing/counted.ts';
import { delivery, newAddress, observe, observeVectors, source } from './testing/fixtures.ts';

const SHARDS = 2;
const CUSTOMERS = 12;
const STEPS = 400;

/** A customer's outbox as its object keeps it: rows until they are acknowledged, and deliveries that are still on their way. */
interface Outbox {
  readonly customer: string;
  readonly shard: number;
  rows: StatisticsEvent[];
  seq: number;
  readonly straying: StatisticsEvent[][];
}

class World {
  readonly address: CampaignAddress = newAddress();
  readonly happened: StatisticsEvent[] = [];
  readonly outboxes: readonly Outbox[];
  readonly strayingReports: ShardReport[] = [];
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed.toString(16).padStart(32, '0'));
    this.outboxes = Array.from({ length: CUSTOMERS }, (_, i) => ({
      customer: `customer-${i}`,
      shard: i % SHARDS,
      rows: [],
      seq: 0,
      straying: [],
    }));
  }

  below(n: number): number {
    return Math.floor(this.#random.next() * n);
  }

  chance(p: number): boolean {
    return this.#random.next() < p;
  }

  #stub(shard: number) {
    return source.CAMPAIGN_SHARD.getByName(`${this.address.campaignId}-${shard}`);
  }

  #rootStub() {
    return source.CAMPAIGN_ROOT.getByName(`${this.address.campaignId}-root`);
  }

  inShard<T>(shard: number, step: (shard: CampaignShard) => T | Promise<T>): Promise<T> {
    return inShard(this.#stub(shard), step);
  }

  inRoot<T>(step: (root: CampaignRoot, sql: SqlStorage) => T): Promise<T> {
    return runInDurableObject(this.#rootStub(), (_object, state) =>
      step(new CampaignRoot(state.storage), state.storage.sql),
    );
  }

  /** Something happens to a customer; it is in the outbox before anyone is told. */
  live(outbox: Outbox): void {
    outbox.seq += 1 + this.below(3);
    const converted = this.chance(0.3) ? 1 : 0;
    const happened: StatisticsEvent = {
      seq: outbox.seq,
      leaf: ['mobile', 'rest'][this.below(2)]!,
      arm: ['a', 'b', 'holdout'][this.below(3)]!,
      hour: 500_000 + this.below(5),
      change: { exposures: 1, trials: 1, conversions: converted, revenueMinor: converted * (this.below(5_000) - 500) },
      ...(this.chance(0.5) && { sums: this.#sums() }),
    };
    outbox.rows.push(happened);
    this.happened.push(happened);
  }

  /** One or two vectors under three names; under one of them the length differs. */
  #sums(): NonNullable<StatisticsEvent['sums']> {
    const vector = (length: number) => Array.from({ length }, () => this.below(2_000) - 1_000);
    return {
      [['goal:click', 'reward:1'][this.below(2)]!]: vector(3),
      ...(this.chance(0.3) && { delay: vector(2 + this.below(2)) }),
    };
  }

  /** A delivery is lost, arrives with or without its answer, or arrives much later. */
  async deliver(outbox: Outbox): Promise<void> {
    const rows = outbox.rows.slice(0, 1 + this.below(4));
    const fate = drawIndex([0.2, 0.2, 0.4, 0.2], this.#random.next());
    if (fate === 0) return;
    if (fate === 1) outbox.straying.push(rows);
    else {
      const reply = await this.#apply(outbox, rows);
      if (fate === 2) outbox.rows = outbox.rows.filter((row) => row.seq > reply.ackedSeq);
    }
  }

  async arriveLate(outbox: Outbox): Promise<void> {
    const rows = outbox.straying.splice(this.below(outbox.straying.length), 1)[0];
    if (rows) await this.#apply(outbox, rows);
  }

  #apply(outbox: Outbox, rows: readonly StatisticsEvent[]): Promise<DeliveryReply> {
    return this.inShard(outbox.shard, (shard) =>
      shard.apply(delivery(this.address, outbox.customer, rows, outbox.shard)),
    );
  }

  /** A report is lost, arrives with or without its answer, or arrives much later. */
  async report(shard: number): Promise<void> {
    const report = await this.inShard(shard, (s) => s.nextReport());
    if (!report) return;
    const fate = drawIndex([0.2, 0.2, 0.4, 0.2], this.#random.next());
    if (fate === 1) this.strayingReports.push(report);
    if (fate >= 2) await this.inRoot((root) => root.merge(report));
    if (fate === 2) await this.inShard(shard, (s) => s.acknowledge(report.seq));
  }

  async evict(): Promise<void> {
    const stubs = [this.#stub(0), this.#stub(1), this.#rootStub()];
    const stub = stubs[this.below(stubs.length)]!;
    // Only what runs can be evicted.
    await runInDurableObject(stub, () => undefined);
    await evictDurableObject(stub);
  }

  /** Every retry gets through in the end; what strays arrives last of all. */
  async settle(): Promise<void> {
    for (const outbox of this.outboxes) {
      const reply = await this.#apply(outbox, outbox.rows);
      outbox.rows = outbox.rows.filter((row) => row.seq > reply.ackedSeq);
      expect(outbox.rows).toEqual([]);
    }
    for (let shard = 0; shard < SHARDS; shard += 1) {
      await this.inShard(shard, (s) => reportChanges(s, (report) => this.inRoot((root) => root.merge(report))));
    }
    for (const report of this.strayingReports) await this.inRoot((root) => root.merge(report));
  }
}

describe('statistics equal those of a perfect observer', () => {
  test.each([1, 2, 3, 4])(
    'when deliveries and reports are lost, repeated, late and out of order (seed %i)',
    async (seed) => {
      const world = new World(seed);
      for (let step = 0; step < STEPS; step += 1) {
        const outbox = world.outboxes[world.below(CUSTOMERS)]!;
        if (world.chance(0.4)) world.live(outbox);
        if (outbox.rows.length > 0) await world.deliver(outbox);
        if (world.chance(0.2)) await world.arriveLate(outbox);
        if (world.chance(0.1)) await world.report(world.below(SHARDS));
        if (world.chance(0.1) && world.strayingReports.length > 0) {
          const late = world.strayingReports[world.below(world.strayingReports.length)]!;
          await world.inRoot((root) => root.merge(late));
        }
        if (world.chance(0.02)) await world.evict();
      }
      await world.settle();
      expect(await world.inRoot((_root, sql) => readCells(sql, 0))).toEqual(observe(world.happened));
      const folded = observe(world.happened.map((happened) => ({ ...happened, hour: 0 })));
      const totals = await world.inRoot((_root, sql) => readTotals(sql));
      for (const { leaf, arm, statistics } of folded) expect(totals.get(leaf)?.get(arm)).toEqual(statistics);
      const vectors = observeVectors(world.happened.map((happened) => ({ ...happened, hour: 0 })));
      const sums = await world.inRoot((_root, sql) => readSums(sql));
      expect(vectors.length).toBeGreaterThan(12);
      const twin = (a: VectorCell, b: VectorCell) => a.name === b.name && b.sums.length < a.sums.length;
      for (const vector of vectors) {
        const name = vectors.some((other) => twin(vector, other)) ? 'delay#3' : vector.name;
        expect(sums.get(vector.leaf)?.get(vector.arm)?.[name]).toEqual(vector.sums);
      }
    },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SETTLE_WITHIN_MS } from '../../decisioning/limits/lease.ts';
import { Ledger } from './ledger.ts';
import type { LeaseReport, Settlement } from './protocol.ts';
import { WAKE_GRACE_MS } from './sweeping.ts';
import { audit, DAY_MS, MINUTE_MS, newLedger, specOf, T0, unitsOf } from './testing/fixtures.ts';

const CLAIM_LIFE_MS = 2 * MINUTE_MS;
const WORKERS = 8;
/** How much a worker's clock, and a customer's, may be behind the ledger's. */
const SKEW_MS = MINUTE_MS;

/** One step of a history; numbers choose among what there is. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('lease'), pick: fc.nat(), units: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lease again'), pick: fc.nat(), units: fc.constant(1) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('claim'), pick: fc.nat(), units: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('report'), pick: fc.nat(), units: fc.nat({ max: 1 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('settle'), pick: fc.nat(), units: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle again'), pick: fc.nat(), units: fc.constant(1) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait'), pick: fc.nat(), units: fc.integer({ min: 1, max: 400 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('evict'), pick: fc.nat(), units: fc.constant(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('total'), pick: fc.nat(), units: fc.integer({ min: 1, max: 300 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface HeldLease {
  readonly leaseId: string;
  readonly holder: string;
  readonly useBeforeMs: number;
  left: number;
  /** Claims that the worker heard of; the others are in doubt. */
  readonly told: { decisionId: string; units: number }[];
  returned: number;
  over: boolean;
}

interface MadeClaim extends Settlement {
  /** Until when its settlement arrives at the latest. */
  readonly settledByMs: number;
  readonly lapsesAtMs: number;
  kind: 'post' | 'void';
  sent: boolean;
}

/** Workers and customers that behave as agreed, over a network that repeats; whoever looks sees everything. */
class World {
  nowMs = T0;
  total = 200;
  revision = 1;
  uncharged = 0;
  readonly leases: HeldLease[] = [];
  readonly claims: MadeClaim[] = [];
  readonly #storage: DurableObjectStorage;
  #ledger: Ledger;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    for (const table of ['ledger', 'accounts', 'leases', 'claims', 'alerts']) storage.sql.exec(`DELETE FROM ${table}`);
    this.#ledger = new Ledger(storage, T0 - DAY_MS);
  }

  run({ kind, pick, units }: Step): void {
    const lease = this.leases[pick % Math.max(1, this.leases.length)];
    const claim = this.claims[pick % Math.max(1, this.claims.length)];
    if (kind === 'lease') this.#lease(`worker-${pick % WORKERS}`, units);
    else if (kind === 'total') this.#publish(units);
    else if (kind === 'evict') this.#ledger = new Ledger(this.#storage, this.nowMs);
    else if (kind === 'wait') this.#wait(units * 1_000);
    else if (lease && kind === 'lease again') this.#call(lease.leaseId, lease.holder, 5, []);
    else if (lease && kind === 'claim') this.#claim(lease, units, pick % 3 > 0);
    else if (lease && kind === 'report') this.#report(lease, units === 1);
    else if (claim && kind === 'settle') this.#settle(claim, units === 1);
    else if (claim?.sent && kind === 'settle again') this.#send(claim);
    audit(this.#storage.sql);
  }

  /** Everything that is under way comes to its end, and all that is due is done. */
  finish(): void {
    for (const claim of this.claims) this.#settle(claim, false);
    // Each time the object wakes up with the alarm, and waits for what may be on its way.
    for (let alarms = 0; alarms < 4; alarms += 1) {
      this.nowMs += DAY_MS / 2 + WAKE_GRACE_MS;
      this.#ledger.tick(this.nowMs);
      audit(this.#storage.sql);
    }
  }

  standing() {
    const spec = specOf({ total: this.total });
    return this.#ledger.standing({ workspaceId: 'w', spec, revision: this.revision }, this.nowMs);
  }

  #lease(holder: string, wanted: number): void {
    const leaseId = `l${this.leases.length}`;
    const reply = this.#call(leaseId, holder, wanted, []);
    if (reply.outcome !== 'leased') return;
    const { useBeforeMs } = reply.lease;
    this.leases.push({ leaseId, holder, useBeforeMs, left: unitsOf(reply), told: [], returned: 0, over: false });
  }

  #call(leaseId: string, holder: string, wanted: number, reports: readonly LeaseReport[]) {
    const spec = specOf({ total: this.total });
    const call = { workspaceId: 'w', spec, revision: this.revision, holder, leaseId, wanted, atLeast: 1, reports };
    return this.#ledger.lease(call, this.nowMs);
  }

  #publish(total: number): void {
    this.total = total;
    this.revision += 1;
    this.#call('none', 'worker-0', 0, []);
  }

  /** A decision claims; `heard` is false when its reply is lost. */
  #claim(lease: HeldLease, units: number, heard: boolean): void {
    const theirMs = this.nowMs - SKEW_MS;
    if (lease.over || lease.left < units || theirMs >= lease.useBeforeMs) return;
    lease.left -= units;
    const decisionId = `d${this.claims.length}`;
    if (heard) lease.told.push({ decisionId, units });
    // Customers' clocks are behind as well, and their settlements take their time.
    const lapsesAtMs = this.nowMs + CLAIM_LIFE_MS;
    const settledByMs = lapsesAtMs + SETTLE_WITHIN_MS - 2 * SKEW_MS;
    const { leaseId } = lease;
    this.claims.push({ decisionId, leaseId, units, kind: 'void', lapsesAtMs, settledByMs, sent: false });
  }

  #report(lease: HeldLease, done: boolean): void {
    if (done && !lease.over) {
      lease.over = true;
      lease.returned = lease.left;
      lease.left = 0;
    }
    const { leaseId, holder, returned, told, over } = lease;
    this.#call('none', holder, 0, [{ leaseId, returned, claims: told, done: over }]);
  }

  #settle(claim: MadeClaim, seen: boolean): void {
    if (claim.sent) return;
    if (seen && this.nowMs < claim.lapsesAtMs) claim.kind = 'post';
    else if (this.nowMs < claim.lapsesAtMs && !seen) this.nowMs = claim.lapsesAtMs;
    claim.sent = true;
    this.uncharged += this.#send(claim).uncharged;
  }

  #send({ decisionId, leaseId, units, kind }: MadeClaim) {
    return this.#ledger.settle('w', 'pool:spring', [{ decisionId, leaseId, units, kind }], this.nowMs);
  }

  /** Time passes, but never over what customers settle in time. */
  #wait(ms: number): void {
    this.nowMs += ms;
    for (const claim of this.claims) {
      if (!claim.sent && this.nowMs >= claim.settledByMs) this.#settle(claim, false);
    }
    this.#ledger.tick(this.nowMs);
  }
}

const spent = (claims: readonly MadeClaim[]): number =>
  claims.reduce((sum, { kind, units, sent }) => sum + (sent && kind === 'post' ? units : 0), 0);

describe('any history of workers, customers, repeats, evictions and changed totals', () => {
  test('charges each post once, never overdraws, and ends with nothing in doubt', { timeout: 120_000 }, async () => {
    const ledger = newLedger();
    await ledger.storage((storage) =>
      fc.assert(
        fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
          const world = new World(storage);
          for (const each of steps) {
            world.run(each);
            const { posted, pending, leased, remaining, total } = world.standing();
            expect(posted).toBe(spent(world.claims));
            expect(posted + pending + leased + remaining).toBe(total);
            expect(total).toBeGreaterThanOrEqual(Math.min(world.total, posted + pending + leased));
          }
          world.finish();
          expect(world.uncharged).toBe(0);
          const { posted, pending, leased, total } = world.standing();
          expect({ posted, pending, leased }).toEqual({ posted: spent(world.claims), pending: 0, leased: 0 });
          expect(total).toBe(Math.max(world.total, posted));
        }),
        { numRuns: 300 },
      ),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { LEASE_LIFE_MS } from '../../decisioning/limits/lease.ts';
import { EXHAUSTED_RETRY_MS, REFUSED_RETRY_MS } from './leasing.ts';
import { REMEMBERED_MS, UNSETTLED_MS } from './sweeping.ts';
import { CLOSES_MS, lapse, MINUTE_MS, newLedger, post, report, T0, unitsOf, type Wanted } from './testing/fixtures.ts';

describe('a lease', () => {
  test('that is asked for again is the same one, also when it is over and when the price has changed', async () => {
    const ledger = newLedger();
    const asked = ledger.call();
    const first = await ledger.lease(asked);
    ledger.clock.nowMs += 5 * MINUTE_MS;
    const { lease } = first as Extract<typeof first, { outcome: 'leased' }>;
    expect(lease).toMatchObject({ useBeforeMs: T0 + LEASE_LIFE_MS, lastsMs: LEASE_LIFE_MS });
    // What is told again ends when it did: by now it is over.
    const again = { outcome: 'leased', lease: { ...lease, lastsMs: LEASE_LIFE_MS - 5 * MINUTE_MS } };
    expect(await ledger.lease({ ...asked, wanted: 500, holder: 'another' })).toEqual(again);
    await ledger.evict();
    expect(await ledger.lease(asked)).toEqual(again);
    expect(await ledger.standing()).toMatchObject({ leased: 40, remaining: 960 });
  });

  test('is smaller the more workers hold one; one that is done, used up or over counts no more', async () => {
    const ledger = newLedger({ total: 800 });
    const ask = (holder: string, more = {}) => ledger.call({ holder, wanted: 1_000, ...more });
    const first = ask('a');
    expect(unitsOf(await ledger.lease(first))).toBe(400);
    expect(unitsOf(await ledger.lease(ask('b')))).toBe(100);
    expect((await ledger.standing()).holders).toBe(2);
    const reports = [report(first.leaseId, { returned: 400 })];
    expect(unitsOf(await ledger.lease(ask('b', { reports })))).toBe(350);
    expect((await ledger.standing()).holders).toBe(1);
    await ledger.evict();
    expect((await ledger.standing()).holders).toBe(1);
    ledger.clock.nowMs += LEASE_LIFE_MS;
    expect((await ledger.standing()).holders).toBe(0);
  });

  test('has room for the dearest claim where there is that much, and is made for the cheapest where there is not', async () => {
    const ledger = newLedger({ total: 1_000 });
    const ask = (more: Wanted) => ledger.lease(ledger.call({ wanted: 1, ...more }));
    expect(unitsOf(await ask({ preferred: 600 }))).toBe(600);
    expect(unitsOf(await ask({ preferred: 600 }))).toBe(8);
    expect(await ask({ atLeast: 600 })).toMatchObject({ reason: 'exhausted' });
  });

  test('has no room for a claim that would leave too little to others, who hold a lease or were turned away', async () => {
    const ledger = newLedger({ total: 1_000 });
    const asked = ledger.call({ wanted: 1, preferred: 1_000 });
    expect(unitsOf(await ledger.lease(asked))).toBe(1_000);
    expect(unitsOf(await ledger.lease(ledger.call({ holder: 'two' })))).toBe(0);
    const reports = [report(asked.leaseId, { returned: 1_000 })];
    expect(unitsOf(await ledger.lease(ledger.call({ wanted: 1, preferred: 1_000, reports })))).toBe(8);
    expect(unitsOf(await ledger.lease(ledger.call({ holder: 'two', wanted: 1 })))).toBe(8);
    ledger.clock.nowMs += LEASE_LIFE_MS;
    expect(unitsOf(await ledger.lease(ledger.call({ wanted: 1, preferred: 900 })))).toBe(900);
  });

  test('of a paced ledger is there from the first minute, however dear the dearest claim is', async () => {
    const midnightMs = Date.parse('2026-11-22T00:00:00Z');
    const ledger = newLedger({ total: 100_000, period: 'day', pacing: { mode: 'even' } }, midnightMs);
    expect(await ledger.lease(ledger.call({ atLeast: 5_000 }))).toMatchObject({ reason: 'ahead_of_plan' });
    expect(unitsOf(await ledger.lease(ledger.call({ atLeast: 10, preferred: 5_000 })))).toBeGreaterThanOrEqual(10);
  });

  test('is refused when nothing is left, and when to ask again depends on whether units are out', async () => {
    const ledger = newLedger({ total: 10 });
    const asked = ledger.call({ atLeast: 10 });
    expect(unitsOf(await ledger.lease(asked))).toBe(10);
    const refused = { outcome: 'refused', reason: 'exhausted', price: 0 };
    expect(await ledger.lease(ledger.call())).toEqual({ ...refused, retryAfterMs: EXHAUSTED_RETRY_MS });
    await ledger.settle(post(asked.leaseId, 'd', 10));
    expect(await ledger.lease(ledger.call())).toEqual({ ...refused, retryAfterMs: REFUSED_RETRY_MS });
  });

  test('is refused before the ledger begins and from its end on, and never reaches over it', async () => {
    const ledger = newLedger({ startsAtMs: T0 + 5_000, endsAtMs: T0 + 20_000 });
    expect(await ledger.lease(ledger.call())).toMatchObject({ reason: 'not_yet', retryAfterMs: 5_000 });
    ledger.clock.nowMs += 5_000;
    expect(await ledger.lease(ledger.call())).toMatchObject({ lease: { useBeforeMs: T0 + 20_000 } });
    ledger.clock.nowMs += 15_000;
    expect(await ledger.lease(ledger.call())).toMatchObject({ reason: 'over' });
  });

  test('is refused when it would run ahead of the plan, and granted once the plan has caught up', async () => {
    const hour = { startsAtMs: T0, endsAtMs: T0 + 60 * MINUTE_MS, pacing: { mode: 'even' } } as const;
    const ledger = newLedger({ total: 3_600, ...hour });
    let leased = 0;
    for (;;) {
      const asked = ledger.call({ wanted: 1_000 });
      const units = unitsOf(await ledger.lease(asked));
      if (units === 0) break;
      expect(units).toBeLessThanOrEqual(10);
      leased += units;
      await ledger.settle(post(asked.leaseId, `d-${asked.leaseId}`, units));
    }
    // Ten seconds of plan, and the slack of half a percent or two claims.
    expect(leased).toBe(28);
    const refused = await ledger.lease(ledger.call());
    expect(refused).toMatchObject({ outcome: 'refused', reason: 'ahead_of_plan' });
    if (refused.outcome !== 'refused') throw new Error('leased');
    ledger.clock.nowMs += refused.retryAfterMs;
    expect(unitsOf(await ledger.lease(ledger.call()))).toBeGreaterThan(0);
    expect((await ledger.standing()).planned).toBeCloseTo(refused.retryAfterMs / 1_000, 6);
  });
});

describe('reports', () => {
  test('are cumulative: telling one again, or an older one, changes nothing', async () => {
    const ledger = newLedger();
    const asked = ledger.call();
    await ledger.lease(asked);
    const tell = (...reports: ReturnType<typeof report>[]) => ledger.lease(ledger.call({ wanted: 0, reports }));
    const claims = [{ decisionId: 'd1', units: 3 }];
    const early = report(asked.leaseId, { claims, done: false });
    const late = report(asked.leaseId, { claims: [...claims, { decisionId: 'd2', units: 2 }], returned: 30 });
    await tell(early);
    await tell(late, late);
    await ledger.evict();
    await tell(early);
    await tell(late);
    expect(await ledger.standing()).toMatchObject({ pending: 5, leased: 5, remaining: 990, posted: 0 });
  });

  test('of more than the lease has give back what it has', async () => {
    const ledger = newLedger();
    const asked = ledger.call();
    await ledger.lease(asked);
    await ledger.lease(ledger.call({ wanted: 0, reports: [report(asked.leaseId, { returned: 900 })] }));
    expect(await ledger.standing()).toMatchObject({ leased: 0, remaining: 1_000 });
  });

  test('that give back what they claim, too, give back the rest alone', async () => {
    const ledger = newLedger();
    const asked = ledger.call();
    await ledger.lease(asked);
    const reports = [report(asked.leaseId, { returned: 40, claims: [{ decisionId: 'd', units: 5 }] })];
    await ledger.lease(ledger.call({ wanted: 0, reports }));
    expect(await ledger.standing()).toMatchObject({ pending: 5, leased: 0, remaining: 995 });
  });

  test('of a lease that nobody knows are passed over', async () => {
    const ledger = newLedger();
    const reports = [report('never', { returned: 5, claims: [{ decisionId: 'd', units: 5 }] })];
    expect(await ledger.lease(ledger.call({ wanted: 0, reports }))).toEqual({ outcome: 'reported' });
    expect(await ledger.standing()).toMatchObject({ pending: 0, leased: 0, remaining: 1_000 });
  });
});

describe('a settlement', () => {
  test('before the report and after it, posted or lapsed, is booked once', async () => {
    const ledger = newLedger();
    const { leaseId } = ledger.call({ leaseId: 'l' });
    await ledger.lease(ledger.call({ leaseId }));
    const claims = ['a', 'b', 'c', 'd'].map((decisionId) => ({ decisionId, units: 5 }));
    const tell = () => ledger.lease(ledger.call({ wanted: 0, reports: [report(leaseId, { claims })] }));
    expect(await ledger.settle(post(leaseId, 'a', 5), lapse(leaseId, 'b', 5))).toEqual({ settled: 2, uncharged: 0 });
    expect(await ledger.standing()).toMatchObject({ posted: 5, leased: 30, remaining: 965 });
    await tell();
    expect(await ledger.standing()).toMatchObject({ posted: 5, pending: 10, leased: 20, remaining: 965 });
    const rest = [post(leaseId, 'c', 5), lapse(leaseId, 'd', 5), post(leaseId, 'c', 5)];
    expect(await ledger.settle(...rest)).toEqual({ settled: 2, uncharged: 0 });
    await ledger.evict();
    expect(await ledger.settle(...rest)).toEqual({ settled: 0, uncharged: 0 });
    await tell();
    expect(await ledger.standing()).toMatchObject({ posted: 10, pending: 0, leased: 20, remaining: 970 });
  });

  test('of another size than was told first is booked as it was told first', async () => {
    const ledger = newLedger();
    const asked = ledger.call();
    await ledger.lease(asked);
    const claims = [{ decisionId: 'd', units: 3 }];
    await ledger.lease(ledger.call({ wanted: 0, reports: [report(asked.leaseId, { claims })] }));
    await ledger.settle(post(asked.leaseId, 'd', 7));
    expect(await ledger.standing()).toMatchObject({ posted: 3, pending: 0, leased: 37 });
  });

  test('of a ledger that nobody has leased from is counted as uncharged, and told', async () => {
    const ledger = newLedger();
    expect(await ledger.settle(post('gone', 'd', 4))).toEqual({ settled: 1, uncharged: 1 });
    expect(await ledger.settle(post('gone', 'd', 4))).toEqual({ settled: 0, uncharged: 0 });
    expect(await ledger.alerts()).toMatchObject([{ kind: 'ledger_uncharged', detail: { uncharged: 4 } }]);
    expect(await ledger.nextDueMs()).toBe(T0 + REMEMBERED_MS);
    expect(unitsOf(await ledger.lease(ledger.call()))).toBe(40);
    expect(await ledger.standing()).toMatchObject({ total: 1_000, uncharged: 4 });
  });
});

describe('time', () => {
  test('never goes back: a host whose clock is behind leases as of the latest moment', async () => {
    const ledger = newLedger();
    await ledger.lease(ledger.call());
    ledger.clock.nowMs = T0 - MINUTE_MS;
    expect(await ledger.lease(ledger.call())).toMatchObject({ lease: { useBeforeMs: T0 + LEASE_LIFE_MS } });
    await ledger.evict(T0 - MINUTE_MS);
    expect(await ledger.lease(ledger.call())).toMatchObject({ lease: { useBeforeMs: T0 + LEASE_LIFE_MS } });
    expect((await ledger.standing()).asOfMs).toBe(T0);
  });

  test('forgets a settled lease after three days, counted from a settlement that came late', async () => {
    const ledger = newLedger();
    const asked = ledger.call();
    await ledger.lease(asked);
    ledger.clock.nowMs = CLOSES_MS;
    await ledger.tick();
    ledger.clock.nowMs = CLOSES_MS + REMEMBERED_MS - 1;
    await ledger.settle(post(asked.leaseId, 'd', 5));
    const until = ledger.clock.nowMs + REMEMBERED_MS;
    const rows = () => ledger.run((_, sql) => sql.exec('SELECT * FROM leases JOIN claims USING (lease_id)').toArray());
    ledger.clock.nowMs = until - 1;
    await ledger.tick();
    expect(await ledger.settle(post(asked.leaseId, 'd', 5))).toEqual({ settled: 0, uncharged: 0 });
    expect(await rows()).toHaveLength(1);
    ledger.clock.nowMs = until;
    await ledger.tick();
    expect(await rows()).toEqual([]);
    expect(await ledger.standing()).toMatchObject({ posted: 5, remaining: 995 });
    expect(await ledger.nextDueMs()).toBeNull();
  });

  test('forgets a lease of many claims bit by bit, and then all of it', async () => {
    const ledger = newLedger({ total: 10_000 });
    const asked = ledger.call({ atLeast: 2_500 });
    await ledger.lease(asked);
    await ledger.run((own) => {
      for (let i = 0; i < 2_500; i += 1) {
        own.settle(asked.workspaceId, asked.spec.key, [post(asked.leaseId, `d-${i}`, 1)], T0);
      }
      own.tick(CLOSES_MS);
    });
    const claims = () => ledger.run((_, sql) => sql.exec('SELECT count(*) AS n FROM claims').one().n);
    ledger.clock.nowMs = CLOSES_MS + REMEMBERED_MS;
    for (const left of [1_500, 500, 0]) {
      await ledger.tick();
      expect(await claims()).toBe(left);
      expect(await ledger.nextDueMs()).toBe(left === 0 ? null : ledger.clock.nowMs);
    }
  });

  test('gives up a claim that nobody settles after a week, tells so, and still takes its post', async () => {
    const ledger = newLedger({ total: 40 });
    const asked = ledger.call({ atLeast: 40 });
    await ledger.lease(asked);
    const claims = [{ decisionId: 'd', units: 40 }];
    await ledger.lease(ledger.call({ wanted: 0, reports: [report(asked.leaseId, { claims })] }));
    for (const afterMs of [0, REMEMBERED_MS, UNSETTLED_MS - 1]) {
      ledger.clock.nowMs = CLOSES_MS + afterMs;
      await ledger.tick();
      expect(await ledger.standing()).toMatchObject({ pending: 40, remaining: 0 });
    }
    ledger.clock.nowMs = CLOSES_MS + UNSETTLED_MS;
    await ledger.tick();
    expect(await ledger.standing()).toMatchObject({ pending: 0, remaining: 40 });
    expect(await ledger.alerts()).toMatchObject([{ kind: 'ledger_uncharged', detail: { unsettled: 40 } }]);
    expect(await ledger.settle(post(asked.leaseId, 'd', 40))).toEqual({ settled: 1, uncharged: 0 });
    expect(await ledger.standing()).toMatchObject({ posted: 40, remaining: 0 });
  });
});

import { describe, expect, test } from 'vitest';
import { CLAIM_LIFE_MS, LEASE_LIFE_MS, SETTLE_WITHIN_MS } from '../../decisioning/limits/lease.ts';
import { WAKE_GRACE_MS } from './sweeping.ts';
import { CLOSES_MS, DAY_MS, lapse, MINUTE_MS, newLedger, post, report, T0, unitsOf } from './testing/fixtures.ts';

describe('what is in doubt', () => {
  test('counts as spent until the lease is closed, and is free then', async () => {
    const ledger = newLedger();
    const asked = ledger.call();
    await ledger.lease(asked);
    await ledger.lease(ledger.call({ wanted: 0, reports: [report(asked.leaseId, { returned: 10 })] }));
    expect(await ledger.nextDueMs()).toBe(CLOSES_MS);
    ledger.clock.nowMs = CLOSES_MS - 1;
    await ledger.tick();
    expect(await ledger.standing()).toMatchObject({ leased: 30, remaining: 970 });
    ledger.clock.nowMs = CLOSES_MS;
    await ledger.tick();
    expect(await ledger.standing()).toMatchObject({ leased: 0, remaining: 1_000 });
  });

  test('is kept while claims can live: as long as the configuration says, two days when it does not', async () => {
    const ledger = newLedger({ claimLifeMs: DAY_MS });
    await ledger.lease(ledger.call());
    expect(await ledger.nextDueMs()).toBe(T0 + LEASE_LIFE_MS + DAY_MS + SETTLE_WITHIN_MS);
    const { claimLifeMs: _, ...old } = newLedger().address().spec;
    const older = newLedger();
    await older.lease({ ...older.call(), spec: old });
    expect(await older.nextDueMs()).toBe(T0 + LEASE_LIFE_MS + CLAIM_LIFE_MS + SETTLE_WITHIN_MS);
  });

  test('is kept longer when claims come to live longer, and no shorter when they do not', async () => {
    const ledger = newLedger();
    await ledger.lease(ledger.call());
    ledger.configure({ claimLifeMs: 3 * MINUTE_MS });
    await ledger.lease(ledger.call({ wanted: 0 }));
    expect(await ledger.nextDueMs()).toBe(CLOSES_MS + MINUTE_MS);
    ledger.configure({ claimLifeMs: MINUTE_MS });
    await ledger.lease(ledger.call({ wanted: 0 }));
    expect(await ledger.nextDueMs()).toBe(CLOSES_MS + MINUTE_MS);
  });

  test('is not given back within three minutes of coming back, however often the object is gone meanwhile', async () => {
    const ledger = newLedger();
    await ledger.lease(ledger.call());
    ledger.clock.nowMs = CLOSES_MS - 1_000;
    await ledger.evict(ledger.clock.nowMs);
    ledger.clock.nowMs = CLOSES_MS;
    await ledger.tick();
    const backMs = CLOSES_MS - 1_000 + WAKE_GRACE_MS;
    expect(await ledger.nextDueMs()).toBe(backMs);
    // Idle objects are evicted, and come back with the alarm: that is no outage.
    ledger.clock.nowMs = backMs;
    await ledger.evict(backMs);
    await ledger.tick();
    expect(await ledger.standing()).toMatchObject({ leased: 0, remaining: 1_000 });
  });

  test('is waited for again when the object was away at the time that it had waited for', async () => {
    const ledger = newLedger();
    const asked = ledger.call();
    await ledger.lease(asked);
    ledger.clock.nowMs = CLOSES_MS;
    await ledger.evict(CLOSES_MS);
    await ledger.tick();
    const laterMs = CLOSES_MS + 60 * MINUTE_MS;
    ledger.clock.nowMs = laterMs;
    await ledger.evict(laterMs);
    await ledger.tick();
    expect(await ledger.standing()).toMatchObject({ leased: 40 });
    await ledger.settle(post(asked.leaseId, 'd', 4));
    ledger.clock.nowMs = laterMs + WAKE_GRACE_MS;
    await ledger.tick();
    expect(await ledger.standing()).toMatchObject({ posted: 4, leased: 0, remaining: 996 });
  });

  test('is waited for by a host whose clock is behind, too', async () => {
    const ledger = newLedger();
    await ledger.lease(ledger.call());
    ledger.clock.nowMs = CLOSES_MS - 1;
    await ledger.lease(ledger.call());
    await ledger.evict(CLOSES_MS - DAY_MS);
    ledger.clock.nowMs = CLOSES_MS;
    await ledger.tick();
    expect(await ledger.standing()).toMatchObject({ leased: 80 });
    expect(await ledger.nextDueMs()).toBe(CLOSES_MS - 1 + WAKE_GRACE_MS);
  });

  test('is closed by the next call when the alarm is late', async () => {
    const ledger = newLedger({ total: 40 });
    await ledger.lease(ledger.call({ atLeast: 40 }));
    ledger.clock.nowMs = CLOSES_MS;
    expect(unitsOf(await ledger.lease(ledger.call({ atLeast: 40 })))).toBe(40);
  });
});

describe('a post of a lease that was closed', () => {
  async function closed(total = 40) {
    const ledger = newLedger({ total });
    const asked = ledger.call({ atLeast: 40 });
    await ledger.lease(asked);
    ledger.clock.nowMs = CLOSES_MS;
    await ledger.tick();
    return { ledger, leaseId: asked.leaseId };
  }

  test('is paid from what is free, once', async () => {
    const { ledger, leaseId } = await closed();
    expect(await ledger.settle(post(leaseId, 'd', 40))).toEqual({ settled: 1, uncharged: 0 });
    expect(await ledger.settle(post(leaseId, 'd', 40))).toEqual({ settled: 0, uncharged: 0 });
    expect(await ledger.standing()).toMatchObject({ posted: 40, remaining: 0, uncharged: 0 });
  });

  test('is uncharged and told when one unit is missing: nothing is overdrawn', async () => {
    const { ledger, leaseId } = await closed();
    await ledger.lease(ledger.call({ leaseId: 'next', wanted: 1, atLeast: 1 }));
    expect(await ledger.settle(post(leaseId, 'd', 40))).toEqual({ settled: 1, uncharged: 1 });
    expect(await ledger.settle(post(leaseId, 'd', 40))).toEqual({ settled: 0, uncharged: 0 });
    expect(await ledger.standing()).toMatchObject({ posted: 0, uncharged: 40, total: 40 });
    expect(await ledger.alerts()).toMatchObject([{ kind: 'ledger_uncharged', detail: { uncharged: 40, total: 40 } }]);
  });

  test('that lapsed changes nothing', async () => {
    const { ledger, leaseId } = await closed();
    expect(await ledger.settle(lapse(leaseId, 'd', 40))).toEqual({ settled: 1, uncharged: 0 });
    expect(await ledger.standing()).toMatchObject({ posted: 0, remaining: 40, uncharged: 0 });
  });

  test('is kept for the customer when the worker tells of the claim only then', async () => {
    const { ledger, leaseId } = await closed(60);
    const claims = [{ decisionId: 'd', units: 40 }];
    await ledger.lease(ledger.call({ wanted: 0, reports: [report(leaseId, { claims, returned: 0 })] }));
    expect(await ledger.standing()).toMatchObject({ pending: 40, remaining: 20 });
    await ledger.settle(post(leaseId, 'd', 40));
    expect(await ledger.standing()).toMatchObject({ posted: 40, pending: 0, remaining: 20 });
  });
});

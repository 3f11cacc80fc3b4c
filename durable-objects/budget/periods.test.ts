import { describe, expect, test } from 'vitest';
import { LEASE_LIFE_MS } from '../../decisioning/limits/lease.ts';
import { MAX_PERIODS_KEPT } from './ledger.ts';
import { UNSETTLED_MS } from './sweeping.ts';
import { DAY_MS, lapse, newLedger, post, report, T0, unitsOf } from './testing/fixtures.ts';

const HOUR_MS = 3_600_000;

describe('a total that is changed', () => {
  test('upwards is there at once, also to be looked at', async () => {
    const ledger = newLedger({ total: 40 });
    await ledger.lease(ledger.call({ atLeast: 40 }));
    ledger.configure({ total: 100 });
    expect(await ledger.standing()).toMatchObject({ total: 100, leased: 40, remaining: 60 });
    expect(unitsOf(await ledger.lease(ledger.call({ atLeast: 60 })))).toBe(60);
    expect(await ledger.standing()).toMatchObject({ total: 100, leased: 100, remaining: 0 });
  });

  test('downwards stays at what is committed, and comes down with every unit that comes back', async () => {
    const ledger = newLedger({ total: 100 });
    const asked = ledger.call({ atLeast: 80 });
    await ledger.lease(asked);
    await ledger.settle(post(asked.leaseId, 'a', 10));
    ledger.configure({ total: 30 });
    expect(unitsOf(await ledger.lease(ledger.call()))).toBe(0);
    expect(await ledger.standing()).toMatchObject({ total: 80, posted: 10, leased: 70, remaining: 0 });
    await ledger.settle(lapse(asked.leaseId, 'b', 30));
    expect(await ledger.standing()).toMatchObject({ total: 50, leased: 40, remaining: 0 });
    const reports = [report(asked.leaseId, { returned: 35 })];
    expect(unitsOf(await ledger.lease(ledger.call({ reports, atLeast: 15 })))).toBe(15);
    expect(await ledger.standing()).toMatchObject({ total: 30, posted: 10, leased: 20, remaining: 0 });
  });

  test('goes by the highest revision: an isolate that is behind changes nothing', async () => {
    const ledger = newLedger({ total: 100 });
    const old = ledger.call();
    ledger.configure({ total: 50 });
    await ledger.lease(ledger.call({ wanted: 0 }));
    await ledger.lease({ ...old, wanted: 0 });
    await ledger.lease({ ...old, wanted: 0, revision: 2 });
    expect(await ledger.standing()).toMatchObject({ total: 50 });
    await ledger.evict();
    await ledger.lease({ ...old, wanted: 0 });
    expect(await ledger.standing()).toMatchObject({ total: 50 });
  });

  test('is told of when spending rises to a share of it, each once', async () => {
    const ledger = newLedger({ total: 40, alertsAt: [0.5, 1] });
    const asked = ledger.call({ atLeast: 40 });
    await ledger.lease(asked);
    await ledger.settle(post(asked.leaseId, 'a', 19));
    expect(await ledger.alerts()).toEqual([]);
    await ledger.settle(post(asked.leaseId, 'b', 1));
    await ledger.settle(post(asked.leaseId, 'c', 1));
    const ids = async () => (await ledger.alerts()).map(({ id }) => id);
    expect(await ids()).toEqual(['budget pool:spring once 0.5 of 40']);
    const take = async () => {
      for (const alert of await ledger.alerts()) await ledger.run((own) => own.alertTaken(alert));
    };
    await take();
    await ledger.evict();
    await ledger.settle(post(asked.leaseId, 'd', 18));
    expect(await ids()).toEqual([]);
    await ledger.settle(post(asked.leaseId, 'e', 1));
    expect(await ids()).toEqual(['budget pool:spring once 1 of 40']);
    await take();
    // Half of 80 was spent before it was 80.
    ledger.configure({ total: 80 });
    await ledger.lease(ledger.call({ wanted: 0 }));
    expect(await ids()).toEqual([]);
    ledger.configure({ total: 100 });
    const more = ledger.call({ atLeast: 60 });
    await ledger.lease(more);
    await ledger.settle(post(more.leaseId, 'f', 10));
    expect(await ids()).toEqual(['budget pool:spring once 0.5 of 100']);
  });

  test('tells of several shares that are passed at once the highest, by the configured total, and of none again', async () => {
    const ledger = newLedger({ total: 60, alertsAt: [0.5, 0.8, 1] });
    const asked = ledger.call({ atLeast: 60 });
    await ledger.lease(asked);
    await ledger.settle(post(asked.leaseId, 'a', 37));
    const told = async () =>
      (await ledger.alerts()).map(({ detail: { share, posted, total, remaining } }) => [
        share,
        posted,
        total,
        remaining,
      ]);
    expect(await told()).toEqual([[0.5, 37, 60, 0]]);
    // All 60 are committed: the total stays there for now, and nobody is told of it. An object that starts anew has missed nothing.
    ledger.configure({ total: 45 });
    await ledger.lease(ledger.call({ wanted: 0 }));
    const both = [
      [0.5, 37, 60, 0],
      [0.8, 37, 45, 0],
    ];
    expect(await ledger.standing()).toMatchObject({ total: 60 });
    expect(await told()).toEqual(both);
    await ledger.evict();
    // 80 % of 46 are spent as well: no news.
    ledger.configure({ total: 46 });
    await ledger.lease(ledger.call({ wanted: 0, reports: [report(asked.leaseId, { returned: 23, done: true })] }));
    expect(await ledger.standing()).toMatchObject({ total: 46, remaining: 9 });
    expect(await told()).toEqual(both);
    ledger.configure({ total: 20 });
    await ledger.lease(ledger.call({ wanted: 0 }));
    expect((await told()).slice(2)).toEqual([[1, 37, 20, 0]]);
  });
});

describe.each([
  ['23 hours, when clocks go forward', '2026-03-28', '2026-03-29', '2026-03-30', 23],
  ['25 hours, when clocks go back', '2026-10-24', '2026-10-25', '2026-10-26', 25],
])('a day of %s', (_title, before, day, after, hours) => {
  const daily = { total: 100, period: 'day', timeZone: 'Europe/Berlin' } as const;
  // The local midnight that the day begins at: the offset of the evening before.
  const startMs = Date.parse(`${day}T00:00:00Z`) - (hours === 23 ? HOUR_MS : 2 * HOUR_MS);
  const endMs = startMs + hours * HOUR_MS;

  test('begins with all its units and ends with its last moment, and no lease reaches over it', async () => {
    const ledger = newLedger(daily, startMs - 1);
    expect(unitsOf(await ledger.lease(ledger.call({ atLeast: 100 })))).toBe(100);
    expect(await ledger.standing()).toMatchObject({ period: before, leased: 100, remaining: 0 });
    expect(unitsOf(await ledger.lease(ledger.call({ wanted: 1 })))).toBe(0);
    ledger.clock.nowMs = startMs;
    expect(await ledger.standing()).toMatchObject({ period: day, total: 100, leased: 0, remaining: 100 });
    const asked = ledger.call();
    expect(await ledger.lease(asked)).toMatchObject({ lease: { units: 40, useBeforeMs: startMs + LEASE_LIFE_MS } });
    await ledger.settle(post(asked.leaseId, 'a', 40));
    ledger.clock.nowMs = endMs - 1_000;
    const last = ledger.call({ atLeast: 60 });
    expect(await ledger.lease(last)).toMatchObject({ lease: { units: 60, useBeforeMs: endMs } });
    await ledger.settle(post(last.leaseId, 'b', 60));
    // Nothing can come back: the day's end is what there is to wait for.
    expect(await ledger.lease(ledger.call())).toMatchObject({ outcome: 'refused', retryAfterMs: 1_000 });
    ledger.clock.nowMs = endMs;
    expect(await ledger.standing()).toMatchObject({ period: after, total: 100, leased: 0, remaining: 100 });
  });

  test('keeps what is told of its leases after it is over', async () => {
    const ledger = newLedger(daily, endMs - 5_000);
    const asked = ledger.call({ atLeast: 80 });
    await ledger.lease(asked);
    ledger.clock.nowMs = endMs + 5_000;
    const claims = [{ decisionId: 'a', units: 30 }];
    await ledger.lease(
      ledger.call({ reports: [report(asked.leaseId, { claims, returned: 10 })], wanted: 1, atLeast: 1 }),
    );
    await ledger.settle(post(asked.leaseId, 'a', 30), post(asked.leaseId, 'b', 5));
    expect(await ledger.standing()).toMatchObject({ period: after, posted: 0, leased: 8, remaining: 92 });
    const row = await ledger.run((_, sql) =>
      sql.exec('SELECT total, posted, leased, remaining FROM accounts WHERE period = ?', day).one(),
    );
    expect(row).toEqual({ total: 100, posted: 35, leased: 35, remaining: 30 });
  });

  test('tells that all of it is spent, also when the last of it is posted on the next', async () => {
    const ledger = newLedger({ ...daily, alertsAt: [1] }, endMs - 5_000);
    const asked = ledger.call({ atLeast: 100 });
    await ledger.lease(asked);
    ledger.clock.nowMs = endMs + 5_000;
    await ledger.settle(post(asked.leaseId, 'a', 100));
    expect((await ledger.alerts()).map(({ id }) => id)).toEqual([`budget pool:spring ${day} 1 of 100`]);
  });
});

describe('periods', () => {
  test('from a total to days and back keep what was spent of the total', async () => {
    const ledger = newLedger({ total: 100 });
    const asked = ledger.call({ atLeast: 60 });
    await ledger.lease(asked);
    await ledger.settle(post(asked.leaseId, 'a', 60));
    ledger.configure({ period: 'day', total: 20 });
    expect(unitsOf(await ledger.lease(ledger.call({ atLeast: 20 })))).toBe(20);
    expect(await ledger.standing()).toMatchObject({ period: '2026-11-22', total: 20, leased: 20 });
    ledger.configure({ period: 'once', total: 100 });
    await ledger.lease(ledger.call({ wanted: 0 }));
    expect(await ledger.standing()).toMatchObject({ period: 'once', total: 100, posted: 60, remaining: 40 });
  });

  test('of which nothing is open are forgotten beyond the newest', async () => {
    const ledger = newLedger({ total: 10, period: 'day' });
    const days = MAX_PERIODS_KEPT + 5;
    await ledger.run((own) => {
      for (let day = 0; day < days; day += 1) {
        const nowMs = T0 + day * DAY_MS;
        const call = ledger.call({ atLeast: 10 });
        own.lease(call, nowMs);
        own.settle(call.workspaceId, call.spec.key, [post(call.leaseId, `d-${day}`, 10)], nowMs);
      }
    });
    ledger.clock.nowMs = T0 + (days - 1) * DAY_MS;
    await ledger.tick();
    const kept = () => ledger.run((_, sql) => sql.exec('SELECT period FROM accounts').toArray().length);
    expect(await kept()).toBe(MAX_PERIODS_KEPT);
    expect(await ledger.standing()).toMatchObject({ posted: 10 });
  });

  test('with something open are kept, however old they are', async () => {
    const ledger = newLedger({ total: 10, period: 'day' });
    const asked = ledger.call({ atLeast: 10 });
    await ledger.lease(asked);
    const claims = [{ decisionId: 'a', units: 10 }];
    await ledger.lease(ledger.call({ wanted: 0, reports: [report(asked.leaseId, { claims })] }));
    await ledger.run((own, sql) => {
      // As if nobody had looked after what was due.
      sql.exec('UPDATE leases SET due_at_ms = due_at_ms + ?', 1_000 * DAY_MS);
      for (let day = 1; day < MAX_PERIODS_KEPT + 5; day += 1) own.lease(ledger.call(), T0 + day * DAY_MS);
      own.tick(T0 + (MAX_PERIODS_KEPT + 5) * DAY_MS);
      expect(sql.exec("SELECT pending FROM accounts WHERE period = '2026-11-22'").one()).toEqual({ pending: 10 });
    });
    expect(UNSETTLED_MS).toBeLessThan(MAX_PERIODS_KEPT * DAY_MS);
  });
});

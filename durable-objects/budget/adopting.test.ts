/** Configurations that replace each other while units are out, and hosts whose clocks are wrong. */
import { describe, expect, test } from 'vitest';
import { LONGER_LIFE_KEPT_MS } from './adopting.ts';
import { DAY_MS, MINUTE_MS, newLedger, post, report, T0, unitsOf } from './testing/fixtures.ts';

type TestLedger = ReturnType<typeof newLedger>;
const HOUR_MS = 60 * MINUTE_MS;
let spent = 0;

/** Leases and posts until nothing is left; units that were spent. */
async function spendAll(ledger: TestLedger): Promise<number> {
  for (let sum = 0; ; ) {
    const asked = ledger.call();
    const units = unitsOf(await ledger.lease(asked));
    if (units === 0) return sum;
    spent += 1;
    await ledger.settle(post(asked.leaseId, `d${spent}`, units));
    sum += units;
  }
}

describe('a time zone that is changed', () => {
  test('gives no second day: the one under way lasts until the first midnight there that is not before its end', async () => {
    const ledger = newLedger({ total: 10, period: 'day' });
    expect(await spendAll(ledger)).toBe(10);
    // Noon of the 22nd in UTC is one o'clock of the 23rd in Auckland; the 22nd lasts until midnight there, at 11 UTC.
    ledger.configure({ timeZone: 'Pacific/Auckland' });
    expect(await ledger.standing()).toMatchObject({ period: '2026-11-22', remaining: 0 });
    expect(await spendAll(ledger)).toBe(0);
    ledger.clock.nowMs = T0 + 23 * HOUR_MS - 1;
    expect(await spendAll(ledger)).toBe(0);
    ledger.clock.nowMs = T0 + 23 * HOUR_MS;
    expect(await spendAll(ledger)).toBe(10);
    expect((await ledger.standing()).period).toBe('2026-11-24');
  });

  test('and changed back is as if nothing had been: the next day begins with all its units', async () => {
    const ledger = newLedger({ total: 10, period: 'day' });
    await spendAll(ledger);
    for (const timeZone of ['Pacific/Auckland', 'Pacific/Pago_Pago', 'UTC']) {
      ledger.configure({ timeZone });
      expect(await spendAll(ledger)).toBe(0);
      await ledger.evict();
    }
    ledger.clock.nowMs = T0 + 12 * HOUR_MS - 1;
    expect(await spendAll(ledger)).toBe(0);
    ledger.clock.nowMs = T0 + 12 * HOUR_MS;
    expect(await ledger.standing()).toMatchObject({ period: '2026-11-23', remaining: 10 });
  });

  test('on the way over a total for all time gives no second day either', async () => {
    const ledger = newLedger({ total: 10, period: 'day' });
    await spendAll(ledger);
    ledger.configure({ period: 'once', total: 3 });
    expect(await spendAll(ledger)).toBe(3);
    ledger.configure({ period: 'day', total: 10, timeZone: 'Pacific/Auckland' });
    expect(await spendAll(ledger)).toBe(0);
    ledger.configure({ period: 'once', total: 3 });
    expect(await spendAll(ledger)).toBe(0);
  });
});

describe('a claim life that is shortened', () => {
  /** What comes of a claim by the longer life whose worker told that its lease is over, and nothing of the claim. */
  async function postedAfter(changedMs: number, told: 'old' | 'new'): Promise<number> {
    const ledger = newLedger({ total: 10, claimLifeMs: HOUR_MS });
    const old = ledger.call({ atLeast: 10 });
    await ledger.lease(ledger.call({ wanted: 0 }));
    ledger.configure({ claimLifeMs: 2 * MINUTE_MS });
    await ledger.lease(ledger.call({ wanted: 0 }));
    ledger.clock.nowMs += changedMs;
    const asked = { ...old, ...(told === 'new' && ledger.address()) };
    expect(unitsOf(await ledger.lease(asked))).toBe(10);
    await ledger.lease(ledger.call({ wanted: 0, reports: [report(asked.leaseId)] }));
    ledger.clock.nowMs += 20 * MINUTE_MS;
    await spendAll(ledger);
    ledger.clock.nowMs += 20 * MINUTE_MS;
    await ledger.settle(post(asked.leaseId, 'late', 10));
    return (await ledger.standing()).uncharged;
  }

  test('leaves what is in doubt where it is while requests may still claim by the longer one', async () => {
    expect(await postedAfter(0, 'new')).toBe(0);
    expect(await postedAfter(LONGER_LIFE_KEPT_MS - 1, 'new')).toBe(0);
    expect(await postedAfter(LONGER_LIFE_KEPT_MS, 'new')).toBe(10);
  });

  test('holds for leases of workers that have not heard of it, however late', async () => {
    expect(await postedAfter(LONGER_LIFE_KEPT_MS, 'old')).toBe(0);
  });
});

describe('time that is ahead of the host’s clock', () => {
  test('by more than clocks are apart is told, once for a period; leases last as long as ever', async () => {
    const ledger = newLedger({ total: 100, period: 'day' });
    ledger.clock.nowMs = T0 + DAY_MS;
    await ledger.lease(ledger.call());
    ledger.clock.nowMs = T0 + DAY_MS - MINUTE_MS;
    await ledger.lease(ledger.call());
    expect(await ledger.alerts()).toEqual([]);
    ledger.clock.nowMs = T0;
    expect(await ledger.lease(ledger.call())).toMatchObject({ lease: { lastsMs: 30_000 } });
    ledger.clock.nowMs += 1;
    await ledger.evict();
    await ledger.tick();
    expect(await ledger.alerts()).toMatchObject([
      { kind: 'clock_ahead', detail: { period: '2026-11-23', aheadMs: DAY_MS, until: '2026-11-23T12:00:00.000Z' } },
    ]);
  });

  test('is right again when the clock has caught up', async () => {
    const ledger = newLedger({ total: 10, period: 'day' });
    ledger.clock.nowMs = T0 + DAY_MS;
    await spendAll(ledger);
    ledger.clock.nowMs = T0;
    expect(await spendAll(ledger)).toBe(0);
    ledger.clock.nowMs = T0 + 2 * DAY_MS;
    expect(await spendAll(ledger)).toBe(10);
    expect((await ledger.standing()).period).toBe('2026-11-24');
  });
});

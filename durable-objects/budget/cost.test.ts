import { describe, expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import type { Settlement } from './protocol.ts';
import { REMEMBERED_MS } from './sweeping.ts';
import { DAY_MS, lapse, newLedger, post, report, T0 } from './testing/fixtures.ts';

/** A ledger over a storage that counts the rows it writes, those of indexes included. */
function counted(storage: DurableObjectStorage) {
  let rows = 0;
  const sql = new Proxy(storage.sql, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (name !== 'exec') return member;
      return (...args: Parameters<SqlStorage['exec']>) => {
        const cursor = target.exec(...args);
        rows += cursor.rowsWritten;
        return cursor;
      };
    },
  });
  const counting = { sql, transactionSync: <T>(step: () => T) => storage.transactionSync(step) };
  const ledger = new Ledger(counting as unknown as DurableObjectStorage, T0 - DAY_MS);
  const written = (step: () => unknown): number => {
    const before = rows;
    step();
    return rows - before;
  };
  return { ledger, written };
}

describe('rows written', () => {
  test('by each call: one for a claim each time something becomes of it, and one for the accounts', async () => {
    const fixture = newLedger();
    await fixture.storage((storage) => {
      const { ledger, written } = counted(storage);
      const settle = (...settlements: Settlement[]) =>
        written(() => ledger.settle(fixture.address().workspaceId, 'pool:spring', settlements, T0));
      ledger.lease(fixture.call(), T0);
      // The lease, its index, the accounts.
      expect(written(() => ledger.lease(fixture.call({ leaseId: 'l', wanted: 50 }), T0))).toBe(3);
      const claims = Array.from({ length: 100 }, (_, i) => ({ decisionId: `d${i}`, units: 1 }));
      const told = fixture.call({ wanted: 0, reports: [report('l', { claims, returned: 50 })] });
      // A row for each claim, the lease, the accounts.
      expect(written(() => ledger.lease(told, T0))).toBe(102);
      expect(written(() => ledger.lease(told, T0))).toBe(0);
      // The claim and the accounts, however many claims come together.
      expect(settle(post('l', 'd0', 1))).toBe(2);
      expect(settle(post('l', 'd0', 1))).toBe(0);
      expect(settle(post('l', 'd1', 1), lapse('l', 'd2', 1), post('l', 'd3', 1))).toBe(4);
      // Not told of before: the lease, too.
      expect(settle(post('l', 'e', 1))).toBe(3);
      expect(written(() => ledger.standing(fixture.address(), T0))).toBe(0);
      for (let i = 4; i < 100; i += 1) settle(post('l', `d${i}`, 1));
      // Closed: two leases with their index, and the accounts.
      expect(written(() => ledger.tick(T0 + DAY_MS))).toBe(5);
      // Forgotten: a row for each of 101 claims and two leases.
      expect(written(() => ledger.tick(T0 + DAY_MS + REMEMBERED_MS))).toBe(103);
    });
  });
});

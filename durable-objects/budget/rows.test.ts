import { describe, expect, test } from 'vitest';
import { newLedger, post } from './testing/fixtures.ts';

/** A ledger of 1,000 units of which 40 are leased, 4 of them posted. */
async function used() {
  const ledger = newLedger();
  const asked = ledger.call({ leaseId: 'l' });
  await ledger.lease(asked);
  await ledger.settle(post('l', 'd', 4));
  return ledger;
}

describe('the tables refuse what no account may be', () => {
  test.each([
    'UPDATE accounts SET posted = posted + 1',
    'UPDATE accounts SET remaining = remaining - 1',
    'UPDATE accounts SET total = total + 1',
    'UPDATE accounts SET leased = leased - 37, remaining = remaining + 37',
    'UPDATE accounts SET posted = -1, remaining = remaining + 5',
    'UPDATE accounts SET pending = -1, remaining = remaining + 1',
    'UPDATE accounts SET remaining = -1, leased = leased + 961',
    'UPDATE accounts SET uncharged = -1',
    'UPDATE leases SET held = units + 1',
    'UPDATE leases SET held = -1',
    'UPDATE claims SET units = 0',
    "UPDATE claims SET state = 'paid'",
    "INSERT INTO claims (lease_id, decision_id, units, state) VALUES ('l', 'd', 4, 'posted')",
  ])('%s', async (statement) => {
    const ledger = await used();
    await ledger.run((_, sql) => expect(() => sql.exec(statement)).toThrow(/constraint/i));
    expect(await ledger.standing()).toMatchObject({ posted: 4, leased: 36, remaining: 960 });
  });

  test('and a call that fails on them changes nothing, in memory neither', async () => {
    const ledger = await used();
    await ledger.run((own, sql) => {
      // Whatever is written next breaks the sum.
      sql.exec("CREATE TRIGGER broken BEFORE UPDATE ON accounts BEGIN SELECT RAISE(ABORT, 'constraint: broken'); END");
      expect(() => own.lease(ledger.call({ leaseId: 'm' }), ledger.clock.nowMs)).toThrow('broken');
      sql.exec('DROP TRIGGER broken');
      expect(sql.exec("SELECT * FROM leases WHERE lease_id = 'm'").toArray()).toEqual([]);
    });
    expect(await ledger.standing()).toMatchObject({ posted: 4, leased: 36, remaining: 960 });
    await ledger.lease(ledger.call({ leaseId: 'm' }));
    expect(await ledger.standing()).toMatchObject({ posted: 4, leased: 76, remaining: 920 });
  });
});

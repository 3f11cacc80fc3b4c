import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { SETTLE_WITHIN_MS } from '../../decisioning/limits/lease.ts';
import { budgetStub, publisherStub } from '../shared/stub.ts';
import type { BudgetApi, LeaseCall, LedgerAddress } from './protocol.ts';
import { audit, newAddress, post, report, source, unitsOf } from './testing/fixtures.ts';

/** The object of a ledger, called the way workers and customers call it. */
async function newObject(...given: Parameters<typeof newAddress>) {
  const address: LedgerAddress = newAddress(...given);
  const { workspaceId, spec } = address;
  const stub = () => budgetStub(source, workspaceId, spec.key);
  const raw = (await stub()) as unknown as DurableObjectStub<undefined>;
  const call = (changes: Partial<LeaseCall> = {}): LeaseCall => ({
    ...address,
    holder: 'one',
    leaseId: crypto.randomUUID(),
    wanted: 10,
    atLeast: 1,
    reports: [],
    ...changes,
  });
  const check = () => runInDurableObject(raw, (_object, { storage }) => audit(storage.sql));
  const alarmAt = () => runInDurableObject(raw, (_object, { storage }) => storage.getAlarm());
  return { address, stub, raw, call, check, alarmAt };
}

/** Its methods, called from within: what they throw is no unhandled rejection there. */
interface Called {
  lease(call: LeaseCall): Promise<unknown>;
  settle(...settlements: Parameters<BudgetApi['settle']>): Promise<unknown>;
}

describe('the object of a ledger', () => {
  test('leases, takes reports, settles, and tells where it stands', async () => {
    const { address, stub, call, check } = await newObject();
    const first = await (await stub()).lease(call({ leaseId: 'l1' }));
    expect(first).toMatchObject({ outcome: 'leased', lease: { leaseId: 'l1', units: 40, price: 0 } });
    const claims = [{ decisionId: 'd1', units: 3 }];
    const told = call({ wanted: 0, reports: [report('l1', { returned: 30, claims })] });
    expect(await (await stub()).lease(told)).toEqual({ outcome: 'reported' });
    const settle = async () => (await stub()).settle(address.workspaceId, address.spec.key, [post('l1', 'd1', 3)]);
    expect(await settle()).toEqual({ settled: 1, uncharged: 0 });
    expect(await settle()).toEqual({ settled: 0, uncharged: 0 });
    expect(await (await stub()).standing(address)).toMatchObject({
      total: 1_000,
      posted: 3,
      pending: 0,
      leased: 7,
      remaining: 990,
      holders: 0,
      uncharged: 0,
    });
    await check();
  });

  test('gives a reply that was lost again, also after an eviction', async () => {
    const { stub, raw, call } = await newObject();
    const asked = call();
    const reply = await (await stub()).lease(asked);
    await evictDurableObject(raw);
    const { lastsMs: _, ...lease } = (reply as Extract<typeof reply, { outcome: 'leased' }>).lease;
    expect(await (await stub()).lease(asked)).toMatchObject({ outcome: 'leased', lease });
  });

  test('leases to 8 workers at a time, with evictions, never sum above the total', async () => {
    const { address, stub, raw, call, check } = await newObject({ total: 300 });
    let leased = 0;
    for (let round = 0; round < 12; round += 1) {
      const calls = Array.from({ length: 8 }, (_, i) => call({ holder: `worker-${i}`, wanted: 20, atLeast: 2 }));
      const twice = [...calls, ...calls].map(async (each) => ({
        id: each.leaseId,
        reply: await (await stub()).lease(each),
      }));
      const evicted = round % 3 === 0 ? evictDurableObject(raw).catch(() => undefined) : undefined;
      const units = new Map<string, number>();
      for (const answer of await Promise.allSettled(twice)) {
        if (answer.status === 'fulfilled') units.set(answer.value.id, unitsOf(answer.value.reply));
      }
      await evicted;
      leased += [...units.values()].reduce((sum, some) => sum + some, 0);
      expect(leased).toBeLessThanOrEqual(300);
      await check();
    }
    const { leased: held, remaining } = await (await stub()).standing(address);
    expect(held + remaining).toBe(300);
    expect(held).toBeGreaterThanOrEqual(leased);
    expect(remaining).toBeLessThan(2);
  });

  test('wakes up before anything that a call made is due', async () => {
    const { stub, call, alarmAt } = await newObject();
    await (await stub()).lease(call());
    expect(await alarmAt()).toBeLessThanOrEqual(Date.now() + SETTLE_WITHIN_MS);
  });

  test('hands alerts to the publisher, once each', async () => {
    const { address, stub, raw, call } = await newObject({ total: 10, alertsAt: [0.5, 1] });
    const { workspaceId, spec } = address;
    await (await stub()).lease(call({ leaseId: 'l1', wanted: 8, atLeast: 8 }));
    await (await stub()).settle(workspaceId, spec.key, [post('l1', 'd1', 6)]);
    const told = async () => (await publisherStub(source, workspaceId)).alerts();
    // The alarm may have rung by itself already.
    await runDurableObjectAlarm(raw);
    await expect.poll(told).toHaveLength(1);
    const untaken = () =>
      runInDurableObject(raw, (_object, { storage }) =>
        storage.sql.exec('SELECT count(*) AS n FROM alerts WHERE taken = 0').one(),
      );
    await expect.poll(untaken).toEqual({ n: 0 });
    const [alert] = await told();
    expect(alert).toMatchObject({
      kind: 'ledger_threshold',
      subject: spec.key,
      detail: { share: 0.5, posted: 6, total: 10 },
    });
    await (await stub()).settle(workspaceId, spec.key, [post('l1', 'd2', 1)]);
    await runDurableObjectAlarm(raw);
    expect(await told()).toEqual([alert]);
  });

  test('keeps its alarm when the publisher is away, and when its own work fails', async () => {
    const { address, stub, raw, call } = await newObject({ total: 10, alertsAt: [0.5] });
    const { workspaceId, spec } = address;
    await (await stub()).lease(call({ leaseId: 'l1', wanted: 8, atLeast: 8 }));
    const away = { PUBLISHER: { getByName: () => ({ raiseAlert: () => Promise.reject(new Error('away')) }) } };
    await runInDurableObject(raw, async (object, { storage }) => {
      const ledger = object as unknown as Called & { env: object; alarm(): Promise<void> };
      const { env } = ledger;
      ledger.env = { ...env, ...away };
      await ledger.settle(workspaceId, spec.key, [post('l1', 'd1', 6)]);
      await ledger.alarm();
      expect(storage.sql.exec('SELECT taken FROM alerts').one()).toEqual({ taken: 0 });
      expect(await storage.getAlarm()).toBeGreaterThan(Date.now());
      ledger.env = env;
      storage.sql.exec('UPDATE leases SET due_at_ms = 0');
      storage.sql.exec("CREATE TRIGGER broken BEFORE UPDATE ON leases BEGIN SELECT RAISE(ABORT, 'broken'); END");
      await storage.deleteAlarm();
      await ledger.alarm();
      expect(await storage.getAlarm()).toBeGreaterThan(Date.now());
    });
  });

  test('refuses what is meant for another ledger, and stores nothing of it', async () => {
    const { address, raw, call } = await newObject();
    await runInDurableObject(raw, async (object) => {
      const ledger = object as unknown as Called;
      await ledger.lease(call());
      const other = { ...call(), spec: { ...address.spec, key: 'pool:other' } };
      await expect(ledger.lease(other)).rejects.toThrow('another ledger');
      await expect(ledger.settle(address.workspaceId, 'pool:other', [])).rejects.toThrow('another ledger');
      await expect(ledger.lease(call({ wanted: -1 }))).rejects.toThrow('wanted');
      await expect(ledger.settle(address.workspaceId, address.spec.key, [post('l', 'd', 0)])).rejects.toThrow('units');
    });
  });
});

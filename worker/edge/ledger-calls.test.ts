/** Two isolates' wallets on the real object of a ledger. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import type { PurseEntry } from '../../decisioning/limits/purse.ts';
import { Wallet } from '../../decisioning/limits/wallet.ts';
import { wants } from '../../decisioning/testing/wallets.ts';
import { budgetStub } from '../../durable-objects/shared/stub.ts';
import { callLedger, readReply } from './ledger-calls.ts';

const bindings = env as unknown as Env;
const TOTAL = 100;
const CLAIM = 3;
const MAX_ROUNDS = 200;

const spec: LedgerSpec = {
  key: 'pool:p',
  total: TOTAL,
  period: 'once',
  timeZone: 'UTC',
  startsAtMs: null,
  endsAtMs: null,
  pacing: { mode: 'none' },
  alertsAt: [],
};

const addressOf = (workspaceId: string) => ({ workspaceId, spec, revision: 1 });

async function standing(workspaceId: string) {
  return (await budgetStub(bindings, workspaceId, spec.key)).standing(addressOf(workspaceId));
}

/** Takes one claim, asking the ledger where that is due. */
async function takeOne(wallet: Wallet, workspaceId: string): Promise<readonly PurseEntry[]> {
  wallet.want(wants(CLAIM), Date.now());
  const due = wallet.due(Date.now(), wants(CLAIM));
  if (due) await callLedger(bindings, wallet, addressOf(workspaceId), due);
  return wallet.take(CLAIM, Date.now());
}

const unitsOf = (purse: readonly PurseEntry[]) => purse.reduce((sum, { units }) => sum + units, 0);

describe('two isolates on one pool', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('get all of it between them and not a unit more', async () => {
    const wallets = [new Wallet(spec.key), new Wallet(spec.key)];
    let taken = 0;
    for (let i = 0; i < MAX_ROUNDS; i += 1) {
      const wallet = wallets[i % 2] as Wallet;
      const purse = await takeOne(wallet, 'two');
      const claims = purse.map(({ ledger, leaseId, units }) => ({ ledger, leaseId, units, decisionId: `d${i}` }));
      wallet.settle(purse, claims, true);
      taken += unitsOf(purse);
      // A refusal passes, and crumbs of both go back.
      if (purse.length === 0) vi.setSystemTime(Date.now() + 1_000);
    }
    const { remaining, leased, pending, posted } = await standing('two');
    expect(remaining + leased + pending + posted).toBe(TOTAL);
    expect({ taken, missing: TOTAL - taken < CLAIM }).toEqual({ taken, missing: true });
    expect(pending + leased).toBe(taken);
  });

  it('give back what nobody uses', async () => {
    const wallets = [new Wallet(spec.key), new Wallet(spec.key)];
    for (const wallet of wallets) wallet.settle(await takeOne(wallet, 'idle'), [], true);
    expect((await standing('idle')).leased).toBeGreaterThan(0);
    for (const wallet of wallets) {
      wallet.rest();
      await callLedger(bindings, wallet, addressOf('idle'), 'report');
      expect(wallet.isEmpty()).toBe(true);
    }
    expect(await standing('idle')).toMatchObject({ remaining: TOTAL, leased: 0 });
  });

  it('an isolate that dies leaves what it held in doubt: the other gets the rest', async () => {
    await takeOne(new Wallet(spec.key), 'dead');
    const { leased } = await standing('dead');
    const other = new Wallet(spec.key);
    let taken = 0;
    for (let i = 0; i < MAX_ROUNDS; i += 1) {
      const purse = await takeOne(other, 'dead');
      other.settle(
        purse,
        purse.map((entry) => ({ ...entry, decisionId: `d${i}` })),
        true,
      );
      taken += unitsOf(purse);
    }
    expect(TOTAL - leased - taken).toBeGreaterThanOrEqual(0);
    expect(TOTAL - leased - taken).toBeLessThan(CLAIM);
  });
});

describe('an answer that is none', () => {
  const lease = { leaseId: 'a', units: 5, useBeforeMs: 1, price: 0 };

  it.each([
    undefined,
    null,
    'leased',
    {},
    { outcome: 'leased' },
    { outcome: 'leased', lease: { ...lease, units: 0 } },
    { outcome: 'leased', lease: { ...lease, units: 1.5 } },
    { outcome: 'leased', lease: { ...lease, units: Number.NaN } },
    { outcome: 'leased', lease: { ...lease, useBeforeMs: 'soon' } },
    { outcome: 'leased', lease: { ...lease, price: -1 } },
    { outcome: 'leased', lease: { ...lease, leaseId: 'of another' } },
    { outcome: 'refused', price: 0 },
    { outcome: 'refused', retryAfterMs: 5 },
  ])('%j is refused', (reply) => {
    expect(readReply(reply as never, 'a')).toBeUndefined();
  });

  it('a lease and a refusal are taken, and no refusal is believed for longer than a minute', () => {
    expect(readReply({ outcome: 'leased', lease }, 'a')).toEqual({ outcome: 'leased', lease });
    const refused = { outcome: 'refused', reason: 'over', price: 0, retryAfterMs: 1e9 } as const;
    expect(readReply(refused, 'a')).toMatchObject({ retryAfterMs: 60_000 });
  });
});

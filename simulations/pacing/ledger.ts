/** A paced ledger as its object keeps it: the object's own code over a database in memory, without replays and faults. */
import { type Accounts, openAccounts } from '../../decisioning/limits/ledger.ts';
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import type { LeasedClaim } from '../../decisioning/limits/purse.ts';
import type { WalletCall, WalletReply } from '../../decisioning/limits/wallet.ts';
import type { LedgerWindow } from '../../decisioning/limits/windows.ts';
import { Ledger } from '../../durable-objects/budget/ledger.ts';
import { readAccounts } from '../../durable-objects/budget/rows.ts';
import { BUDGET_SCHEMA } from '../../durable-objects/budget/schema.ts';
import { migrate } from '../../durable-objects/shared/migrator.ts';
import { Database } from '../faults/sql.ts';

/** `priced`: plan and price. `throttled`: the plan alone, whoever comes is served. `unpaced`: neither. */
export type PacingMode = 'priced' | 'throttled' | 'unpaced';

export interface PlayedLedger {
  readonly accounts: () => Accounts;
  /** As it was told last. */
  readonly price: () => number;
  readonly call: (holder: number, call: WalletCall, nowMs: number) => WalletReply;
  /** Posts or voids a claim, told before it or after. */
  readonly settle: (kind: 'post' | 'void', claim: LeasedClaim, nowMs: number) => void;
  /** Does what is due. */
  readonly tick: (nowMs: number) => void;
  readonly close: () => void;
}

const WORKSPACE = 'w';

/** A ledger that was not called before; the accounts are those of one window. */
export function playedLedger(paced: LedgerSpec, window: LedgerWindow, mode: PacingMode): PlayedLedger {
  const database = new Database();
  const storage = storageOver(database);
  migrate(storage, BUDGET_SCHEMA);
  const ledger = new Ledger(storage, 0);
  const spec: LedgerSpec = mode === 'unpaced' ? { ...paced, pacing: { mode: 'none' } } : paced;
  const address = { workspaceId: WORKSPACE, spec, revision: 1 };
  let price = 0;
  /** Where there is no price, what was found is not told. */
  const told = (reply: WalletReply): WalletReply => {
    if (reply.outcome === 'reported') return reply;
    price = mode === 'priced' ? (reply.outcome === 'leased' ? reply.lease.price : reply.price) : 0;
    return reply.outcome === 'leased' ? { ...reply, lease: { ...reply.lease, price } } : { ...reply, price };
  };
  return {
    accounts: () => readAccounts(storage.sql, window.id) ?? openAccounts(spec.total),
    price: () => price,
    call: (holder, { sentAtMs: _, ...call }, nowMs) =>
      told(ledger.lease({ ...address, ...call, holder: `isolate-${holder}` }, nowMs)),
    settle: (kind, { decisionId, leaseId, units }, nowMs) => {
      ledger.settle(WORKSPACE, spec.key, [{ decisionId, leaseId, units, kind }], nowMs);
    },
    tick: (nowMs) => {
      ledger.tick(nowMs);
      database.commit();
    },
    close: () => database.close(),
  };
}

function storageOver(database: Database): DurableObjectStorage {
  const storage = {
    sql: { exec: (text: string, ...bindings: unknown[]) => database.exec(text, bindings) },
    transactionSync: <T>(run: () => T): T => database.transaction(run),
  };
  return storage as unknown as DurableObjectStorage;
}

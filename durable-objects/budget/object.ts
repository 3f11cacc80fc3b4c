/** One ledger: a pool's money, a capacity or a stock. Thin methods; what they do stands beside. */
import { DurableObject } from 'cloudflare:workers';
import type { StubSource } from '../shared/stub.ts';
import type {
  BudgetApi,
  LeaseCall,
  LeaseReply,
  LedgerAddress,
  LedgerStanding,
  Settlement,
  SettleReply,
} from './protocol.ts';

export class BudgetObject extends DurableObject<StubSource> implements BudgetApi {
  async lease(_call: LeaseCall): Promise<LeaseReply> {
    return { outcome: 'refused', reason: 'exhausted', price: 0, retryAfterMs: 60_000 };
  }

  async settle(_workspaceId: string, _ledger: string, _settlements: readonly Settlement[]): Promise<SettleReply> {
    return { settled: 0, uncharged: 0 };
  }

  async standing({ spec }: LedgerAddress): Promise<LedgerStanding> {
    const { key, total } = spec;
    const nothing = { posted: 0, pending: 0, leased: 0, planned: null, price: 0, holders: 0, uncharged: 0 };
    return { key, period: 'once', total, remaining: total, ...nothing, asOfMs: Date.now() };
  }
}

/** One ledger: a pool's money, a capacity or a stock. Thin methods and the alarm; what they do stands beside. */
import { DurableObject } from 'cloudflare:workers';
import { SETTLE_WITHIN_MS } from '../../decisioning/limits/lease.ts';
import { BACKOFF_MAX_MS, backoffMs } from '../shared/alarm.ts';
import { publisherStub } from '../shared/calls.ts';
import { migrate } from '../shared/migrator.ts';
import { withRetry } from '../shared/retry.ts';
import type { StubSource } from '../shared/stub.ts';
import { Wake } from '../shared/wake.ts';
import { Ledger } from './ledger.ts';
import type {
  BudgetApi,
  LeaseCall,
  LeaseReply,
  LedgerAddress,
  LedgerStanding,
  Settlement,
  SettleReply,
} from './protocol.ts';
import { BUDGET_SCHEMA } from './schema.ts';

export class BudgetObject extends DurableObject<StubSource> implements BudgetApi {
  readonly #ledger: Ledger;
  readonly #wake: Wake;
  /** Attempts to reach the publisher that failed in a row, and when the next one is due. */
  #failures = 0;
  #tellAfterMs = 0;

  constructor(ctx: DurableObjectState, env: StubSource) {
    super(ctx, env);
    migrate(ctx.storage, BUDGET_SCHEMA);
    this.#ledger = new Ledger(ctx.storage, Date.now());
    this.#wake = new Wake(ctx.storage);
  }

  async lease(call: LeaseCall): Promise<LeaseReply> {
    await this.#wakeBeforeDue();
    const reply = this.#ledger.lease(call, Date.now());
    await this.#wakeForAlerts();
    return reply;
  }

  async settle(workspaceId: string, ledger: string, settlements: readonly Settlement[]): Promise<SettleReply> {
    await this.#wakeBeforeDue();
    const reply = this.#ledger.settle(workspaceId, ledger, settlements, Date.now());
    await this.#wakeForAlerts();
    return reply;
  }

  async standing(address: LedgerAddress): Promise<LedgerStanding> {
    return this.#ledger.standing(address, Date.now());
  }

  override async alarm(): Promise<void> {
    this.#wake.rang();
    try {
      this.#ledger.tick(Date.now());
    } catch (error) {
      // A broken invariant: nothing was changed. The alarm must not be lost over it, and the call that meets it tells it, too.
      warn('ledger_tick_failed', error);
      await this.#wake.by(Date.now() + BACKOFF_MAX_MS);
      return;
    }
    if (Date.now() >= this.#tellAfterMs) await this.#tellAlerts();
    await this.#wakeForAlerts();
    const dueAtMs = this.#ledger.nextDueMs();
    if (dueAtMs !== null) await this.#wake.by(Math.max(dueAtMs, Date.now()));
  }

  /** Before the write: nothing that a call makes is due sooner. The alarm finds out when it really is. */
  async #wakeBeforeDue(): Promise<void> {
    await this.#wake.by(Date.now() + SETTLE_WITHIN_MS);
  }

  async #wakeForAlerts(): Promise<void> {
    if (this.#ledger.hasAlerts()) await this.#wake.by(Math.max(Date.now(), this.#tellAfterMs));
  }

  /** Never throws: what the publisher did not take is told again after a back-off. */
  async #tellAlerts(): Promise<void> {
    const { workspaceId, alerts } = this.#ledger.alerts();
    try {
      for (const alert of alerts) {
        await withRetry(async () => (await publisherStub(this.env, workspaceId)).raiseAlert(workspaceId, alert));
        this.#ledger.alertTaken(alert);
      }
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#tellAfterMs = Date.now() + backoffMs(this.#failures, Math.random());
      warn('ledger_alerts_failed', error);
    }
  }
}

function warn(event: string, error: unknown): void {
  console.warn(JSON.stringify({ event, reason: error instanceof Error ? error.name : 'unknown' }));
}

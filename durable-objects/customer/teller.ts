/** Carries settlements to the ledgers: each on its own, so that one that is down or hangs holds up neither statistics nor other ledgers. */

import { budgetStub } from '../shared/calls.ts';
import { withRetry } from '../shared/retry.ts';
import type { StubSource } from '../shared/stub.ts';
import { SETTLE_TIMEOUT_MS } from './limits.ts';
import { ledgersToTell, nextBatch, type SettlementBatch, settledUpTo } from './settlements.ts';
import type { CustomerMeta } from './state.ts';
import type { Sql } from './tables.ts';
import { Waits } from './waits.ts';

/** Batches of one ledger that follow one commit: far more than a customer has claims; what is left waits for the alarm. */
const MAX_BATCHES = 50;

export class Teller {
  readonly #sql: Sql;
  readonly #env: StubSource;
  readonly #timeoutMs: number;
  readonly #waits: Waits;
  /** Ledgers that are being told. */
  readonly #busy = new Set<string>();

  constructor(sql: Sql, env: StubSource, timeoutMs = SETTLE_TIMEOUT_MS, waits = new Waits(sql)) {
    this.#sql = sql;
    this.#env = env;
    this.#timeoutMs = timeoutMs;
    this.#waits = waits;
  }

  /** Whether a ledger still has to hear something. */
  get waiting(): boolean {
    return this.#waits.settlements;
  }

  /** Tells every ledger what waits for it. Never throws: what could not be told stays, and the alarm that stands for it tries again. */
  async deliver({ workspaceId }: Pick<CustomerMeta, 'workspaceId'>): Promise<void> {
    if (!this.waiting) return;
    const ledgers = ledgersToTell(this.#sql).filter((ledger) => !this.#busy.has(ledger));
    await Promise.all(ledgers.map((ledger) => this.#tell(workspaceId, ledger)));
  }

  async #tell(workspaceId: string, ledger: string): Promise<void> {
    this.#busy.add(ledger);
    try {
      for (let round = 0; round < MAX_BATCHES; round += 1) {
        const batch = nextBatch(this.#sql, ledger);
        if (!batch || !(await this.#carry(workspaceId, batch))) return;
        settledUpTo(this.#sql, batch);
        this.#waits.doubt('settlements');
      }
    } catch {
      // Out of reach: the rows stay.
    } finally {
      this.#busy.delete(ledger);
    }
  }

  /** Whether the ledger answered in time. One that answers later has heard it all the same, and hears it once more. */
  async #carry(workspaceId: string, { ledger, settlements }: SettlementBatch): Promise<boolean> {
    const told = withRetry(async () =>
      (await budgetStub(this.#env, workspaceId, ledger)).settle(workspaceId, ledger, settlements),
    ).then(
      () => true,
      () => false,
    );
    // A timer that nobody stops would keep the object awake for as long as it runs.
    const { promise: late, resolve } = Promise.withResolvers<false>();
    const timer = setTimeout(() => resolve(false), this.#timeoutMs);
    return Promise.race([told, late]).finally(() => clearTimeout(timer));
  }
}

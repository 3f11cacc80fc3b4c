/** The durable state of one ledger. Every method is one synchronous transaction: nothing can happen half-way through. */
import { fitTotal } from '../../decisioning/limits/ledger.ts';
import { plannedBy } from '../../decisioning/limits/plan.ts';
import { priceAsked } from '../../decisioning/limits/price.ts';
import { windowAt } from '../../decisioning/limits/windows.ts';
import type { Alert } from '../publisher/protocol.ts';
import { adopt, latestOf } from './adopting.ts';
import { alertClockAhead, alertThresholds, hasUntaken, markTaken, untakenAlerts } from './alerts.ts';
import { Book } from './book.ts';
import { checkLeaseCall, checkSame, checkSettlements } from './check.ts';
import { grant } from './leasing.ts';
import type { LeaseCall, LeaseReply, LedgerAddress, LedgerStanding, Settlement, SettleReply } from './protocol.ts';
import { takeReports } from './reporting.ts';
import { forgetPeriods } from './rows.ts';
import { settleClaims } from './settling.ts';
import { closeDue, nextDueMs, sweep } from './sweeping.ts';

/** Periods whose accounts are kept: a year of days, and some to compare them with. */
export const MAX_PERIODS_KEPT = 400;

export class Ledger {
  readonly #storage: DurableObjectStorage;
  #wokeAtMs: number;
  /** Null before the first call, and after one that failed. */
  #book: Book | null = null;
  #opened = false;

  /** @param wokeAtMs since when this object is up: what waited for it comes in now */
  constructor(storage: DurableObjectStorage, wokeAtMs: number) {
    this.#storage = storage;
    this.#wokeAtMs = wokeAtMs;
  }

  /**
   * Takes reports, then leases a slice; a call that is repeated gets the same one.
   *
   * @throws RangeError when the call breaks the protocol or is another ledger's; nothing is stored then
   */
  lease(call: LeaseCall, clockMs: number): LeaseReply {
    checkLeaseCall(call);
    return this.#step(clockMs, (book) => {
      const spec = adopt(book, call);
      alertClockAhead(book);
      closeDue(book, this.#wokeAtMs);
      takeReports(book, call.reports);
      book.fit(book.window().id);
      return grant(book, spec, call);
    });
  }

  /**
   * Takes what became of claims, each once.
   *
   * @throws RangeError when a settlement breaks the protocol or is another ledger's; nothing is stored then
   */
  settle(workspaceId: string, key: string, settlements: readonly Settlement[], clockMs: number): SettleReply {
    checkSettlements(settlements);
    return this.#step(clockMs, (book) => {
      if (book.ledger) checkSame(book.ledger, { workspaceId, key });
      else book.setLedger({ workspaceId, key, revision: NO_REVISION, spec: null });
      alertClockAhead(book);
      closeDue(book, this.#wokeAtMs);
      const { id } = book.window();
      book.fit(id);
      const reply = settleClaims(book, id, settlements);
      // What came back may be above a total that was lowered.
      book.fit(id);
      return reply;
    });
  }

  /** Where it stands; changes nothing, so that looking at a ledger that nobody spends from makes none. */
  standing({ workspaceId, spec: told, revision }: LedgerAddress, clockMs: number): LedgerStanding {
    return this.#step(clockMs, (book) => {
      if (book.ledger) checkSame(book.ledger, { workspaceId, key: told.key });
      const spec = latestOf(book, told, revision);
      const window = windowAt(spec, book.nowMs, spec.carried);
      const { uncharged, pace, ...row } = book.period(window.id);
      return {
        key: told.key,
        period: window.id,
        ...fitTotal(row, spec.total),
        planned: plannedBy(spec, window, book.nowMs),
        price: pace ? priceAsked(pace) : 0,
        holders: book.holders(),
        uncharged,
        asOfMs: book.nowMs,
      };
    });
  }

  /** Does what is due; there may be more. */
  tick(clockMs: number): void {
    this.#step(clockMs, (book) => {
      alertClockAhead(book);
      sweep(book, this.#wokeAtMs);
      book.fit(book.window().id);
      forgetPeriods(book.sql, MAX_PERIODS_KEPT);
    });
  }

  /** When {@link tick} has something to do next; null when nothing is due. */
  nextDueMs(): number | null {
    return this.#step(0, nextDueMs);
  }

  /** Alerts that the publisher has yet to take, and whose they are. */
  alerts(): { readonly workspaceId: string; readonly alerts: readonly Alert[] } {
    return this.#step(0, (book) => ({
      workspaceId: book.ledger?.workspaceId ?? '',
      alerts: untakenAlerts(book.sql),
    }));
  }

  hasAlerts(): boolean {
    return hasUntaken(this.#storage.sql);
  }

  /** The publisher has taken it. */
  alertTaken(alert: Alert): void {
    markTaken(this.#storage.sql, alert);
  }

  #open(): Book {
    if (this.#book) return this.#book;
    this.#book = new Book(this.#storage.sql);
    // A host whose clock is behind woke up no sooner than anything happened before.
    if (!this.#opened) this.#wokeAtMs = Math.max(this.#wokeAtMs, this.#book.nowMs);
    this.#opened = true;
    return this.#book;
  }

  #step<T>(clockMs: number, step: (book: Book) => T): T {
    try {
      return this.#storage.transactionSync(() => {
        const book = this.#open();
        book.at(clockMs);
        const result = step(book);
        for (const period of book.changed()) alertThresholds(book, period);
        book.flush();
        return result;
      });
    } catch (error) {
      // What it holds in memory was rolled back on disk.
      this.#book = null;
      throw error;
    }
  }
}

/** What is known of a ledger that was settled before anybody leased from it: any configuration is newer. */
const NO_REVISION = -1;

/** The watch over one campaign's feedback, as its root and its alarm use it. */
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { Alert } from '../publisher/protocol.ts';
import {
  alertTaken,
  BaselineMemory,
  closeAtMs,
  closeHours,
  look,
  type WatchContext,
  waitingAlerts,
} from './anomalies.ts';

/** Does nothing for campaigns that are not watched. */
export class FeedbackWatch {
  readonly #storage: DurableObjectStorage;
  readonly #policyOf: () => CampaignPolicy | null;
  readonly #memory = new BaselineMemory();

  constructor(storage: DurableObjectStorage, policyOf: () => CampaignPolicy | null) {
    this.#storage = storage;
    this.#policyOf = policyOf;
  }

  /** Before something is counted: closes the hours that are over. Runs inside the caller's transaction. */
  closeHours(nowMs: number): void {
    this.#step(nowMs, closeHours);
  }

  /** Judges what arrived; holds learning and queues alerts where it is odd. */
  look(nowMs: number): void {
    this.#storage.transactionSync(() => this.#step(nowMs, look));
  }

  #step(nowMs: number, step: (context: WatchContext) => void): void {
    const policy = this.#policyOf();
    if (policy?.learning?.watch) step({ sql: this.#storage.sql, policy, memory: this.#memory, nowMs });
  }

  /** When it is to be woken although nothing happens, in ms since the epoch; null when it waits for nothing. */
  closeAtMs(): number | null {
    const policy = this.#policyOf();
    return policy && closeAtMs(this.#storage.sql, policy);
  }

  /** Alerts that the publisher has not taken yet. */
  waitingAlerts(): readonly Alert[] {
    return waitingAlerts(this.#storage.sql);
  }

  /** The publisher has taken it. */
  alertTaken(alert: Alert): void {
    alertTaken(this.#storage.sql, alert);
  }

  /** What is usual has changed: bands are learned anew from the hours that are stored. */
  forget(): void {
    this.#memory.forget();
  }
}

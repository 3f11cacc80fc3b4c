/**
 * A perfect observer: remembers what happened as plain facts and computes every sum from them at the end, by grouping. It shares no
 * code with crediting.
 */
import type { DecisionRecord } from '../../../decisioning/record.ts';

interface Told {
  readonly goal: string;
  readonly atMs: number;
  readonly valueMinor: number;
  readonly orderId: string | undefined;
  readonly eventId: string | undefined;
}

interface Seen {
  readonly record: DecisionRecord;
  readonly atMs: number;
}

interface Credited extends Told {
  readonly record: DecisionRecord;
}

/** A campaign that measures lift and could address the customer: in its treated group (`*`) or held out. */
export interface Addressed {
  readonly campaignId: string;
  readonly leaf: string;
  readonly armId: '*' | 'holdout';
  readonly atMs: number;
  readonly goal: string;
  readonly goalWindowMs: number;
}

/** A goal told to the observer. */
export type ToldGoal = Told & { readonly windowMs: number };

type Cell = Pick<DecisionRecord, 'campaignId' | 'leaf' | 'armId'>;
type Add = (cell: Cell, atMs: number, field: string, value: number) => void;

const HOUR_MS = 3_600_000;
const periodOf = ({ campaignId, periodKey }: DecisionRecord) => `${campaignId} ${periodKey}`;

export class Observer {
  /** Decisions that the object knows, in the order in which it got to know them. */
  readonly #made: DecisionRecord[] = [];
  readonly #seen: Seen[] = [];
  readonly #credited: Credited[] = [];
  readonly #told: Told[] = [];
  readonly #enrolled = new Map<string, Addressed>();
  #nowMs = 0;

  /** The object's time when it gets a call. */
  at(receivedAtMs: number): number {
    this.#nowMs = Math.max(this.#nowMs, receivedAtMs);
    return this.#nowMs;
  }

  /** First eligibility is what counts. */
  addressed(by: Addressed): void {
    if (!this.#enrolled.has(by.campaignId)) this.#enrolled.set(by.campaignId, by);
  }

  decided(record: DecisionRecord): void {
    if (record.measuresLift) this.addressed({ ...record, armId: record.armId === 'holdout' ? 'holdout' : '*' });
    if (!this.#made.some(({ decisionId }) => decisionId === record.decisionId)) this.#made.push(record);
  }

  /** An exposure that arrived with its token. */
  exposed(record: DecisionRecord, atMs: number): void {
    if (!this.#accepts(record)) return;
    this.decided(record);
    this.#see(record, atMs);
  }

  /** A goal that arrived with a token. */
  reached(record: DecisionRecord, told: ToldGoal): void {
    if (!this.#accepts(record)) return;
    this.decided(record);
    if (this.#credit(record, told)) this.#tell(told);
  }

  /** A goal that arrived without one. */
  happened(told: ToldGoal): void {
    if (!this.#tell(told)) return;
    for (const campaignId of new Set(this.#made.map((record) => record.campaignId))) {
      const candidates = this.#seen.filter(
        ({ record, atMs }) =>
          record.campaignId === campaignId &&
          record.goal === told.goal &&
          atMs <= told.atMs &&
          told.atMs <= record.atMs + record.goalWindowMs,
      );
      candidates.sort(
        (a, b) =>
          a.atMs - b.atMs || a.record.atMs - b.record.atMs || (a.record.decisionId < b.record.decisionId ? -1 : 1),
      );
      const latest = candidates.at(-1);
      if (latest) this.#credit(latest.record, told);
    }
  }

  #accepts(record: DecisionRecord): boolean {
    const known = this.#made.some(({ decisionId }) => decisionId === record.decisionId);
    return known || record.expiresAtMs > this.#nowMs;
  }

  #see(record: DecisionRecord, atMs: number): void {
    if (this.#seen.some((other) => other.record.decisionId === record.decisionId)) return;
    this.#seen.push({ record, atMs: Math.max(atMs, record.atMs) });
  }

  #credit(record: DecisionRecord, told: ToldGoal): boolean {
    const atMs = Math.max(told.atMs, record.atMs);
    if (atMs > record.expiresAtMs || atMs > record.atMs + told.windowMs) return false;
    const before = this.#credited.filter(
      (other) => other.record.decisionId === record.decisionId && other.goal === told.goal,
    );
    const again = told.orderId === undefined || before.some(({ orderId }) => orderId === told.orderId);
    if (before.length > 0 && again) return false;
    this.#see(record, atMs);
    this.#credited.push({ ...told, record });
    return true;
  }

  #tell(told: Told): boolean {
    const same = (other: Told) =>
      other.goal === told.goal &&
      ((told.orderId !== undefined && other.orderId === told.orderId) ||
        (told.eventId !== undefined && other.eventId === told.eventId));
    if (this.#told.some(same)) return false;
    this.#told.push(told);
    return true;
  }

  /** `campaign leaf arm hour` → the sums that differ from zero. */
  sums(): Record<string, Record<string, number>> {
    const sums: Record<string, Record<string, number>> = {};
    const add: Add = (record, atMs, field, value) => {
      const cell = `${record.campaignId} ${record.leaf} ${record.armId} ${Math.floor(atMs / HOUR_MS)}`;
      sums[cell] ??= {};
      sums[cell][field] = (sums[cell][field] ?? 0) + value;
    };
    const trials = new Map<string, Seen>();
    for (const seen of this.#seen) {
      add(seen.record, seen.atMs, 'exposures', 1);
      if (!trials.has(periodOf(seen.record))) trials.set(periodOf(seen.record), seen);
    }
    const converted = new Set(
      this.#credited.filter(({ goal, record }) => goal === record.goal).map(({ record }) => periodOf(record)),
    );
    for (const [period, { record, atMs }] of trials) {
      add(record, atMs, 'trials', 1);
      if (converted.has(period)) add(record, atMs, 'conversions', 1);
    }
    const orders = new Set<string>();
    for (const { record, goal, orderId, valueMinor } of this.#credited) {
      const order = `${record.campaignId} ${goal} ${orderId}`;
      const counted = orderId !== undefined && orders.has(order);
      orders.add(order);
      const trial = trials.get(periodOf(record));
      if (trial && goal === record.goal && !counted) add(trial.record, trial.atMs, 'revenueMinor', valueMinor);
    }
    this.#addLift(add);
    for (const cell of Object.values(sums))
      for (const [field, value] of Object.entries(cell)) if (value === 0) delete cell[field];
    return Object.fromEntries(Object.entries(sums).filter(([, cell]) => Object.keys(cell).length > 0));
  }

  #addLift(add: Add): void {
    for (const record of this.#enrolled.values()) {
      add(record, record.atMs, 'customers', 1);
      const counted = this.#told.filter(
        ({ goal, atMs }) => goal === record.goal && atMs >= record.atMs && atMs <= record.atMs + record.goalWindowMs,
      );
      if (counted.length > 0) add(record, record.atMs, 'convertedCustomers', 1);
      for (const { valueMinor } of counted) add(record, record.atMs, 'customerRevenueMinor', valueMinor);
    }
  }
}

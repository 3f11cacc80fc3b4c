/**
 * A perfect observer: remembers what happened as plain facts and computes every sum from them at the end, by grouping. It shares no
 * code with crediting.
 */
import type { DecisionRecord } from '../../../decisioning/record.ts';
import type { LearningFacts } from '../protocol.ts';
import { namedSumsOf, type ObservedTrial } from './oracle-sums.ts';

interface Told {
  readonly goal: string;
  readonly atMs: number;
  readonly valueMinor: number;
  readonly orderId: string | undefined;
  readonly eventId: string | undefined;
  /** The value is no money. */
  readonly unit?: 'count' | 'ms' | undefined;
}

interface Seen {
  readonly record: DecisionRecord;
  readonly atMs: number;
  readonly learning: LearningFacts | undefined;
}

interface Credited extends Told {
  readonly record: DecisionRecord;
  /** When it counts: not before its decision. */
  readonly creditedAtMs: number;
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
  exposed(record: DecisionRecord, atMs: number, learning?: LearningFacts): void {
    if (!this.#accepts(record)) return;
    this.decided(record);
    this.#see(record, atMs, learning);
  }

  /** A goal that arrived with a token. */
  reached(record: DecisionRecord, told: ToldGoal, learning?: LearningFacts): void {
    if (!this.#accepts(record)) return;
    this.decided(record);
    if (this.#credit(record, told, learning)) this.#tell(told);
  }

  /** A goal that arrived without one. */
  happened(told: ToldGoal): void {
    if (!this.#tell(told)) return;
    for (const campaignId of new Set(this.#made.map((record) => record.campaignId))) {
      const candidates = this.#seen.filter(
        ({ record, atMs, learning }) =>
          record.campaignId === campaignId &&
          atMs <= told.atMs &&
          (record.goal === told.goal
            ? told.atMs <= record.atMs + record.goalWindowMs
            : namesGoal(learning, told.goal) && told.atMs <= record.atMs + told.windowMs),
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

  #see(record: DecisionRecord, atMs: number, learning: LearningFacts | undefined): void {
    if (this.#seen.some((other) => other.record.decisionId === record.decisionId)) return;
    this.#seen.push({ record, atMs: Math.max(atMs, record.atMs), learning });
  }

  #credit(record: DecisionRecord, told: ToldGoal, learning?: LearningFacts): boolean {
    const atMs = Math.max(told.atMs, record.atMs);
    if (atMs > record.expiresAtMs || atMs > record.atMs + told.windowMs) return false;
    const before = this.#credited.filter(
      (other) => other.record.decisionId === record.decisionId && other.goal === told.goal,
    );
    const again = told.orderId === undefined || before.some(({ orderId }) => orderId === told.orderId);
    if (before.length > 0 && again) return false;
    this.#see(record, atMs, learning);
    this.#credited.push({ ...told, record, creditedAtMs: atMs });
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
    for (const { record, goal, valueMinor, unit, again } of this.#ordered()) {
      const trial = trials.get(periodOf(record));
      const money = goal === record.goal && !again && unit === undefined;
      if (trial && money) add(trial.record, trial.atMs, 'revenueMinor', valueMinor);
    }
    this.#addLift(add);
    for (const cell of Object.values(sums))
      for (const [field, value] of Object.entries(cell)) if (value === 0) delete cell[field];
    return Object.fromEntries(Object.entries(sums).filter(([, cell]) => Object.keys(cell).length > 0));
  }

  /** What was credited, and whether the same order was in the campaign's sums before. */
  #ordered(): (Credited & { readonly again: boolean })[] {
    const orders = new Set<string>();
    return this.#credited.map((credited) => {
      const order = `${credited.record.campaignId} ${credited.goal} ${credited.orderId}`;
      const again = credited.orderId !== undefined && orders.has(order);
      orders.add(order);
      return { ...credited, again };
    });
  }

  /** `campaign leaf arm hour` → name → named sums; those that are all zeros are left out. */
  namedSums(): Record<string, Record<string, readonly number[]>> {
    const trials = new Map<string, ObservedTrial>();
    for (const { record, atMs, learning } of this.#seen) {
      const period = periodOf(record);
      if (!trials.has(period)) trials.set(period, { record, atMs, learning, outcomes: [] });
    }
    for (const credited of this.#ordered()) trials.get(periodOf(credited.record))?.outcomes.push(credited);
    return namedSumsOf(
      [...trials.values()],
      ({ record, atMs }) => `${record.campaignId} ${record.leaf} ${record.armId} ${Math.floor(atMs / HOUR_MS)}`,
    );
  }

  #addLift(add: Add): void {
    for (const record of this.#enrolled.values()) {
      add(record, record.atMs, 'customers', 1);
      const counted = this.#told.filter(
        ({ goal, atMs }) => goal === record.goal && atMs >= record.atMs && atMs <= record.atMs + record.goalWindowMs,
      );
      if (counted.length > 0) add(record, record.atMs, 'convertedCustomers', 1);
      for (const { valueMinor, unit } of counted)
        if (unit === undefined) add(record, record.atMs, 'customerRevenueMinor', valueMinor);
    }
  }
}

function namesGoal(learning: LearningFacts | undefined, goal: string): boolean {
  const weights = learning?.reward?.kind === 'composite' ? Object.keys(learning.reward.weights) : [];
  return [...weights, ...(learning?.secondaryGoals ?? [])].includes(goal);
}

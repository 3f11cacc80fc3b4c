/** Facts about one name, and what follows from them by themselves. */
import type { DecisionRecord } from '../../../decisioning/record.ts';

const DAY_MS = 86_400_000;
export const HOLDOUT = 'holdout';

/** A decision, and what was told of it. */
export interface Fact {
  readonly record: DecisionRecord;
  seenAtMs: number | null;
  isTrial: boolean;
  isConverted: boolean;
  readonly orders: string[];
  claim?: string;
}

/** A purchase. */
export interface Told {
  readonly atMs: number;
  readonly orderId: string | undefined;
  readonly eventId: string | undefined;
}

/** That a customer is measured, from when on. */
export interface Enrolment {
  readonly record: DecisionRecord;
  isConverted: boolean;
}

/** One name that an object has; `movedTo` says who they turned out to be. */
export interface Life {
  readonly name: string;
  movedTo: string | null;
  /** When the name ends for whoever has no proof; null while nobody proved anything under it. */
  endsAtMs: number | null;
  erasedAtMs: number | null;
  bucketingId: string;
  facts: Fact[];
  told: Told[];
  enrolments: Map<string, Enrolment>;
  /** Devices that became this customer, with the moment up to which their own decisions had been erased before. */
  readonly taken: Map<string, number>;
}

/** What every purchase brings, minor units. */
export const PRICE = 10;

/** Whether the same purchase was told before. */
export function isTold(life: Life, told: Told): boolean {
  return life.told.some(
    (other) =>
      (told.orderId !== undefined && other.orderId === told.orderId) ||
      (told.eventId !== undefined && other.eventId === told.eventId),
  );
}

/** The trial of a decision's period, if one was seen. */
export function trialOf(life: Life, { campaignId, periodKey }: DecisionRecord): Fact | undefined {
  return life.facts.find(
    ({ isTrial, record }) => isTrial && record.campaignId === campaignId && record.periodKey === periodKey,
  );
}

/** Whether a decision counts against the cap. */
export function isTouch({ record, seenAtMs }: Fact, nowMs: number): boolean {
  if (record.armId === HOLDOUT) return false;
  return seenAtMs === null ? record.claimExpiresAtMs > nowMs : seenAtMs > nowMs - DAY_MS;
}

/** The assignment that survives: the customer's own while it lives, else, where nobody is held out, the latest of a device. */
export function keptOf(facts: readonly Fact[], bucketingId: string, nowMs: number): DecisionRecord | undefined {
  const live = facts.map(({ record }) => record).filter(({ stickyUntilMs }) => stickyUntilMs > nowMs);
  const own = live.filter((record) => record.bucketingId === bucketingId);
  return own.at(-1) ?? live.filter(({ measuresLift }) => !measuresLift).at(-1);
}

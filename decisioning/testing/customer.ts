/** Customers in memory: what decide() asks of them, answered from plain lists. */
import { HOLDOUT_ARM } from '../bandits/allocation.ts';
import type { OpenSlice } from '../catalog/open.ts';
import type { PlacementDecision } from '../decide.ts';
import type { Touch } from '../limits/touches.ts';
import { fatiguePressure } from '../limits/touches.ts';
import { conditionAttributes } from '../request-attributes.ts';
import { type BehaviourRecord, lazyHistory, type OutcomeRecord } from '../segments/counters.ts';
import { subjectResolver } from '../segments/subject.ts';
import type { Assignment, CustomerView } from '../view.ts';
import { touchCounter } from './touch-counter.ts';

/** Everything a test may know of a customer; what is left out is empty. */
export interface TestCustomer {
  readonly bucketingId: string;
  readonly sessionKey?: string;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly timeZone?: string;
  /** Channels that they said yes to. */
  readonly consents?: readonly string[];
  /** Channels the customer said no to. */
  readonly refuses?: readonly string[];
  readonly touches?: readonly Touch[];
  readonly behaviour?: readonly BehaviourRecord[];
  readonly outcomes?: readonly OutcomeRecord[];
  readonly assignments?: Readonly<Record<string, Assignment>>;
}

/** The view of a customer at one moment. */
export function viewOf(customer: TestCustomer, nowMs: number): CustomerView {
  const touches = customer.touches ?? [];
  const attributes = conditionAttributes({
    traits: customer.traits ?? {},
    request: customer.request ?? {},
    nowMs,
    timeZone: customer.timeZone,
    anonymous: true,
  });
  const counters = lazyHistory({
    touches: () =>
      touches
        .filter((touch) => touch.pendingUntilMs === null)
        .map(({ atMs, channel, campaignId }) => ({ at: atMs, channel, campaignId })),
    outcomes: () => customer.outcomes ?? [],
    behaviour: () => customer.behaviour ?? [],
  });
  const assignments = new Map(Object.entries(customer.assignments ?? {}));
  return {
    bucketingId: customer.bucketingId,
    sessionKey: customer.sessionKey ?? 's1',
    resolve: subjectResolver({ attributes, counters, nowMs }),
    touches: touchCounter(touches, nowMs),
    pressure: (weights, halfLifeMs) => fatiguePressure(touches, weights, halfLifeMs, nowMs),
    assignment: (campaignId) => assignments.get(campaignId),
    consents: (channel) =>
      customer.refuses?.includes(channel) ? false : customer.consents?.includes(channel) || undefined,
  };
}

/** A touch of channel `web` that was confirmed at `atMs`. */
export function touchAt(atMs: number, extra: Partial<Touch> = {}): Touch {
  return { campaignId: 'c', channel: 'web', countsTowardGlobal: false, atMs, pendingUntilMs: null, ...extra };
}

/** The customer after a decision: claims are pending (or seen at once) and assignments kept, as their object would. */
export function afterDecisions(
  customer: TestCustomer,
  decisions: readonly PlacementDecision[],
  sliceOf: (placement: string) => OpenSlice | undefined,
  nowMs: number,
  seen: boolean,
): TestCustomer {
  const touches = [...(customer.touches ?? [])];
  const assignments: Record<string, Assignment> = { ...customer.assignments };
  for (const { placement, chosen } of decisions) {
    const slice = sliceOf(placement);
    if (!chosen || !slice) continue;
    const { campaign, armId, leaf, propensityArm, periodKey, stickyUntilMs, sendAtMs = nowMs } = chosen;
    assignments[campaign.id] = { armId, leaf, propensityArm, periodKey, untilMs: stickyUntilMs };
    if (armId === HOLDOUT_ARM) continue;
    const { id: channel, countsTowardGlobal, claimTtlMs } = slice.rules.channel;
    const pendingUntilMs = seen ? null : sendAtMs + claimTtlMs;
    touches.push({ campaignId: campaign.id, channel, countsTowardGlobal, atMs: nowMs, pendingUntilMs });
  }
  return { ...customer, touches, assignments };
}

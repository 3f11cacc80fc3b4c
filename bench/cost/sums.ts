/** What a million decisions cost on the platform's published prices, by kind of campaign. Pure sums: what is measured is passed in. */

/**
 * Dollars a million on the paid plan, beyond what it includes: developers.cloudflare.com/workers/platform/pricing and
 * developers.cloudflare.com/durable-objects/platform/pricing, as they were read in 2026.
 */
export const PRICES = {
  workerRequest: 0.3,
  cpuMs: 0.02,
  objectRequest: 0.15,
  gigabyteSecond: 12.5,
  rowWritten: 1,
} as const;

export const KINDS = ['capped', 'capped_new', 'budgeted', 'uncapped', 'anonymous'] as const;
export type Kind = (typeof KINDS)[number];

/** Of decisions, those that are seen and told; of these, those that reach a goal; each told in a request of its own. */
export const SEEN_SHARE = 0.6;
export const GOAL_SHARE = 0.03;
/** How long an object is active for a call: assumed, not measured. Idle ones are not billed. */
const ACTIVE_SECONDS = 0.005;
const OBJECT_GIGABYTES = 0.128;

/** Rows as `tests/workerd/rows.test.ts` and `durable-objects/budget/cost.test.ts` count them, indexes, alarms and deletions among them. */
export const ROWS = {
  /** A decision that counts against something: stored, and dropped for its age. */
  decision: 1,
  dropped: 1,
  exposure: 4,
  goal: 5,
  /** Of a session's events together. */
  delivered: 2,
  shardDelivery: 1,
  /** Of a claim that is seen: two of the customer's outbox, three of the ledger. */
  paidSeen: 5,
} as const;

interface PerDecision {
  readonly objectRequests: number;
  readonly rows: number;
}

/** What the decision itself costs besides its request and its processor time. */
const DECIDED: Readonly<Record<Kind, PerDecision>> = {
  capped: { objectRequests: 1, rows: ROWS.decision + ROWS.dropped },
  capped_new: { objectRequests: 1, rows: ROWS.decision + ROWS.dropped },
  budgeted: { objectRequests: 1, rows: ROWS.decision + ROWS.dropped + SEEN_SHARE * ROWS.paidSeen },
  // Asked for the customer's consent and segments where the worker did not ask a moment ago. What is seen of it is stored then, and dropped.
  uncapped: { objectRequests: 1, rows: SEEN_SHARE * (ROWS.decision + ROWS.dropped) },
  anonymous: { objectRequests: 0, rows: SEEN_SHARE * (ROWS.decision + ROWS.dropped) },
};

/** Dollars for a million decisions with their feedback, part by part. */
export interface Sum {
  readonly requests: number;
  readonly cpu: number;
  readonly objects: number;
  readonly rows: number;
  readonly duration: number;
  readonly together: number;
}

/**
 * @param decisionCpuMs processor time of a decision of this kind, objects' and worker's together: more than is billed as CPU, since that of objects is
 *   part of their duration
 * @param feedbackCpuMs the same of an event told
 */
export function sumOf(kind: Kind, decisionCpuMs: number, feedbackCpuMs: number): Sum {
  const events = SEEN_SHARE * (1 + GOAL_SHARE);
  const calls = DECIDED[kind].objectRequests + events;
  // Each session's delivery and its alarm, and the shard's.
  const objectRequests = calls + 2 * events;
  const told = SEEN_SHARE * (ROWS.exposure + GOAL_SHARE * ROWS.goal + ROWS.delivered + ROWS.shardDelivery);
  const parts = {
    requests: (1 + events) * PRICES.workerRequest,
    cpu: (decisionCpuMs + events * feedbackCpuMs) * PRICES.cpuMs,
    objects: objectRequests * PRICES.objectRequest,
    rows: (DECIDED[kind].rows + told) * PRICES.rowWritten,
    duration: objectRequests * ACTIVE_SECONDS * OBJECT_GIGABYTES * PRICES.gigabyteSecond,
  };
  return { ...parts, together: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

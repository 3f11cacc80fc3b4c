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

/** Events told of a decision, on average. */
const EVENTS = SEEN_SHARE * (1 + GOAL_SHARE);

/** Rows as `tests/workerd/rows.test.ts` and `durable-objects/budget/cost.test.ts` count them, indexes among them. */
export const ROWS = {
  /** A decision that counts against something: stored, and later forgotten. What leaves no mark has its row when it is seen, which is the exposure's. */
  decision: 1,
  forgotten: 1,
  event: 1,
  /** One alarm for a visit's feedback. */
  alarm: 1,
  /** Of an event at a shard that has a hundred a second: what is allowed; 0.041 to 0.045 were measured (`npm run bench:shards`). */
  shardEvent: 0.06,
  /** Of a claim that is seen: two of the customer's outbox, three of the ledger. */
  paidSeen: 5,
} as const;

interface PerDecision {
  /** Of the decision itself, to the customer's object. */
  readonly decided: number;
  /** Alarms behind what was seen. */
  readonly alarms: number;
  /** Of what was seen, besides its deliveries and what its alarms deliver once more. */
  readonly ledgers: number;
  /** Of the decision itself. */
  readonly rows: number;
}

const MARKED = ROWS.decision + ROWS.forgotten;
const CAPPED: PerDecision = { decided: 1, alarms: 1, ledgers: 0, rows: MARKED };

/** Requests to objects and rows of one decision, by kind. */
const KIND: Readonly<Record<Kind, PerDecision>> = {
  capped: CAPPED,
  capped_new: CAPPED,
  budgeted: { decided: 1, alarms: 2, ledgers: 1, rows: MARKED + SEEN_SHARE * ROWS.paidSeen },
  uncapped: { decided: 0, alarms: 1, ledgers: 0, rows: SEEN_SHARE * ROWS.forgotten },
  // Whoever never comes back has an alarm more: to be forgotten by.
  anonymous: { decided: 0, alarms: 2, ledgers: 0, rows: SEEN_SHARE * ROWS.forgotten },
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
  const { decided, alarms, ledgers, rows } = KIND[kind];
  const delivered = EVENTS + SEEN_SHARE;
  const objectRequests = decided + EVENTS + delivered + SEEN_SHARE * (alarms + ledgers);
  const told = EVENTS * (ROWS.event + ROWS.shardEvent) + SEEN_SHARE * alarms * ROWS.alarm;
  const parts = {
    requests: (1 + EVENTS) * PRICES.workerRequest,
    cpu: (decisionCpuMs + EVENTS * feedbackCpuMs) * PRICES.cpuMs,
    objects: objectRequests * PRICES.objectRequest,
    rows: (rows + told) * PRICES.rowWritten,
    duration: objectRequests * ACTIVE_SECONDS * OBJECT_GIGABYTES * PRICES.gigabyteSecond,
  };
  return { ...parts, together: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

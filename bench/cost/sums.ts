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
/** Of a customer who comes back, all their life: the ten visits that `tests/workerd/rows.test.ts` counts. Assumed. */
export const DECISIONS_A_CUSTOMER = 10;
/** How long an object is active for a call: assumed, not measured. Idle ones are not billed. */
const ACTIVE_SECONDS = 0.005;
const OBJECT_GIGABYTES = 0.128;

/**
 * To objects: the event and its delivery, its alarm and what that delivers. The dearer case: each has an alarm of its own, which finds the object put away
 * and so tells the shard once more.
 */
const REQUESTS_AN_EVENT = 4;

/** Events told of a decision, on average. */
export const EVENTS = SEEN_SHARE * (1 + GOAL_SHARE);

/**
 * Rows as `tests/workerd/rows.test.ts`, `tests/workerd/births.test.ts` and `durable-objects/budget/cost.test.ts` count them, indexes among them. That
 * those of `CREATE TABLE` are billed as workerd reports them is assumed: the dearer case.
 */
export const ROWS = {
  /** A decision that counts against something: stored, and later forgotten. What leaves no mark has its row when it is seen, which is the exposure's. */
  decision: 1,
  forgotten: 1,
  event: 1,
  alarm: 1,
  /** Of an event at a shard that has a hundred a second: what is allowed; 0.041 to 0.045 were measured (`npm run bench:shards`). */
  shardEvent: 0.06,
  /** Of a claim of one ledger: two of the customer's outbox; of the ledger's told, settled (and the accounts with it), forgotten. */
  claim: 6,
  /** Of a claim that is never seen: its decision is written once more. */
  lapsed: 1,
  /** A new object: twelve of its tables, its version, who it is. Not the two where the publisher's sample is asked: a workspace's first thousand customers, and one of each isolate. */
  born: 14,
  /** The ten tables that are made late, all together: with the first claim that is settled. */
  lateTables: 20,
  /** A visitor who is forgotten, besides their decisions: who they were, and three of the outbox's position. */
  tombstone: 4,
} as const;

interface PerDecision {
  /** To the customer's object, of the decision itself. */
  readonly decided: number;
  /** Alarms besides those behind what is told: set, and those of them that ring. */
  readonly alarmsSet: number;
  readonly alarmsRung: number;
  /** Calls of customers to ledgers. */
  readonly ledgers: number;
  /** Of the decision itself. */
  readonly rows: number;
  /** Of objects that come to be, and of visitors who are forgotten. */
  readonly birthRows: number;
}

const MARKED = ROWS.decision + ROWS.forgotten;
const UNSEEN_SHARE = 1 - SEEN_SHARE;
const CAPPED: PerDecision = {
  ...{ decided: 1, alarmsSet: 0, alarmsRung: 0, ledgers: 0 },
  rows: MARKED,
  birthRows: ROWS.born / DECISIONS_A_CUSTOMER,
};

/** Requests to objects and rows of one decision, by kind. */
const KIND: Readonly<Record<Kind, PerDecision>> = {
  capped: CAPPED,
  capped_new: { ...CAPPED, birthRows: ROWS.born },
  budgeted: {
    ...CAPPED,
    // Set with each decision for when its claim lapses; what is seen before has an earlier one in its place.
    alarmsSet: 1,
    alarmsRung: UNSEEN_SHARE,
    ledgers: 1,
    rows: MARKED + ROWS.claim + UNSEEN_SHARE * ROWS.lapsed,
    birthRows: (ROWS.born + ROWS.lateTables) / DECISIONS_A_CUSTOMER,
  },
  // One call an isolate and five seconds: pages are further apart than that.
  uncapped: { ...CAPPED, rows: SEEN_SHARE * ROWS.forgotten },
  // Whoever saw something and never comes back has two alarms more: to be forgotten by, and to be gone by.
  anonymous: {
    decided: 0,
    alarmsSet: 2 * SEEN_SHARE,
    alarmsRung: 2 * SEEN_SHARE,
    ledgers: 0,
    rows: SEEN_SHARE * ROWS.forgotten,
    birthRows: SEEN_SHARE * (ROWS.born + ROWS.tombstone),
  },
};

/** Dollars for a million decisions with their feedback, part by part. */
export interface Sum {
  readonly requests: number;
  readonly cpu: number;
  readonly objects: number;
  /** But for {@link births}. */
  readonly rows: number;
  /** Rows of objects that come to be, and of visitors who are forgotten. */
  readonly births: number;
  readonly duration: number;
  readonly together: number;
}

/**
 * @param decisionCpuMs processor time of a decision of this kind, objects' and worker's together: more than is billed as CPU, since that of objects is
 *   part of their duration
 * @param feedbackCpuMs the same of an event told
 */
export function sumOf(kind: Kind, decisionCpuMs: number, feedbackCpuMs: number): Sum {
  const { decided, alarmsSet, alarmsRung, ledgers, rows, birthRows } = KIND[kind];
  const objectRequests = decided + EVENTS * REQUESTS_AN_EVENT + alarmsRung + ledgers;
  const told = EVENTS * (ROWS.event + ROWS.shardEvent + ROWS.alarm) + alarmsSet * ROWS.alarm;
  const parts = {
    requests: (1 + EVENTS) * PRICES.workerRequest,
    cpu: (decisionCpuMs + EVENTS * feedbackCpuMs) * PRICES.cpuMs,
    objects: objectRequests * PRICES.objectRequest,
    rows: (rows + told) * PRICES.rowWritten,
    births: birthRows * PRICES.rowWritten,
    duration: objectRequests * ACTIVE_SECONDS * OBJECT_GIGABYTES * PRICES.gigabyteSecond,
  };
  return { ...parts, together: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

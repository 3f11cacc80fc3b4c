/**
 * A decision as its row holds it: a list of values in a fixed order, without what the row's own columns tell. Named fields were three times as long, and what
 * is written with each decision is most of what storage does for it.
 */
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { Riding } from './outbox.ts';
import type { StoredDecision, StoredOutcome } from './protocol.ts';

/** A decision with what rides along in its row. */
export interface DecisionRow extends StoredDecision {
  readonly out?: Riding;
  /** Reached goals that were credited to it. */
  readonly reached?: readonly StoredOutcome[];
}

/** What most decisions have none of, by name: what became of them, and what rides along. */
type Named = Omit<DecisionRow, 'record' | 'requestId'> & Pick<DecisionRecord, 'features' | 'sendAtMs' | 'known'>;

type Bit = 0 | 1;
type Packed = readonly [
  workspaceId: string,
  siteId: string,
  /** Null where the decision's id begins with it. */
  customer: string | null,
  /** Null where it is the customer. */
  bucketingId: string | null,
  placement: string,
  campaignId: string,
  armId: string,
  leaf: string,
  goal: string,
  goalWindowMs: number,
  channel: string,
  countsTowardGlobal: Bit,
  /** Times from here on are since the decision's. */
  claimExpiresInMs: number,
  expiresInMs: number,
  propensityCampaign: number,
  propensityArm: number,
  sticky: Bit,
  /** Null where it is the decision's id. */
  periodKey: string | null,
  stickyForMs: number,
  shard: number,
  measuresLift: Bit,
  revision: number,
  requestId: string,
  named: Partial<Named>,
];

/** Where {@link Packed} has what is named: for whoever asks the database. */
export const NAMED_AT = 23;
/** And where it has until when the claim holds, since the decision. */
export const CLAIM_AT = 12;

const bit = (flag: boolean): Bit => (flag ? 1 : 0);

/** Ids of decisions begin with their object's name and a point, and names have none. */
const beginsWith = (decisionId: string, customer: string): boolean =>
  decisionId.startsWith(customer) && decisionId.indexOf('.') === customer.length;

/** What stands in the row's column `decision`, beside `id` and `at_ms`. */
export function packDecision(row: DecisionRow): string {
  const { record } = row;
  const { decisionId, customer, bucketingId, atMs, periodKey } = record;
  const packed: Packed = [
    record.workspaceId,
    record.siteId,
    beginsWith(decisionId, customer) ? null : customer,
    bucketingId === customer ? null : bucketingId,
    record.placement,
    record.campaignId,
    record.armId,
    record.leaf,
    record.goal,
    record.goalWindowMs,
    record.channel,
    bit(record.countsTowardGlobal),
    record.claimExpiresAtMs - atMs,
    record.expiresAtMs - atMs,
    record.propensityCampaign,
    record.propensityArm,
    bit(record.sticky),
    periodKey === decisionId ? null : periodKey,
    record.stickyUntilMs - atMs,
    record.shard,
    bit(record.measuresLift),
    record.revision,
    row.requestId,
    namedOf(row),
  ];
  return JSON.stringify(packed);
}

/** What is as it is of a decision that was just made stands nowhere. */
function namedOf(row: DecisionRow): Partial<Named> {
  const { record } = row;
  // Every field is written out, so that none can be forgotten, and JSON leaves out what is undefined.
  const named: { readonly [K in keyof Required<Named>]: Named[K] | undefined } = {
    exposedAtMs: row.exposedAtMs ?? undefined,
    late: row.late || undefined,
    isTrial: row.isTrial || undefined,
    converted: row.converted || undefined,
    outcomes: row.outcomes.length > 0 ? row.outcomes : undefined,
    claims: row.claims,
    claimedAs: row.claimedAs,
    settled: row.settled,
    dispatchedAtMs: row.dispatchedAtMs,
    learning: row.learning,
    tally: row.tally,
    models: row.models,
    ofNobody: row.ofNobody,
    untaught: row.untaught,
    network: row.network,
    out: row.out,
    reached: row.reached,
    features: record.features,
    sendAtMs: record.sendAtMs,
    known: record.known,
  };
  return named as Partial<Named>;
}

/** @param text as {@link packDecision} wrote it, or as versions before did: the whole decision with names */
export function unpackDecision(decisionId: string, atMs: number, text: string): DecisionRow {
  const told = JSON.parse(text) as Packed | DecisionRow;
  return isPacked(told) ? unpacked(decisionId, atMs, told) : told;
}

const isPacked = (told: Packed | DecisionRow): told is Packed => Array.isArray(told);

function unpacked(decisionId: string, atMs: number, packed: Packed): DecisionRow {
  const [workspaceId, siteId, told, bucketing, placement, campaignId, armId, leaf, goal, goalWindowMs] = packed;
  const [, , , , , , , , , , channel, counts, claimExpiresInMs, expiresInMs, propensityCampaign, propensityArm] =
    packed;
  const [, , , , , , , , , , , , , , , , sticky, period, stickyForMs, shard, measuresLift, revision, requestId, named] =
    packed;
  const { features, sendAtMs, known, ...rest } = named;
  const customer = told ?? decisionId.slice(0, decisionId.indexOf('.'));
  const record: DecisionRecord = {
    ...{ decisionId, workspaceId, siteId, customer, bucketingId: bucketing ?? customer },
    ...{ placement, campaignId, armId, leaf, goal, goalWindowMs, channel, countsTowardGlobal: counts === 1, atMs },
    ...{ claimExpiresAtMs: atMs + claimExpiresInMs, expiresAtMs: atMs + expiresInMs },
    ...{ propensityCampaign, propensityArm, sticky: sticky === 1, periodKey: period ?? decisionId },
    ...{ stickyUntilMs: atMs + stickyForMs, shard, measuresLift: measuresLift === 1, revision },
    ...(features && { features }),
    ...(sendAtMs !== undefined && { sendAtMs }),
    ...(known && { known }),
  };
  const untouched = { exposedAtMs: null, late: false, isTrial: false, converted: false, outcomes: [] };
  return { record, requestId, ...untouched, ...rest };
}

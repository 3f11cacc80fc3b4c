/** How much of one customer is kept, and why no more. */

/** Longest window of any cap, counter or goal: what is older can influence nothing. */
export const RETENTION_MS = 90 * 86_400_000;
/** How long an erased customer is remembered, 90 days and an hour: until the last token of before has expired, and what was received with it has arrived. */
export const TOMBSTONE_MS = 2_161 * 3_600_000;
/** Decisions kept: a visitor with 50 decisions a day for three months. Beyond it the oldest go, and their tokens with them. */
export const MAX_DECISIONS = 5_000;
/** Behaviour events and reached goals kept: counters read each list once a decision, which stays well under a millisecond. */
export const MAX_BEHAVIOUR = 2_000;
export const MAX_OUTCOMES = 1_000;
/** Orders remembered for one (decision, goal): more purchases within one window than any customer makes. */
export const MAX_ORDERS = 100;
/** How long a repeated request id gets the same default answer. */
export const BLANK_LIFE_MS = 86_400_000;
/** Remembered default answers: a day of a request a minute. */
export const MAX_BLANKS = 1_440;
/** Anonymous customers are forgotten after this long without a sign of life, a claim that lapsed among them. */
export const ANONYMOUS_IDLE_MS = 30 * 86_400_000;
/** How long an anonymous customer's visits may go by unwritten, where their decisions leave no mark: a row a day keeps what they refused from being forgotten. */
export const UNWRITTEN_VISITS_MS = 86_400_000;
/** How far what is stored of the last sign of life may lag behind: an hour in thirty days, for one row an hour at most. */
export const SEEN_GRAIN_MS = 3_600_000;
/** How long after somebody proved who they are the anonymous id of before still takes what their other tabs send: as long as a request may be on its way. */
export const ADDRESS_GRACE_MS = 60_000;
/** Receipts that go along when an anonymous customer becomes known: some thousand, well within what one call carries. */
export const MAX_LEGACY_RECEIPT_CHARS = 4 * 1_024 * 1_024;
/** A session ends after this long without a decision. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** How long what an alarm could not deliver waits before the next one tries again. */
export const OUTBOX_BACKSTOP_MS = 10_000;
/**
 * How long after a call the alarm looks whether all it left was delivered, should the object have crashed right behind its answer: reports of
 * one page share it, and evidence counts within seconds of a restart. Less than the ten seconds after which the platform puts an idle object away:
 * mostly the alarm finds it in memory, where it is known that all arrived, and nothing is started, read and told once more.
 */
export const DELIVERY_WAKE_MS = 8_000;
/**
 * What an instance before this one wrote and was not seen to deliver is told once more for so long; its alarm has rung by then. Less than shards
 * recognise a repeat.
 */
export const RETOLD_MS = 86_400_000;
/** Client time is believed this far back. */
export const MAX_CLIENT_AGE_MS = 86_400_000;
/**
 * How long after it lapsed a claim is given back: an exposure that was received in time, by a worker whose clock may be a minute behind,
 * is still on its way.
 */
export const VOID_GRACE_MS = 60_000;
/**
 * Open claims of one ledger with which a customer gets nothing more of it: what a visitor leaves unseen on some pages within the minutes that
 * claims live. Without it one forged visitor could bind all that a ledger has; the placements of one request may add theirs.
 */
export const MAX_OPEN_CLAIMS = 10;
/** How long a ledger may take to answer a settlement before the alarm takes over: one that hangs must not hold up the others. */
export const SETTLE_TIMEOUT_MS = 10_000;

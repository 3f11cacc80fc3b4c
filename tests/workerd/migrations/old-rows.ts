/** Rows as earlier versions of the objects wrote them: one statement for each table and each time that its columns changed. */
import { BUDGET_SCHEMA } from '../../../durable-objects/budget/schema.ts';
import { ROOT_SCHEMA, SHARD_SCHEMA } from '../../../durable-objects/campaign/schema.ts';
import { CUSTOMER_SCHEMA } from '../../../durable-objects/customer/schema.ts';
import { PUBLISHER_SCHEMA } from '../../../durable-objects/publisher/schema.ts';

/** A statement that versions from `since` up to and without `until` used; `until` open where today's code still does. */
interface OldStatement {
  readonly since: number;
  readonly until?: number;
  readonly sql: string;
}

export interface OldKind {
  readonly schema: readonly string[];
  readonly statements: readonly OldStatement[];
}

/** A day on which all of it was written. */
export const AT_MS = 1_790_000_000_000;
const HOUR = Math.floor(AT_MS / 3_600_000);

const record = {
  decisionId: 'd1',
  workspaceId: 'w',
  siteId: 'shop',
  customer: 'ann',
  bucketingId: 'b1',
  placement: 'hero',
  campaignId: 'spring',
  armId: 'a',
  leaf: 'rest',
  goal: 'click',
  goalWindowMs: 86_400_000,
  channel: 'web',
  countsTowardGlobal: true,
  atMs: AT_MS,
  claimExpiresAtMs: AT_MS + 1_800_000,
  expiresAtMs: AT_MS + 7 * 86_400_000,
  propensityCampaign: 1,
  propensityArm: 0.5,
  sticky: false,
  periodKey: 'p1',
  stickyUntilMs: AT_MS,
  shard: 0,
  measuresLift: true,
  revision: 1,
};
const decision = {
  record,
  requestId: 'r1',
  exposedAtMs: AT_MS + 5,
  late: false,
  isTrial: true,
  converted: true,
  outcomes: [{ goal: 'click', atMs: AT_MS + 9, valueMinor: 0, orders: [] }],
};
const enrolment = {
  campaignId: 'spring',
  atMs: AT_MS,
  leaf: 'rest',
  armId: 'enrolled',
  goal: 'click',
  goalWindowMs: 86_400_000,
  shard: 0,
  converted: true,
};
const profile = { traits: { city: 'Bern' }, consent: { channels: { email: true }, purposes: {} } };
const policy = {
  campaignId: 'spring',
  armIds: ['a', 'b'],
  armsKey: 'arms-1',
  leaves: ['rest'],
  strategy: { policy: 'thompson' },
  minExploration: 0.01,
  priors: {},
  holdout: 0,
  shards: 1,
};
/** The ledger's lease must not come to an end while it is looked at. */
const FAR_MS = AT_MS + 1_000 * 86_400_000;
const LEDGER = {
  key: 'pool:spring',
  total: 1_000,
  period: 'once',
  timeZone: 'UTC',
  startsAtMs: null,
  endsAtMs: null,
  pacing: { mode: 'none' },
  alertsAt: [],
  claimLifeMs: 120_000,
};
const json = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`;

const META = `1, 'w', 'ann', 'i1', 'b1', 0, ${AT_MS}, NULL, 0, NULL, 0, ${json(profile)}`;
const OUTBOX = `'spring', 0, 'rest', 'a', ${HOUR}, ${json({ exposures: 1, trials: 1 })}`;
const COUNTS = '7, 5, 2, 900, 11, 3, 1200';
const ROOT = `1, 'w', 'spring', ${json(policy)}, NULL, 6, 5, 8, 8, ${AT_MS}, 0`;

/** A fingerprint and a position, of 64 bits each. */
const BOB_UP_TO_12 = 'a8eb6c47c3bd36430000000000002840';

/** The same of eve, and the block that her event is of. */
const EVE_UP_TO_3 = 'f22c67c4792a3f43000000000000084000000080a556a541';

/** What each kind of object wrote. */
export const OLD_KINDS = {
  CUSTOMER: {
    schema: CUSTOMER_SCHEMA,
    statements: [
      { since: 1, until: 2, sql: `INSERT INTO meta VALUES (${META})` },
      { since: 2, sql: `INSERT INTO meta VALUES (${META}, ${AT_MS + 9})` },
      { since: 1, until: 11, sql: `INSERT INTO decisions VALUES ('d1', ${AT_MS}, ${json(decision)}, NULL)` },
      { since: 11, sql: `INSERT INTO decisions VALUES (1, 'd1', ${AT_MS}, ${json(decision)}, NULL)` },
      { since: 1, sql: `INSERT INTO blanks VALUES ('d0', ${AT_MS - 60_000})` },
      { since: 1, sql: `INSERT INTO behaviour VALUES (1, ${AT_MS}, 'viewed', 500, 'e1')` },
      { since: 1, until: 4, sql: `INSERT INTO outcomes VALUES (1, ${AT_MS + 9}, 'click', 0, NULL, 'e2')` },
      { since: 4, sql: `INSERT INTO outcomes VALUES (1, ${AT_MS + 9}, 'click', 0, NULL, 'e2', NULL)` },
      { since: 1, sql: `INSERT INTO enrolments VALUES ('spring', ${json(enrolment)})` },
      { since: 1, until: 8, sql: `INSERT INTO legacies VALUES ('anon', ${AT_MS})` },
      { since: 8, sql: `INSERT INTO legacies VALUES ('anon', ${AT_MS}, ${AT_MS - 60_000})` },
      {
        since: 1,
        sql: `INSERT INTO outbox (campaign_id, shard, leaf, arm, hour, change, at_ms) VALUES (${OUTBOX}, ${AT_MS + 5})`,
      },
      {
        since: 4,
        sql: `INSERT INTO outbox (campaign_id, shard, leaf, arm, hour, change, sums, at_ms) VALUES (${OUTBOX}, '{"goal:view":[1,0,0,0,1]}', ${AT_MS + 9})`,
      },
      {
        since: 6,
        sql: `INSERT INTO outbox (campaign_id, shard, leaf, arm, hour, change, sums, moments_hour, at_ms) VALUES (${OUTBOX}, '{"linear:f":[1,0,0]}', ${HOUR - 3}, ${AT_MS + 9})`,
      },
      { since: 2, sql: 'INSERT INTO reported VALUES (1)' },
      { since: 3, sql: `INSERT INTO past_touches VALUES ('spring', 'web', 1, 20700, 4, ${AT_MS - 86_400_000})` },
      { since: 5, sql: 'INSERT INTO sampled VALUES (1, 77)' },
      { since: 9, sql: `INSERT INTO address VALUES (1, ${AT_MS + 86_400_000})` },
      { since: 10, sql: "INSERT INTO log_out VALUES (1, '{}')" },
      { since: 7, sql: `INSERT INTO settlements VALUES (1, 'pool:spring', 'd1', 'l1', 3, 'post', ${AT_MS})` },
    ],
  },
  CAMPAIGN_SHARD: {
    schema: SHARD_SCHEMA,
    statements: [
      { since: 1, until: 3, sql: "INSERT INTO shard VALUES (1, 'w', 'spring', 0, 9, 4, 1)" },
      { since: 3, sql: "INSERT INTO shard VALUES (1, 'w', 'spring', 0, 9, 4, 1, 2, 1, 0)" },
      { since: 3, sql: `INSERT INTO commits VALUES (0, 1, '{"acked":4,"cells":[],"vectors":[],"sources":[]}')` },
      { since: 3, sql: `INSERT INTO blocks VALUES (${Math.floor(AT_MS / 10_000) * 1_000}, x'${BOB_UP_TO_12}')` },
      { since: 4, sql: `INSERT INTO late VALUES (${Math.floor(AT_MS / 640_000) * 1_000}, x'${EVE_UP_TO_3}')` },
      { since: 1, sql: "INSERT INTO sources VALUES ('ann:1', 12)" },
      { since: 1, sql: `INSERT INTO cells VALUES ('rest', 'a', ${HOUR}, 9, ${COUNTS})` },
      { since: 2, sql: `INSERT INTO vectors VALUES ('rest', 'a', ${HOUR}, 'goal:view', 3, 8, '[1,2,3]')` },
    ],
  },
  CAMPAIGN_ROOT: {
    schema: ROOT_SCHEMA,
    statements: [
      { since: 1, until: 5, sql: `INSERT INTO root VALUES (${ROOT})` },
      { since: 5, sql: `INSERT INTO root VALUES (${ROOT}, 31)` },
      { since: 6, sql: "INSERT INTO asked VALUES (1, 'r1', 'held')" },
      { since: 7, sql: "INSERT INTO watched_models VALUES ('churn', 3, 0)" },
      { since: 1, sql: `INSERT INTO cells VALUES ('rest', 'a', ${HOUR}, 0, 9, ${COUNTS})` },
      { since: 1, sql: `INSERT INTO totals VALUES ('rest', 'a', ${COUNTS})` },
      { since: 2, sql: `INSERT INTO vectors VALUES ('rest', 'a', ${HOUR}, 'goal:view', 3, 0, 8, '[1,2,3]')` },
      { since: 2, sql: "INSERT INTO vector_totals VALUES ('rest', 'a', 'goal:view', 3, '[1,2,3]')" },
      { since: 3, sql: `INSERT INTO lifecycle VALUES (1, 'learning', ${AT_MS}, 'auto', NULL, 0)` },
      {
        since: 3,
        sql: `INSERT INTO transitions (at_ms, from_phase, to_phase, cause, actor, numbers, alarm) VALUES (${AT_MS}, NULL, 'initialization', 'begun', NULL, '{"trials":0,"leastTrials":0,"leader":"a","pBest":0.5,"expectedLoss":0.1,"width":1}', NULL)`,
      },
      { since: 4, sql: `INSERT INTO watch VALUES (1, ${HOUR}, '{}', ${AT_MS}, NULL)` },
      { since: 4, sql: `INSERT INTO watched_hours VALUES (${HOUR - 1}, 0, '{}')` },
      { since: 4, sql: `INSERT INTO hold VALUES (1, ${AT_MS}, 'person', 'kim', '[]', NULL)` },
      { since: 4, sql: `INSERT INTO left_out VALUES (${HOUR - 9}, ${HOUR - 7})` },
      {
        since: 4,
        sql: `INSERT INTO alerts_out VALUES ('x', '{"id":"x","kind":"feedback_anomaly","subject":"spring","raisedAtMs":${AT_MS},"detail":{}}')`,
      },
    ],
  },
  PUBLISHER: {
    schema: PUBLISHER_SCHEMA,
    statements: [
      { since: 1, sql: `INSERT INTO publisher VALUES (1, 'w', 31, NULL, NULL, ${AT_MS}, 1, NULL)` },
      { since: 1, sql: "INSERT INTO slices VALUES ('h1', 0, x'7b7d')" },
      { since: 1, sql: `INSERT INTO policies VALUES ('spring', ${json(policy)})` },
      { since: 1, sql: "INSERT INTO paused VALUES ('summer')" },
      { since: 1, sql: "INSERT INTO allocations VALUES ('autumn', 4, 30, NULL)" },
      { since: 1, sql: `INSERT INTO tells VALUES ('spring', 31, 0, ${AT_MS})` },
      { since: 1, sql: `INSERT INTO backlog VALUES ('ann', ${AT_MS})` },
      { since: 2, sql: "INSERT INTO sample VALUES ('ann', 55)" },
      { since: 2, sql: 'INSERT INTO sample_threshold VALUES (1, 99)' },
      {
        since: 3,
        sql: `INSERT INTO alerts VALUES ('x', ${AT_MS}, '{"id":"x","kind":"ledger_threshold","subject":"pool:p","raisedAtMs":${AT_MS},"detail":{}}')`,
      },
      { since: 4, sql: `INSERT INTO acknowledged VALUES ('x', ${AT_MS}, 'key_1')` },
    ],
  },
  BUDGET: {
    schema: BUDGET_SCHEMA,
    statements: [
      { since: 1, sql: `INSERT INTO ledger VALUES (1, 'w', 'pool:spring', 3, ${json(LEDGER)})` },
      { since: 1, sql: `INSERT INTO accounts VALUES ('once', 1000, 40, 10, 50, 900, 0, ${AT_MS}, NULL)` },
      {
        since: 1,
        sql: `INSERT INTO leases VALUES ('l1', 'once', 'isolate', 100, 50, 0, 0, 0, ${AT_MS}, 0, ${FAR_MS}, 0)`,
      },
      { since: 1, sql: "INSERT INTO claims VALUES ('l1', 'd1', 40, 'posted'), ('l1', 'd2', 10, 'pending')" },
      { since: 1, sql: `INSERT INTO alerts VALUES ('budget pool:spring once 0.5', 'once', 1, '{}')` },
    ],
  },
} as const satisfies Record<string, OldKind>;

export type KindName = keyof typeof OLD_KINDS;

/** Versions from which objects must come up: all earlier ones, N−1 and N−2 among them. */
export function versionsBefore({ schema }: OldKind): readonly number[] {
  return Array.from({ length: schema.length - 1 }, (_, i) => i + 1);
}

/** What an object of that version wrote. */
export function statementsOf(kind: OldKind, version: number): readonly string[] {
  return kind.statements
    .filter(({ since, until = Number.POSITIVE_INFINITY }) => since <= version && version < until)
    .map(({ sql }) => sql);
}

export type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Rows of before that are not there after, with the values that they had: `table: row`. */
export function lostRows(before: Rows, after: Rows): readonly string[] {
  return Object.entries(before).flatMap(([table, rows]) =>
    table === 'schema_version'
      ? []
      : rows
          .filter((row) => !(after[table] ?? []).some((now) => Object.entries(row).every(([k, v]) => same(now[k], v))))
          .map((row) => `${table}: ${JSON.stringify(row)}`),
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

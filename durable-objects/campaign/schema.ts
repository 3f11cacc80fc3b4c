/** Tables of a campaign's shards and of its root. Append-only: a change of the tables is a new step at the end. */

/**
 * A shard. `cells` are cumulative sums; `changed_seq` marks what the root has not acknowledged (above `acked_seq`), so that there is
 * no second table to keep in step. `commits` are deliveries that are not in the other tables yet, `blocks` and `late` say which were counted. `sources` is that
 * for senders who do not tell times, as all were before group commit: one row of some 60 bytes per customer, for ever.
 */
export const SHARD_SCHEMA: readonly string[] = [
  `CREATE TABLE shard (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    workspace_id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    shard INTEGER NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    acked_seq INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE sources (source TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE cells (
    leaf TEXT NOT NULL,
    arm TEXT NOT NULL,
    hour INTEGER NOT NULL,
    changed_seq INTEGER NOT NULL,
    exposures INTEGER NOT NULL CHECK (abs(exposures) <= 9007199254740991),
    trials INTEGER NOT NULL CHECK (abs(trials) <= 9007199254740991),
    conversions INTEGER NOT NULL CHECK (abs(conversions) <= 9007199254740991),
    revenue_minor INTEGER NOT NULL CHECK (abs(revenue_minor) <= 9007199254740991),
    customers INTEGER NOT NULL CHECK (abs(customers) <= 9007199254740991),
    converted_customers INTEGER NOT NULL CHECK (abs(converted_customers) <= 9007199254740991),
    customer_revenue_minor INTEGER NOT NULL CHECK (abs(customer_revenue_minor) <= 9007199254740991),
    PRIMARY KEY (leaf, arm, hour)
  ) WITHOUT ROWID;
  CREATE INDEX cells_changed ON cells (changed_seq);`,
  // Named sums: `sums` is a JSON list of `length` integers. The length is in the key, so that one that differs is kept beside the others.
  `CREATE TABLE vectors (
    leaf TEXT NOT NULL,
    arm TEXT NOT NULL,
    hour INTEGER NOT NULL,
    name TEXT NOT NULL,
    length INTEGER NOT NULL,
    changed_seq INTEGER NOT NULL,
    sums TEXT NOT NULL,
    PRIMARY KEY (leaf, arm, hour, name, length)
  ) WITHOUT ROWID;
  CREATE INDEX vectors_changed ON vectors (changed_seq, length);`,
  // Group commit. `commits` is written over and over: rows of this `epoch` are what the tables do not hold yet. `blocks`: see blocks.ts.
  `ALTER TABLE shard ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE shard ADD COLUMN kept_sources INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE shard ADD COLUMN from_block INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE commits (slot INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE blocks (id INTEGER PRIMARY KEY, sources BLOB NOT NULL);`,
  // What `blocks` will hold once there is more of it, by ten minutes: see blocks.ts.
  'CREATE TABLE late (id INTEGER PRIMARY KEY, sources BLOB NOT NULL);',
  // Which trials of each network were learned from, a row for each UTC day: see networks.ts.
  'CREATE TABLE networks (day INTEGER PRIMARY KEY, is_whole INTEGER NOT NULL, trials BLOB NOT NULL);',
];

/**
 * A root. `cells` is what each shard last reported; `totals` is the sum of `cells` over shards and hours, kept in step by the same
 * transaction, so that computing an allocation reads one row per leaf and arm however long the campaign has run.
 */
export const ROOT_SCHEMA: readonly string[] = [
  `CREATE TABLE root (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    workspace_id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    policy TEXT,
    allocation TEXT,
    version INTEGER NOT NULL DEFAULT 0,
    published_version INTEGER NOT NULL DEFAULT 0,
    wanted_seq INTEGER NOT NULL DEFAULT 0,
    settled_seq INTEGER NOT NULL DEFAULT 0,
    computed_at_ms INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE cells (
    leaf TEXT NOT NULL,
    arm TEXT NOT NULL,
    hour INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    exposures INTEGER NOT NULL,
    trials INTEGER NOT NULL,
    conversions INTEGER NOT NULL,
    revenue_minor INTEGER NOT NULL,
    customers INTEGER NOT NULL,
    converted_customers INTEGER NOT NULL,
    customer_revenue_minor INTEGER NOT NULL,
    PRIMARY KEY (leaf, arm, hour, shard)
  ) WITHOUT ROWID;
  CREATE TABLE totals (
    leaf TEXT NOT NULL,
    arm TEXT NOT NULL,
    exposures INTEGER NOT NULL CHECK (abs(exposures) <= 9007199254740991),
    trials INTEGER NOT NULL CHECK (abs(trials) <= 9007199254740991),
    conversions INTEGER NOT NULL CHECK (abs(conversions) <= 9007199254740991),
    revenue_minor INTEGER NOT NULL CHECK (abs(revenue_minor) <= 9007199254740991),
    customers INTEGER NOT NULL CHECK (abs(customers) <= 9007199254740991),
    converted_customers INTEGER NOT NULL CHECK (abs(converted_customers) <= 9007199254740991),
    customer_revenue_minor INTEGER NOT NULL CHECK (abs(customer_revenue_minor) <= 9007199254740991),
    PRIMARY KEY (leaf, arm)
  ) WITHOUT ROWID;`,
  // Named sums, as `cells` and `totals` are: what each shard last reported, and the sum of that over shards and hours.
  `CREATE TABLE vectors (
    leaf TEXT NOT NULL,
    arm TEXT NOT NULL,
    hour INTEGER NOT NULL,
    name TEXT NOT NULL,
    length INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sums TEXT NOT NULL,
    PRIMARY KEY (leaf, arm, hour, name, length, shard)
  ) WITHOUT ROWID;
  CREATE TABLE vector_totals (
    leaf TEXT NOT NULL,
    arm TEXT NOT NULL,
    name TEXT NOT NULL,
    length INTEGER NOT NULL,
    sums TEXT NOT NULL,
    PRIMARY KEY (leaf, arm, name, length)
  ) WITHOUT ROWID;`,
  // The phase of a campaign that has any, and how it came there. `checked_hour`: up to where changes of rates were looked for.
  `CREATE TABLE lifecycle (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    phase TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    mode TEXT NOT NULL DEFAULT 'auto',
    evidence_since_ms INTEGER,
    checked_hour INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE transitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    from_phase TEXT,
    to_phase TEXT NOT NULL,
    cause TEXT NOT NULL,
    actor TEXT,
    numbers TEXT NOT NULL,
    alarm TEXT
  );`,
  // What arrived of a watched campaign by the hour, a hold of its learning, hours that nothing is learned from, alerts on their way.
  `CREATE TABLE watch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    hour INTEGER NOT NULL,
    before TEXT NOT NULL,
    looked_at_ms INTEGER NOT NULL DEFAULT 0,
    good TEXT
  );
  CREATE TABLE watched_hours (hour INTEGER PRIMARY KEY, odd INTEGER NOT NULL, parts TEXT NOT NULL);
  CREATE TABLE hold (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    since_ms INTEGER NOT NULL,
    cause TEXT NOT NULL,
    actor TEXT,
    anomalies TEXT NOT NULL,
    good TEXT
  );
  CREATE TABLE left_out (from_hour INTEGER PRIMARY KEY, until_hour INTEGER NOT NULL);
  CREATE TABLE alerts_out (id TEXT PRIMARY KEY, body TEXT NOT NULL);`,
  // The publisher's sequence number as of which `policy` is the published one; null where that was never told.
  'ALTER TABLE root ADD COLUMN policy_seq INTEGER;',
  // What people asked, in the order in which it was done.
  'CREATE TABLE asked (id INTEGER PRIMARY KEY AUTOINCREMENT, request_id TEXT NOT NULL UNIQUE, outcome TEXT NOT NULL);',
  // Versions of models that scored this campaign's trials; `since_hour`: from when on they are judged again after they were called back.
  `CREATE TABLE watched_models (
    model TEXT NOT NULL,
    version INTEGER NOT NULL,
    since_hour INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (model, version)
  ) WITHOUT ROWID;`,
];

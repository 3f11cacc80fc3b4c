/** The tables of a customer's object. Append only: each entry is applied once, in order. */
export const CUSTOMER_SCHEMA: readonly string[] = [
  `CREATE TABLE meta (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     workspace_id TEXT NOT NULL,
     name TEXT NOT NULL,
     incarnation TEXT NOT NULL,
     bucketing_id TEXT NOT NULL,
     anonymous INTEGER NOT NULL,
     created_at_ms INTEGER NOT NULL,
     erased_at_ms INTEGER,
     forgotten_until_ms INTEGER NOT NULL DEFAULT 0,
     forward_to TEXT,
     legacy_taken INTEGER NOT NULL DEFAULT 0,
     profile TEXT NOT NULL
   );
   CREATE TABLE decisions (
     id TEXT PRIMARY KEY,
     at_ms INTEGER NOT NULL,
     decision TEXT NOT NULL,
     receipt TEXT
   ) WITHOUT ROWID;
   CREATE TABLE blanks (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE behaviour (seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, name TEXT NOT NULL, value_minor INTEGER NOT NULL, event_id TEXT);
   CREATE TABLE outcomes (seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, goal TEXT NOT NULL, value_minor INTEGER NOT NULL, order_id TEXT, event_id TEXT);
   CREATE TABLE enrolments (campaign_id TEXT PRIMARY KEY, enrolment TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE legacies (from_name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE outbox (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     campaign_id TEXT NOT NULL,
     shard INTEGER NOT NULL,
     leaf TEXT NOT NULL,
     arm TEXT NOT NULL,
     hour INTEGER NOT NULL,
     change TEXT NOT NULL,
     at_ms INTEGER NOT NULL
   );`,
  `ALTER TABLE meta ADD COLUMN last_at_ms INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE reported (id INTEGER PRIMARY KEY CHECK (id = 1));`,
  `CREATE TABLE past_touches (
     campaign_id TEXT NOT NULL,
     channel TEXT NOT NULL,
     counts_toward_global INTEGER NOT NULL,
     day INTEGER NOT NULL,
     count INTEGER NOT NULL,
     at_ms INTEGER NOT NULL,
     PRIMARY KEY (campaign_id, channel, counts_toward_global, day)
   ) WITHOUT ROWID;`,
  `ALTER TABLE outbox ADD COLUMN sums TEXT;
   ALTER TABLE outcomes ADD COLUMN unit TEXT;`,
  `CREATE TABLE sampled (id INTEGER PRIMARY KEY CHECK (id = 1), heard INTEGER NOT NULL);`,
  'ALTER TABLE outbox ADD COLUMN moments_hour INTEGER;',
  // No counter of its own: a row is gone once its ledger has it, and ledgers go by decision and lease, not by order.
  `CREATE TABLE settlements (
     seq INTEGER PRIMARY KEY,
     ledger TEXT NOT NULL,
     decision_id TEXT NOT NULL,
     lease_id TEXT NOT NULL,
     units INTEGER NOT NULL,
     kind TEXT NOT NULL CHECK (kind IN ('post', 'void')),
     at_ms INTEGER NOT NULL
   );`,
  'ALTER TABLE legacies ADD COLUMN void_until_ms INTEGER NOT NULL DEFAULT 0;',
  // Not a column of meta: versions before this one write all of its columns by their number.
  'CREATE TABLE address (id INTEGER PRIMARY KEY CHECK (id = 1), ends_at_ms INTEGER NOT NULL);',
  // Lines of the decision log that its queue does not have yet.
  'CREATE TABLE log_out (seq INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL);',
  // In the order that they are written, and found by their place in memory: under their ids, which are random, each went to a page and an overflow page of its own.
  `ALTER TABLE decisions RENAME TO decisions_by_id;
   CREATE TABLE decisions (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at_ms INTEGER NOT NULL, decision TEXT NOT NULL, receipt TEXT);
   INSERT INTO decisions (id, at_ms, decision, receipt) SELECT id, at_ms, decision, receipt FROM decisions_by_id ORDER BY at_ms, id;
   DROP TABLE decisions_by_id;`,
  'ALTER TABLE outbox ADD COLUMN trial TEXT;',
];

/**
 * What an object that is born has, as all of the steps lead to it: what a customer who comes once leaves. The others are in {@link LATE_TABLES}; a test
 * compares both with the steps.
 */
export const FIRST_TABLES = `
  CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    workspace_id TEXT NOT NULL,
    name TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    bucketing_id TEXT NOT NULL,
    anonymous INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    erased_at_ms INTEGER,
    forgotten_until_ms INTEGER NOT NULL DEFAULT 0,
    forward_to TEXT,
    legacy_taken INTEGER NOT NULL DEFAULT 0,
    profile TEXT NOT NULL,
    last_at_ms INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE decisions (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at_ms INTEGER NOT NULL, decision TEXT NOT NULL, receipt TEXT);
  CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign_id TEXT NOT NULL,
    shard INTEGER NOT NULL,
    leaf TEXT NOT NULL,
    arm TEXT NOT NULL,
    hour INTEGER NOT NULL,
    change TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    sums TEXT,
    moments_hour INTEGER,
    trial TEXT
  );
  CREATE TABLE sampled (id INTEGER PRIMARY KEY CHECK (id = 1), heard INTEGER NOT NULL);
`;

/**
 * Those that most customers never need: made all at once when a statement first names one of them (`tables.ts`). A step that alters one of them makes it
 * first, as it was until then: `CREATE TABLE IF NOT EXISTS`.
 */
export const LATE_TABLES = `
  CREATE TABLE blanks (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE behaviour (seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, name TEXT NOT NULL, value_minor INTEGER NOT NULL, event_id TEXT);
  CREATE TABLE outcomes (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, goal TEXT NOT NULL, value_minor INTEGER NOT NULL, order_id TEXT, event_id TEXT, unit TEXT
  );
  CREATE TABLE enrolments (campaign_id TEXT PRIMARY KEY, enrolment TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE legacies (from_name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, void_until_ms INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  CREATE TABLE reported (id INTEGER PRIMARY KEY CHECK (id = 1));
  CREATE TABLE past_touches (
    campaign_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    counts_toward_global INTEGER NOT NULL,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, channel, counts_toward_global, day)
  ) WITHOUT ROWID;
  CREATE TABLE settlements (
    seq INTEGER PRIMARY KEY,
    ledger TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    lease_id TEXT NOT NULL,
    units INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('post', 'void')),
    at_ms INTEGER NOT NULL
  );
  CREATE TABLE address (id INTEGER PRIMARY KEY CHECK (id = 1), ends_at_ms INTEGER NOT NULL);
  CREATE TABLE log_out (seq INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL);
`;

/** Tables of a workspace's publisher. Append-only: a change of the tables is a new step at the end. */

/**
 * `slices` holds each body in chunks, since a row holds at most 2 MB, and keeps it for ever: receipts name it by its hash.
 * `allocations` keeps a row, without a body, of a campaign that is gone, so that its versions go on growing if it comes back.
 */
export const PUBLISHER_SCHEMA: readonly string[] = [
  `CREATE TABLE publisher (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    workspace_id TEXT NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    revision INTEGER,
    manifest TEXT,
    published_at_ms INTEGER,
    kill_switch INTEGER NOT NULL DEFAULT 0,
    newest_allocation_at_ms INTEGER
  );
  CREATE TABLE slices (hash TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (hash, part));
  CREATE TABLE policies (campaign_id TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE paused (campaign_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE allocations (campaign_id TEXT PRIMARY KEY, version INTEGER NOT NULL, seq INTEGER NOT NULL, body TEXT);
  CREATE INDEX allocations_seq ON allocations (seq);
  CREATE TABLE tells (
    campaign_id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE backlog (customer TEXT PRIMARY KEY, oldest_at_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX backlog_oldest ON backlog (oldest_at_ms);`,
  `CREATE TABLE sample (name TEXT PRIMARY KEY, rank INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX sample_rank ON sample (rank);
  CREATE TABLE sample_threshold (id INTEGER PRIMARY KEY CHECK (id = 1), below INTEGER NOT NULL);`,
  `CREATE TABLE alerts (id TEXT PRIMARY KEY, raised_at_ms INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX alerts_raised ON alerts (raised_at_ms);`,
  `CREATE TABLE acknowledged (alert_id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL) WITHOUT ROWID;`,
  `CREATE TABLE models (model_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE models_called_back (
    model_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (model_id, version)
  ) WITHOUT ROWID;`,
];

/** Tables of a ledger's object. Append-only: a change of the tables is a new step at the end. */

/**
 * `accounts` is the ledger, one row for each period. There is no journal beside it: a row of `leases` says what of a slice nobody has
 * told of yet (`held`), a row of `claims` what became of each claim, and leased = Σ held, pending = Σ pending claims and posted =
 * Σ posted ones, row by row, for as long as they are kept. A journal would double the rows that a claim writes and say the same.
 *
 * `claims` are found and forgotten by lease, hence the order of the key. `leases_due` finds what time has to do next.
 */
export const BUDGET_SCHEMA: readonly string[] = [
  `CREATE TABLE ledger (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    workspace_id TEXT NOT NULL,
    key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    spec TEXT
  );
  CREATE TABLE accounts (
    period TEXT PRIMARY KEY,
    total INTEGER NOT NULL CHECK (total BETWEEN 0 AND 9007199254740991),
    posted INTEGER NOT NULL CHECK (posted >= 0),
    pending INTEGER NOT NULL CHECK (pending >= 0),
    leased INTEGER NOT NULL CHECK (leased >= 0),
    remaining INTEGER NOT NULL CHECK (remaining >= 0),
    uncharged INTEGER NOT NULL DEFAULT 0 CHECK (uncharged >= 0),
    at_ms INTEGER NOT NULL,
    pace TEXT,
    CHECK (posted + pending + leased + remaining = total)
  ) WITHOUT ROWID;
  CREATE TABLE leases (
    lease_id TEXT PRIMARY KEY,
    period TEXT NOT NULL,
    holder TEXT NOT NULL,
    units INTEGER NOT NULL,
    held INTEGER NOT NULL CHECK (held BETWEEN 0 AND units),
    returned INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0),
    done INTEGER NOT NULL DEFAULT 0,
    price REAL NOT NULL DEFAULT 0,
    use_before_ms INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL,
    extended INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX leases_due ON leases (stage, due_at_ms);
  CREATE TABLE claims (
    lease_id TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    units INTEGER NOT NULL CHECK (units > 0),
    state TEXT NOT NULL CHECK (state IN ('pending', 'posted', 'voided', 'released', 'uncharged')),
    PRIMARY KEY (lease_id, decision_id)
  ) WITHOUT ROWID;
  CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    period TEXT NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
  ) WITHOUT ROWID;`,
  // Asked with every call; there are none nearly always.
  'CREATE INDEX alerts_untaken ON alerts (period) WHERE taken = 0;',
];

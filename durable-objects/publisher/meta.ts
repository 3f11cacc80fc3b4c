/** The publisher's one row: whose it is, and the sequence number by which its readers know what is new. */

/** The publisher's row, or what it says before the first call that names the workspace. */
export interface PublisherMeta {
  readonly workspaceId: string | null;
  readonly seq: number;
  readonly revision: number | null;
  /** JSON of the active manifest. */
  readonly manifest: string | null;
  readonly publishedAtMs: number | null;
  readonly killSwitch: boolean;
  readonly newestAllocationAtMs: number | null;
}

type MetaRow = Omit<PublisherMeta, 'killSwitch'> & { killSwitch: number };

/** Reads the row. */
export function readMeta(sql: SqlStorage): PublisherMeta {
  const row = sql
    .exec<MetaRow & Record<string, SqlStorageValue>>(
      `SELECT workspace_id AS workspaceId, seq, revision, manifest, published_at_ms AS publishedAtMs, kill_switch AS killSwitch,
         newest_allocation_at_ms AS newestAllocationAtMs FROM publisher`,
    )
    .toArray()[0];
  if (!row) {
    return {
      workspaceId: null,
      seq: 0,
      revision: null,
      manifest: null,
      publishedAtMs: null,
      killSwitch: false,
      newestAllocationAtMs: null,
    };
  }
  return { ...row, killSwitch: row.killSwitch === 1 };
}

/**
 * Stores whose publisher this is at the first call, and compares at the others.
 *
 * @throws RangeError when a call meant for another workspace reached this object
 */
export function introduce(sql: SqlStorage, workspaceId: string): void {
  sql.exec('INSERT INTO publisher (id, workspace_id) VALUES (1, ?) ON CONFLICT (id) DO NOTHING', workspaceId);
  if (readMeta(sql).workspaceId !== workspaceId) throw new RangeError('publisher: another workspace’s call');
}

/** The next sequence number, taken: whatever the caller's transaction changes carries it. */
export function nextSeq(sql: SqlStorage): number {
  sql.exec('UPDATE publisher SET seq = seq + 1');
  return readMeta(sql).seq;
}

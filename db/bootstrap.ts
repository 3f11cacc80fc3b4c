/** The first rows of a workspace, as SQL for `wrangler d1 execute`: it exists before there is a key to create it with. */
import { residencyOf } from '../contract/residency.ts';
import { sqlText } from './sql-text.ts';

/** A key that was made elsewhere: only its hash comes here. */
export interface BootstrapKey {
  readonly id: string;
  readonly type: 'publishable' | 'secret';
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  /** First characters of the key. */
  readonly hint: string;
}

export interface Bootstrap {
  /** As `workspaceIdOf` makes it: it carries the residency. */
  readonly workspaceId: string;
  readonly name: string;
  /** Random; salts every assignment of customers to groups. */
  readonly salt: string;
  readonly nowMs: number;
  /** The first site, as its document is written (contract `site`). */
  readonly site: { readonly id: string } & Readonly<Record<string, unknown>>;
  readonly keys: readonly BootstrapKey[];
}

function insert(table: string, row: Readonly<Record<string, string | number>>): string {
  const values = Object.values(row).map((value) => (typeof value === 'number' ? String(value) : sqlText(value)));
  return `INSERT OR IGNORE INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${values.join(', ')})`;
}

/** Statements without a semicolon, in order. Rows that are there already stay as they are: a second run changes nothing. */
export function bootstrapSql(bootstrap: Bootstrap): string[] {
  const { workspaceId: workspace_id, nowMs, site } = bootstrap;
  const document = { workspace_id, kind: 'site', id: site.id, version: 1 };
  return [
    insert('workspaces', {
      id: workspace_id,
      name: bootstrap.name,
      residency: residencyOf(workspace_id),
      salt: bootstrap.salt,
      created_at: nowMs,
    }),
    insert('documents', { ...document, body: JSON.stringify(site), created_at: nowMs, created_by: 'bootstrap' }),
    insert('drafts', { ...document, updated_at: nowMs }),
    ...bootstrap.keys.map((key) =>
      insert('keys', {
        id: key.id,
        workspace_id,
        site_id: site.id,
        type: key.type,
        name: key.name,
        hash: key.hash,
        hint: key.hint,
        created_at: nowMs,
      }),
    ),
  ];
}

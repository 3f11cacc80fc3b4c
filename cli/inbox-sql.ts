/** SQL for `wrangler d1 execute`, which loads pushes into `config_inbox` where a cron job finds them. */

/** D1 takes statements of up to 100 KB. */
export const MAX_STATEMENT_BYTES = 100_000;

/** A string as an SQL literal: quotes doubled. JSON text carries no raw control characters, other text must not. */
export function sqlText(text: string): string {
  if (text.includes('\0')) throw new RangeError('SQL text cannot hold a NUL character');
  return `'${text.replaceAll("'", "''")}'`;
}

/** The statement that puts one push (the body of `POST /v1/push`) into a workspace's inbox. */
export function inboxStatement(workspaceId: string, body: string): string {
  // The database's clock: the file may be loaded long after it was written.
  const nowMs = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
  return `INSERT INTO config_inbox (workspace_id, received_at, document) VALUES (${sqlText(workspaceId)}, ${nowMs}, ${sqlText(body)});`;
}

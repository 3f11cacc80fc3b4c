/** SQL for `wrangler d1 execute`: pushes go into `config_inbox`, where a cron job finds them. */

import { sqlText } from '../db/sql-text.ts';

/** D1 takes statements of up to 100 KB. */
export const MAX_STATEMENT_BYTES = 100_000;

/** The statement that puts one push (the body of `POST /v1/push`) into a workspace's inbox. */
export function inboxStatement(workspaceId: string, body: string): string {
  // The database's clock: the file may be loaded long after it was written.
  const nowMs = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
  return `INSERT INTO config_inbox (workspace_id, received_at, document) VALUES (${sqlText(workspaceId)}, ${nowMs}, ${sqlText(body)});`;
}

/** The two commands that load a file of SQL, each with the database it means. */
export function howToLoad(file: string): string {
  const load = (where: string) => `npx wrangler d1 execute hyperedge ${where} --file ${file}\n`;
  return `  on this machine   ${load('--local')}  in a deployment   ${load('--remote')}`;
}

/** Pushes that were written straight into the database. */
import { asc, isNull } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { configInbox } from '../schema.ts';
import type { AuditRecord } from './audit.ts';

export type InboxRow = typeof configInbox.$inferSelect;
export type InboxOutcome = NonNullable<InboxRow['outcome']>;

/** Pushes that wait, oldest first. */
export async function waitingPushes(db: Database, limit: number): Promise<InboxRow[]> {
  return db.select().from(configInbox).where(isNull(configInbox.processedAt)).orderBy(asc(configInbox.id)).limit(limit);
}

/**
 * Notes what became of a push; it is never looked at again. `audit` is written with it, once, whoever else takes the same push; rows of
 * workspaces that do not exist have no audit to stand in.
 */
export async function settlePush(
  db: Database,
  row: Pick<InboxRow, 'id' | 'workspaceId'>,
  settled: { readonly outcome: InboxOutcome; readonly detail: string; readonly processedAt: number },
  audit?: AuditRecord,
): Promise<void> {
  const d1 = db.$client;
  const statements: D1PreparedStatement[] = [];
  if (audit) {
    const { at, actor, action, kind, subject, changes } = audit;
    statements.push(
      d1
        .prepare(
          `INSERT INTO audit (workspace_id, at, actor, action, kind, subject, changes)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
           WHERE EXISTS (SELECT 1 FROM workspaces WHERE id = ?1)
           AND EXISTS (SELECT 1 FROM config_inbox WHERE id = ?8 AND processed_at IS NULL)`,
        )
        .bind(row.workspaceId, at, actor, action, kind, subject, changes, row.id),
    );
  }
  statements.push(
    d1
      .prepare(
        'UPDATE config_inbox SET processed_at = ?, outcome = ?, detail = ? WHERE id = ? AND processed_at IS NULL',
      )
      .bind(settled.processedAt, settled.outcome, settled.detail, row.id),
  );
  await d1.batch(statements);
}

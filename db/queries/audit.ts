import { and, desc, eq, lt } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { audit } from '../schema.ts';

/** The part of an audit row that its writer brings. */
export interface AuditNote {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  /** JSON list of `{path, before?, after?}`. */
  readonly changes: string;
}

/** An audit row with what it is about. */
export interface AuditRecord extends AuditNote {
  readonly kind: string;
  readonly subject: string;
}

export type AuditRow = typeof audit.$inferSelect;

/** The statement that writes a row, for a batch. */
export function auditInsert(d1: D1Database, workspaceId: string, record: AuditRecord): D1PreparedStatement {
  return d1
    .prepare('INSERT INTO audit (workspace_id, at, actor, action, kind, subject, changes) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .bind(workspaceId, record.at, record.actor, record.action, record.kind, record.subject, record.changes);
}

/** Newest first, those before `before` (an id); at most `limit`. */
export async function listAudit(db: Database, workspaceId: string, before: number, limit: number): Promise<AuditRow[]> {
  return db
    .select()
    .from(audit)
    .where(and(eq(audit.workspaceId, workspaceId), lt(audit.id, before)))
    .orderBy(desc(audit.id))
    .limit(limit);
}

/** Pushes that were written straight into the database. */
import { asc, eq, isNull } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { configInbox } from '../schema.ts';

export type InboxRow = typeof configInbox.$inferSelect;
export type InboxOutcome = NonNullable<InboxRow['outcome']>;

/** Pushes that wait, oldest first. */
export async function waitingPushes(db: Database, limit: number): Promise<InboxRow[]> {
  return db.select().from(configInbox).where(isNull(configInbox.processedAt)).orderBy(asc(configInbox.id)).limit(limit);
}

/** Notes what became of a push; it is never looked at again. */
export async function settlePush(
  db: Database,
  id: number,
  outcome: InboxOutcome,
  detail: string,
  processedAt: number,
): Promise<void> {
  await db.update(configInbox).set({ processedAt, outcome, detail }).where(eq(configInbox.id, id));
}

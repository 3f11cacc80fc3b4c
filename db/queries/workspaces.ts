import { asc, eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { workspaces } from '../schema.ts';

export type WorkspaceRow = typeof workspaces.$inferSelect;

/** Workspaces of one deployment that a sweep (health, cron) looks at in one run. */
export const MAX_LISTED_WORKSPACES = 1_000;

/** All workspaces by id, at most `limit`. */
export async function listWorkspaces(db: Database, limit: number = MAX_LISTED_WORKSPACES): Promise<WorkspaceRow[]> {
  return db.select().from(workspaces).orderBy(asc(workspaces.id)).limit(Math.min(limit, MAX_LISTED_WORKSPACES));
}

/** One workspace by its id. */
export async function findWorkspace(db: Database, id: string): Promise<WorkspaceRow | undefined> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, id)).limit(1);
  return row;
}

/** Trainings that were asked for; one is open per model. */
import { and, desc, eq, gte, inArray, lt, ne } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { trainingJobs } from '../schema.ts';

export type TrainingJobRow = typeof trainingJobs.$inferSelect;

/** Who asks, and gives up what lapsed. */
const WATCH = 'watch';

/** Jobs of a workspace that are listed, the newest first: a year of all its models. */
export const MAX_LISTED_JOBS = 100;

/** Asks for a training unless one is open. @returns whether it was asked now */
export async function askTraining(
  db: Database,
  row: Pick<TrainingJobRow, 'workspaceId' | 'modelId' | 'version' | 'cause' | 'detail' | 'askedAt'>,
): Promise<boolean> {
  const done = await db
    .insert(trainingJobs)
    .values({ ...row, state: 'asked', changedAt: row.askedAt, changedBy: WATCH })
    .onConflictDoNothing()
    .returning({ id: trainingJobs.id });
  return done.length > 0;
}

/** Gives up trainings that somebody took and never told of again since a moment. @returns how many */
export async function lapseJobs(
  db: Database,
  workspaceId: string,
  { takenBefore, nowMs, note }: { takenBefore: number; nowMs: number; note: string },
): Promise<number> {
  const done = await db
    .update(trainingJobs)
    .set({ state: 'failed', changedAt: nowMs, changedBy: WATCH, note })
    .where(
      and(
        eq(trainingJobs.workspaceId, workspaceId),
        eq(trainingJobs.state, 'running'),
        lt(trainingJobs.changedAt, takenBefore),
      ),
    )
    .returning({ id: trainingJobs.id });
  return done.length;
}

/** Models of which a training ended since a moment, done or given up; one that lapsed is none of them: nobody looked at it. */
export async function listEndedSince(db: Database, workspaceId: string, since: number): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ modelId: trainingJobs.modelId })
    .from(trainingJobs)
    .where(
      and(
        eq(trainingJobs.workspaceId, workspaceId),
        inArray(trainingJobs.state, ['done', 'failed']),
        ne(trainingJobs.changedBy, WATCH),
        gte(trainingJobs.changedAt, since),
      ),
    );
  return new Set(rows.map(({ modelId }) => modelId));
}

/** The newest jobs of a workspace. */
export async function listJobs(db: Database, workspaceId: string): Promise<TrainingJobRow[]> {
  return db
    .select()
    .from(trainingJobs)
    .where(eq(trainingJobs.workspaceId, workspaceId))
    .orderBy(desc(trainingJobs.id))
    .limit(MAX_LISTED_JOBS);
}

/** One job. */
export async function findJob(db: Database, workspaceId: string, id: number): Promise<TrainingJobRow | undefined> {
  const [row] = await db
    .select()
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, workspaceId), eq(trainingJobs.id, id)));
  return row;
}

/** Moves a job on from the state that the caller saw. @returns whether it was still in it */
export async function moveJob(
  db: Database,
  seen: TrainingJobRow,
  change: Pick<TrainingJobRow, 'state' | 'changedAt' | 'changedBy'> & Partial<Pick<TrainingJobRow, 'result' | 'note'>>,
): Promise<boolean> {
  const done = await db
    .update(trainingJobs)
    .set(change)
    .where(
      and(
        eq(trainingJobs.workspaceId, seen.workspaceId),
        eq(trainingJobs.id, seen.id),
        eq(trainingJobs.state, seen.state),
      ),
    )
    .returning({ id: trainingJobs.id });
  return done.length > 0;
}

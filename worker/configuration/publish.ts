/** Publishes the drafts as they are, or those of an earlier revision. */
import { database } from '../../db/database.ts';
import { findRevision, revisionDocuments } from '../../db/queries/revisions.ts';
import { type Checked, refused } from '../http/problem.ts';
import { type Caller, type Plan, type Release, release } from './release.ts';

/** Publishes all drafts. When the newest revision is made of exactly these, there is no other; it is only made sure that it is served. */
export async function publish(caller: Caller, note: string | null): Promise<Checked<Release>> {
  const done = await release<Plan>(caller, ({ drafts }) => ({
    ok: true,
    value: { drafts, documents: [], publish: true, dryRun: false, note, audit: [] },
  }));
  return done.ok ? { ok: true, value: done.value.release } : done;
}

/**
 * Publishes a new revision with the documents of an earlier one, and sets all drafts back to them. Drafts that no revision holds are
 * first kept in a revision of their own, which is never served.
 */
export async function rollback(caller: Caller, revision: number): Promise<Checked<Release>> {
  const db = database(caller.env.DB);
  if (!(await findRevision(db, caller.workspaceId, revision)))
    return refused('not_found', `There is no revision ${revision}`);
  // Revisions never change: what is read here is what the commit restores.
  const drafts = await revisionDocuments(db, caller.workspaceId, revision);
  const done = await release<Plan>(caller, () => ({
    ok: true,
    value: { drafts, documents: [], restore: revision, publish: true, dryRun: false, note: null, audit: [] },
  }));
  return done.ok ? { ok: true, value: done.value.release } : done;
}

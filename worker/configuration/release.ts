/** The one way by which drafts and revisions change together: read, check, commit if nobody was faster, hand to the publisher. */
import { database } from '../../db/database.ts';
import type { AuditRecord } from '../../db/queries/audit.ts';
import { commit } from '../../db/queries/commit.ts';
import { type Draft, type DraftsSnapshot, readSnapshot } from '../../db/queries/drafts.ts';
import { type Checked, refused } from '../http/problem.ts';
import { Unavailable } from '../http/unavailable.ts';
import { activate, storeBodies } from './deliver.ts';
import type { CheckedDocument } from './documents.ts';
import type { HashedCatalog } from './hashed-catalog.ts';
import { prepare } from './prepare.ts';

/** What a caller wants done to the snapshot it is shown. */
export interface Plan {
  /** Drafts as they will be. */
  readonly drafts: readonly Pick<Draft, 'kind' | 'id' | 'body'>[];
  readonly documents: readonly CheckedDocument[];
  /** Revision whose versions all drafts go back to. */
  readonly restore?: number;
  readonly publish: boolean;
  readonly dryRun: boolean;
  readonly note: string | null;
  /** Audit of the changed drafts; the revision's own row is added here. */
  readonly audit: readonly AuditRecord[];
}

export interface Release {
  /** The revision that is published now; null when nothing is. */
  readonly revision: number | null;
  /** Whether it is a new one. */
  readonly changed: boolean;
  /** False: stored, but the publisher does not know yet. */
  readonly delivered: boolean;
}

export interface Caller {
  readonly env: Env;
  readonly workspaceId: string;
  /** Id of a key, `inbox` or `bootstrap`. */
  readonly actor: string;
  readonly nowMs: number;
}

/** Somebody may be faster; someone faster five times in a row is a flood, and the caller should come back later. */
const MAX_ATTEMPTS = 5;

/** Carries out a plan. Nothing is stored when it is refused, when it is a dry run, or when the publisher cannot take the bodies. */
export async function release<T extends Plan>(
  caller: Caller,
  makePlan: (snapshot: DraftsSnapshot) => Promise<Checked<T>> | Checked<T>,
): Promise<Checked<{ readonly plan: T; readonly release: Release }>> {
  const db = database(caller.env.DB);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const snapshot = await readSnapshot(db, caller.workspaceId);
    if (!snapshot) return refused('not_found', 'There is no such workspace');
    const planned = await makePlan(snapshot);
    if (!planned.ok) return planned;
    const done = await carryOut(caller, snapshot, planned.value);
    if (!done) continue;
    return done.ok ? { ok: true, value: { plan: planned.value, release: done.value } } : done;
  }
  throw new Unavailable('drafts');
}

/** Undefined: somebody was faster. */
async function carryOut(caller: Caller, snapshot: DraftsSnapshot, plan: Plan): Promise<Checked<Release> | undefined> {
  const before: Release = { revision: snapshot.newest?.revision ?? null, changed: false, delivered: true };
  if (!plan.publish) {
    if (plan.dryRun || plan.documents.length === 0) return { ok: true, value: before };
    return (await commitPlan(caller, snapshot, plan)) ? { ok: true, value: before } : undefined;
  }
  const prepared = await prepare(snapshot.workspace, plan.drafts);
  if (!prepared.ok) return prepared;
  const changed = prepared.value.hash !== snapshot.newest?.catalogHash;
  if (plan.dryRun) return { ok: true, value: { ...before, changed } };
  return changed
    ? publishNew(caller, snapshot, plan, prepared.value)
    : keepPublished(caller, snapshot, plan, prepared.value);
}

async function publishNew(
  caller: Caller,
  snapshot: DraftsSnapshot,
  plan: Plan,
  catalog: HashedCatalog,
): Promise<Checked<Release> | undefined> {
  const { env, workspaceId, nowMs } = caller;
  const revision = (snapshot.newest?.revision ?? 0) + 1;
  await storeBodies(env, workspaceId, catalog);
  if (!(await commitPlan(caller, snapshot, plan, { revision, catalogHash: catalog.hash }))) return undefined;
  const delivered = await activate(env, workspaceId, catalog, revision, nowMs);
  return { ok: true, value: { revision, changed: true, delivered } };
}

/** The catalog is what is published already: drafts may still change (a description), and the publisher may still have to hear of it. */
async function keepPublished(
  caller: Caller,
  snapshot: DraftsSnapshot,
  plan: Plan,
  catalog: HashedCatalog,
): Promise<Checked<Release> | undefined> {
  const { env, workspaceId, nowMs } = caller;
  const touchesDrafts = plan.documents.length > 0 || plan.restore !== undefined;
  if (touchesDrafts && !(await commitPlan(caller, snapshot, plan))) return undefined;
  const { revision } = snapshot.newest!;
  const served = await activate(env, workspaceId, catalog, revision, snapshot.newest?.publishedAt ?? nowMs);
  return { ok: true, value: { revision, changed: false, delivered: served } };
}

function commitPlan(
  caller: Caller,
  snapshot: DraftsSnapshot,
  plan: Plan,
  next?: { readonly revision: number; readonly catalogHash: string },
): Promise<boolean> {
  const { env, workspaceId, actor, nowMs } = caller;
  const audit = [...plan.audit];
  if (next) {
    const changes = [
      { path: '/revision', before: snapshot.newest?.revision ?? null, after: next.revision },
      { path: '/catalogHash', before: snapshot.newest?.catalogHash ?? null, after: next.catalogHash },
    ];
    audit.push({
      at: nowMs,
      actor,
      action: plan.restore === undefined ? 'publish' : 'rollback',
      kind: 'revision',
      subject: String(next.revision),
      changes: JSON.stringify(changes),
    });
  }
  return commit(database(env.DB), {
    workspaceId,
    seenDraftsVersion: snapshot.workspace.draftsVersion,
    at: nowMs,
    actor,
    documents: plan.documents,
    restore: plan.restore,
    revision: next && { ...next, note: plan.note, rolledBackTo: plan.restore ?? null },
    audit,
  });
}

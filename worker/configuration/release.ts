/** The one way by which drafts and revisions change together: read, check, commit if nobody was faster, hand to the publisher. */
import { database } from '../../db/database.ts';
import type { AuditRecord } from '../../db/queries/audit.ts';
import { commit, type NewRevision } from '../../db/queries/commit.ts';
import { type DraftsSnapshot, readSnapshot, type VersionName } from '../../db/queries/drafts.ts';
import { NO_CATALOG } from '../../db/queries/revisions.ts';
import type { CatalogProblem } from '../../decisioning/catalog/problems.ts';
import { type Checked, refused } from '../http/problem.ts';
import { Unavailable } from '../http/unavailable.ts';
import { activate, servedRevision, storeBodies } from './deliver.ts';
import type { CheckedDocument } from './documents.ts';
import type { HashedCatalog } from './hashed-catalog.ts';
import { registryWarnings } from './model-warnings.ts';
import { prepare } from './prepare.ts';

/** A draft as it will be. */
export interface PlannedDraft {
  readonly kind: string;
  readonly id: string;
  readonly version?: number;
  /** JSON text. */
  readonly body: string;
}

/** What a caller wants done to the snapshot it is shown. */
export interface Plan {
  /** Drafts as they will be; without a version where `documents` brings a new one. */
  readonly drafts: readonly PlannedDraft[];
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
  /** The revision that keeps the drafts which a rollback would have lost; null when it would have lost none. */
  readonly setAside: number | null;
  /** What the published campaigns should not surprise anybody with; absent when nothing was compiled. */
  readonly warnings?: readonly CatalogProblem[];
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

/** Somebody may be faster; a dozen at once get through one after the other, a flood should come back later. */
const MAX_ATTEMPTS = 12;
/** Longest wait after the first lost race; grows with each, and is random, so that those who met do not meet again. */
const LOST_RACE_WAIT_MS = 20;

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
    if (!done) {
      await scheduler.wait(Math.random() * LOST_RACE_WAIT_MS * (attempt + 1));
      continue;
    }
    return done.ok ? { ok: true, value: { plan: planned.value, release: done.value } } : done;
  }
  throw new Unavailable('drafts');
}

/** Undefined: somebody was faster. */
async function carryOut(caller: Caller, snapshot: DraftsSnapshot, plan: Plan): Promise<Checked<Release> | undefined> {
  const revision = snapshot.newest?.revision ?? null;
  let before: Release = { revision, changed: false, setAside: null, delivered: true };
  if (!plan.publish) {
    if (plan.dryRun || plan.documents.length === 0) return { ok: true, value: before };
    return (await commitPlan(caller, snapshot, plan)) ? { ok: true, value: before } : undefined;
  }
  const prepared = await prepare(snapshot.workspace, plan.drafts);
  if (!prepared.ok) return prepared;
  const { modelReads } = prepared.value;
  const warnings = [
    ...prepared.value.warnings,
    ...(await registryWarnings(caller.env, caller.workspaceId, modelReads)),
  ];
  before = { ...before, warnings };
  const changed = changesAnything(snapshot, plan, prepared.value);
  if (plan.dryRun) return { ok: true, value: { ...before, changed } };
  if (changed) return publishNew(caller, snapshot, plan, prepared.value, warnings);
  // Nothing to store; the publisher may still have to hear of what is.
  const { publishedAt } = snapshot.newest!;
  const delivered = await activate(caller.env, caller.workspaceId, prepared.value, revision!, publishedAt);
  return { ok: true, value: { ...before, delivered } };
}

function sameVersions(some: readonly Partial<VersionName>[], others: readonly Partial<VersionName>[]): boolean {
  const name = ({ kind, id, version }: Partial<VersionName>): string => `${kind}/${id}/${version}`;
  const names = new Set(others.map(name));
  return some.length === others.length && some.every((one) => names.has(name(one)));
}

/**
 * Whether there is anything that the newest revision does not hold: another catalog, another version of a document (a description
 * changes no catalog, and still belongs into a revision), or drafts that a rollback takes back.
 */
function changesAnything(snapshot: DraftsSnapshot, plan: Plan, catalog: HashedCatalog): boolean {
  const { newest, entries, drafts } = snapshot;
  if (catalog.hash !== newest?.catalogHash || !sameVersions(plan.drafts, entries)) return true;
  return plan.restore !== undefined && !sameVersions(drafts, entries);
}

/** The revision that keeps what a rollback overwrites: a draft that is not in the newest revision was written since, and is in none. */
function toSetAside({ newest, entries, drafts }: DraftsSnapshot, plan: Plan): NewRevision | undefined {
  if (plan.restore === undefined || !newest) return undefined;
  const held = new Set(entries.map(({ kind, id, version }) => `${kind}/${id}/${version}`));
  if (drafts.every(({ kind, id, version }) => held.has(`${kind}/${id}/${version}`))) return undefined;
  const note = `Drafts as they were before the rollback to revision ${plan.restore}`;
  return { revision: newest.revision + 1, catalogHash: NO_CATALOG, note, rolledBackTo: null };
}

async function publishNew(
  caller: Caller,
  snapshot: DraftsSnapshot,
  plan: Plan,
  catalog: HashedCatalog,
  warnings: readonly CatalogProblem[],
): Promise<Checked<Release> | undefined> {
  const { env, workspaceId, nowMs } = caller;
  const setAside = toSetAside(snapshot, plan);
  const known = (setAside ?? snapshot.newest ?? { revision: 0 }).revision;
  const revision = Math.max(known, await servedRevision(env, workspaceId)) + 1;
  const next = { revision, catalogHash: catalog.hash, note: plan.note, rolledBackTo: plan.restore ?? null };
  await storeBodies(env, workspaceId, catalog);
  if (!(await commitPlan(caller, snapshot, plan, next, setAside))) return undefined;
  const delivered = await activate(env, workspaceId, catalog, revision, nowMs);
  return { ok: true, value: { revision, changed: true, setAside: setAside?.revision ?? null, warnings, delivered } };
}

function commitPlan(
  caller: Caller,
  snapshot: DraftsSnapshot,
  plan: Plan,
  next?: NewRevision,
  setAside?: NewRevision,
): Promise<boolean> {
  const { env, workspaceId, actor, nowMs } = caller;
  const audit = [...plan.audit];
  if (next) {
    const changes = [
      { path: '/revision', before: snapshot.newest?.revision ?? null, after: next.revision },
      { path: '/catalogHash', before: snapshot.newest?.catalogHash ?? null, after: next.catalogHash },
      ...(setAside ? [{ path: '/setAside', after: setAside.revision }] : []),
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
    setAside,
    restore: plan.restore,
    revision: next,
    audit,
  });
}

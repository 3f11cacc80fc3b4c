/** Changes of single drafts, with the version that the writer saw. */
import type { Kind } from '../../contract/configuration/index.ts';
import { database } from '../../db/database.ts';
import { type Draft, findDraft } from '../../db/queries/drafts.ts';
import { ABSENT, deleteDraft, writeDraft } from '../../db/queries/write-draft.ts';
import { type Checked, refused } from '../http/problem.ts';
import { changesOf } from './changes.ts';
import type { CheckedDocument } from './documents.ts';
import { type Precondition, seenVersion } from './precondition.ts';
import type { Caller } from './release.ts';

/** A draft after a change. */
export interface Stored {
  readonly version: number;
  readonly body: string;
  readonly created: boolean;
}

const CHANGED = 'Somebody changed it meanwhile: read it again';

/** Stores a document that must not be there yet. */
export async function createDraft(caller: Caller, document: CheckedDocument): Promise<Checked<Stored>> {
  const version = await write(caller, document, undefined);
  if (version === undefined) return refused('already_exists', `There is a ${document.kind} "${document.id}" already`);
  return { ok: true, value: { version, body: document.body, created: true } };
}

/** Stores a document over the version its writer saw, or creates it. One that says the same as before makes no new version. */
export async function replaceDraft(
  caller: Caller,
  document: CheckedDocument,
  precondition: Precondition,
): Promise<Checked<Stored>> {
  const before = await findDraft(database(caller.env.DB), caller.workspaceId, document.kind, document.id);
  const seen = seenVersion(precondition, before?.version ?? ABSENT, 'required');
  if (!seen.ok) return seen;
  if (before && changesOf(before.body, document.body).length === 0)
    return { ok: true, value: { version: before.version, body: before.body, created: false } };
  const version = await write(caller, document, before);
  if (version === undefined) return refused('precondition_failed', CHANGED);
  return { ok: true, value: { version, body: document.body, created: before === undefined } };
}

/** Takes a draft away. What refers to it keeps the next publish from going through. */
export async function removeDraft(
  caller: Caller,
  kind: Kind,
  id: string,
  precondition: Precondition,
): Promise<Checked<undefined>> {
  const db = database(caller.env.DB);
  const { workspaceId, actor, nowMs } = caller;
  const before = await findDraft(db, workspaceId, kind, id);
  if (!before) return refused('not_found', `There is no ${kind} "${id}"`);
  const seen = seenVersion(precondition, before.version, 'optional');
  if (!seen.ok) return seen;
  const changes = JSON.stringify(changesOf(before.body, null));
  const audit = { at: nowMs, actor, action: 'delete', changes };
  const gone = await deleteDraft(db, { workspaceId, kind, id }, before.version, audit);
  return gone ? { ok: true, value: undefined } : refused('precondition_failed', CHANGED);
}

function write(caller: Caller, document: CheckedDocument, before: Draft | undefined): Promise<number | undefined> {
  const { env, workspaceId, actor, nowMs } = caller;
  const { kind, id, body } = document;
  return writeDraft(database(env.DB), {
    workspaceId,
    kind,
    id,
    seenVersion: before?.version ?? ABSENT,
    body,
    audit: {
      at: nowMs,
      actor,
      action: before ? 'update' : 'create',
      changes: JSON.stringify(changesOf(before?.body ?? null, body)),
    },
  });
}

/** A push: many documents at once, stored and published together or not at all. The API, the inbox and the command line all come here. */
import type * as z from 'zod';
import type { ProblemError } from '../../contract/problem.ts';
import { type PushResponse, pushRequest, splitDocument } from '../../contract/publishing.ts';
import type { AuditRecord } from '../../db/queries/audit.ts';
import type { DraftsSnapshot } from '../../db/queries/drafts.ts';
import type { CatalogProblem } from '../../decisioning/catalog/problems.ts';
import { type Checked, refused } from '../http/problem.ts';
import { validationErrors } from '../http/validation.ts';
import { changesOf } from './changes.ts';
import { type CheckedDocument, checkDocument } from './documents.ts';
import { type Caller, type Plan, type PlannedDraft, release } from './release.ts';
import { warningsAnswer } from './warnings-answer.ts';

/** A push as it is sent; defaults may be left out. */
export type PushInput = z.input<typeof pushRequest>;

/** What became of a push. */
export interface PushResult extends PushResponse {
  /** False: stored, but the publisher does not know yet. */
  readonly delivered: boolean;
}

interface PushPlan extends Plan {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** `<kind>/<id>` of everything that is not published as it is. */
  readonly unpublished: ReadonlySet<string>;
}

/** Errors of one push that are told; each document may have some. */
const MAX_PUSH_ERRORS = 500;

function checkAll(
  documents: readonly ({ kind: string; id?: string | undefined } & object)[],
): Checked<CheckedDocument[]> {
  const checked: CheckedDocument[] = [];
  const errors: ProblemError[] = [];
  const seen = new Set<string>();
  for (const [i, document] of documents.entries()) {
    const { kind, body: fields } = splitDocument(document);
    const at = `/documents/${i}`;
    const result = checkDocument(kind as CheckedDocument['kind'], fields, at);
    if (!result.ok) {
      errors.push(...result.errors);
      continue;
    }
    const name = `${kind}/${result.document.id}`;
    if (seen.has(name)) errors.push({ field: `${at}/id`, detail: `another ${kind} of this push has the same id` });
    seen.add(name);
    checked.push(result.document);
  }
  return errors.length > 0
    ? refused('invalid_request', undefined, errors.slice(0, MAX_PUSH_ERRORS))
    : { ok: true, value: checked };
}

/** Lays documents over the drafts; those that say the same as their draft are left out. */
function overlay(
  caller: Caller,
  snapshot: DraftsSnapshot,
  pushed: readonly CheckedDocument[],
  options: { readonly publish: boolean; readonly dryRun: boolean; readonly note: string | null },
): PushPlan {
  const name = ({ kind, id }: { kind: string; id: string }): string => `${kind}/${id}`;
  const drafts = new Map<string, PlannedDraft>(snapshot.drafts.map((draft) => [name(draft), draft]));
  const documents: CheckedDocument[] = [];
  const audit: AuditRecord[] = [];
  let created = 0;
  for (const document of pushed) {
    const before = drafts.get(name(document));
    const changes = changesOf(before?.body ?? null, document.body);
    if (changes.length === 0) continue;
    if (!before) created += 1;
    documents.push(document);
    drafts.set(name(document), document);
    audit.push({
      at: caller.nowMs,
      actor: caller.actor,
      action: before ? 'update' : 'create',
      kind: document.kind,
      subject: document.id,
      changes: JSON.stringify(changes),
    });
  }
  const updated = documents.length - created;
  const unchanged = pushed.length - documents.length;
  // Earlier pushes may have stored drafts without publishing them: they come out with this one.
  const published = new Set(snapshot.entries.map((entry) => `${name(entry)}/${entry.version}`));
  const unpublished = new Set(
    [...drafts].filter(([id, { version }]) => !published.has(`${id}/${version}`)).map(([id]) => id),
  );
  return { ...options, drafts: [...drafts.values()], documents, audit, created, updated, unchanged, unpublished };
}

/** Warnings of what a push changes: those of other documents were told when they were published. */
function warningsOfChanges(
  warnings: readonly CatalogProblem[] | undefined,
  unpublished: ReadonlySet<string>,
): readonly CatalogProblem[] | undefined {
  return warnings?.filter(({ path }) => {
    const [, collection = '', id] = path.split('/');
    return unpublished.has(`${collection.replace(/s$/, '')}/${id}`);
  });
}

/** Checks the request, then stores and publishes it. `input` may come from anywhere: it is checked against the contract here. */
export async function pushAs(caller: Caller, input: unknown): Promise<Checked<PushResult>> {
  const request = pushRequest.safeParse(input);
  if (!request.success) return refused('invalid_request', undefined, validationErrors(request.error));
  const { publish, dryRun, note = null } = request.data;
  const checked = checkAll(request.data.documents);
  if (!checked.ok) return checked;
  const done = await release(caller, (snapshot) => ({
    ok: true,
    value: overlay(caller, snapshot, checked.value, { publish, dryRun, note }),
  }));
  if (!done.ok) return done;
  const { plan, release: released } = done.value;
  const { created, updated, unchanged, unpublished } = plan;
  const { revision, changed, delivered } = released;
  const told = warningsAnswer(warningsOfChanges(released.warnings, unpublished));
  return { ok: true, value: { created, updated, unchanged, revision, changed, dryRun, delivered, ...told } };
}

/** The same with its parts one by one. */
export async function push(
  env: Env,
  workspaceId: string,
  actor: string,
  nowMs: number,
  input: PushInput | { readonly documents: readonly object[] },
): Promise<Checked<PushResult>> {
  return pushAs({ env, workspaceId, actor, nowMs }, input);
}

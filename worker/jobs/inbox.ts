/** Pushes that `wrangler d1 execute` wrote into the database: each is taken once, like any other push. */
import { MAX_CONFIGURATION_BODY_BYTES } from '../../contract/primitives.ts';
import { database } from '../../db/database.ts';
import type { AuditRecord } from '../../db/queries/audit.ts';
import { type InboxOutcome, type InboxRow, settlePush, waitingPushes } from '../../db/queries/inbox.ts';
import { utf8Length } from '../../decisioning/catalog/limits.ts';
import { type Change, MAX_CHANGES } from '../configuration/changes.ts';
import { type PushResult, pushAs } from '../configuration/push.ts';
import { parseJson } from '../http/json.ts';
import { type Checked, type Refusal, refused } from '../http/problem.ts';
import { isUnavailable } from '../http/unavailable.ts';

/** Pushes of one run: a minute holds that many publishes with room to spare. */
export const MAX_PUSHES_PER_RUN = 20;
/** A push that a part which is down has kept waiting for this long is given up, so that it cannot surprise anyone later. */
const MAX_WAIT_MS = 24 * 3_600_000;
const ACTOR = 'inbox';
/** Characters of what went wrong that are kept for whoever looks into the table. */
const MAX_DETAIL_CHARS = 4_000;

/** Takes waiting pushes in their order. Those of a workspace wait behind its first that cannot be taken now. */
export async function workOffInbox(env: Env, nowMs: number): Promise<void> {
  const db = database(env.DB);
  const waiting = new Set<string>();
  for (const row of await waitingPushes(db, MAX_PUSHES_PER_RUN)) {
    if (waiting.has(row.workspaceId)) continue;
    const { outcome, detail, refusal } = await take(env, row, nowMs);
    if (outcome === 'wait') {
      waiting.add(row.workspaceId);
      continue;
    }
    const settled = { outcome, detail: detail.slice(0, MAX_DETAIL_CHARS), processedAt: nowMs };
    await settlePush(db, row, settled, refusal && refusalAudit(row.id, refusal, nowMs));
  }
}

interface Taken {
  readonly outcome: InboxOutcome | 'wait';
  readonly detail: string;
  readonly refusal?: Refusal;
}

/** A refused push changes nothing that the audit would tell of: this row is how its sender learns of it without reading the table. */
function refusalAudit(id: number, { problem, detail, errors = [] }: Refusal, nowMs: number): AuditRecord {
  const changes: Change[] = [
    { path: '/outcome', after: 'refused' },
    { path: '/problem', after: problem },
    ...(detail === undefined ? [] : [{ path: '/detail', after: detail }]),
    ...errors.map((error) => ({ path: `/errors${error.field}`, after: error.detail })),
  ];
  return {
    at: nowMs,
    actor: ACTOR,
    action: 'push',
    kind: 'inbox',
    subject: String(id),
    changes: JSON.stringify(changes.slice(0, MAX_CHANGES)),
  };
}

function refusedBy(refusal: Refusal): Taken {
  const { problem, detail, errors } = refusal;
  return { outcome: 'refused', detail: JSON.stringify({ problem, detail, errors }), refusal };
}

async function take(env: Env, row: InboxRow, nowMs: number): Promise<Taken> {
  try {
    const result = await pushRow(env, row, nowMs);
    return result.ok ? describe(result.value) : refusedBy(result.refusal);
  } catch (error) {
    // Anything but a part that is down would fail in the same way for ever.
    const mayPass = isUnavailable(error) && nowMs - row.receivedAt < MAX_WAIT_MS;
    if (mayPass) return { outcome: 'wait', detail: '' };
    return refusedBy({ problem: 'unavailable', detail: 'It could not be carried out' });
  }
}

async function pushRow(env: Env, row: InboxRow, nowMs: number): Promise<Checked<PushResult>> {
  if (utf8Length(row.document) > MAX_CONFIGURATION_BODY_BYTES)
    return refused('body_too_large', `a push has at most ${MAX_CONFIGURATION_BODY_BYTES} bytes`);
  const json = parseJson(row.document);
  if (!json.ok) return json;
  return pushAs({ env, workspaceId: row.workspaceId, actor: ACTOR, nowMs }, json.value);
}

function describe(result: PushResult): Taken {
  const { created, updated, unchanged, revision, changed, dryRun, delivered } = result;
  const outcome = dryRun ? 'unchanged' : changed ? 'published' : created + updated > 0 ? 'stored' : 'unchanged';
  return { outcome, detail: JSON.stringify({ created, updated, unchanged, revision, delivered, dryRun }) };
}

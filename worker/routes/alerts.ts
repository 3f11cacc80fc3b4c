/** `GET /v1/alerts` and `POST /v1/alerts/{id}/acknowledge`. */
import * as z from 'zod';
import { type AlertsQuery, alert, alertId, alertsQuery, alertsResponse } from '../../contract/alerts.ts';
import type { ProblemError } from '../../contract/problem.ts';
import { database } from '../../db/database.ts';
import { auditInsert } from '../../db/queries/audit.ts';
import { findKeyNames } from '../../db/queries/keys.ts';
import type { Directory } from '../../decisioning/catalog/slice.ts';
import { didYouMean } from '../../decisioning/did-you-mean.ts';
import type { KeptAlert } from '../../durable-objects/publisher/protocol.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { makeCursor, readCursor } from '../configuration/cursor.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { askAlerts } from '../edge/ledger-standings.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem, refuse, refused } from '../http/problem.ts';
import { Unavailable } from '../http/unavailable.ts';
import { callerOf } from './configuration/caller.ts';
import { alertAnswer, ledgerIdOf } from './ledgers-answer.ts';

const LIST = 'alerts';
/** Keys whose names one page tells: D1 takes a hundred parameters, and a workspace has a handful of people. */
const MAX_NAMED_KEYS = 50;

/** Registers both. */
export function registerAlerts(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/alerts',
      tag: 'Operations',
      summary: 'What people should look at, newest first',
      description:
        'A `subject` of which nothing is published and nothing was ever told is refused. At most the latest 1,000 are kept. Raising one again changes its figures, not its moment.',
      auth: 'secret',
      query: alertsQuery,
      responses: { 200: { description: 'A page', schema: alertsResponse } },
    },
    async (c, { query }) => {
      const cursor = readCursor(LIST, query.cursor);
      if (!cursor.ok) return refuse(c, cursor.refusal);
      const after = positionOf(cursor.value);
      if (after === undefined) return refuse(c, refused('invalid_cursor').refusal);
      const all = await askAlerts(c.env, c.auth.workspaceId);
      if (!all) throw new Unavailable('publisher');
      const directory = await publishedDirectory(c);
      const errors = subjectErrors(query.subject, all, directory);
      if (errors) return problem(c, 'invalid_request', { errors });
      const found = all.filter((one) => isWanted(one, query) && comesAfter(one, after));
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      const next = last && found.length > page.length ? makeCursor(LIST, `${last.raisedAtMs} ${last.id}`) : null;
      const words = { currency: directory?.currency, names: await keyNames(c, page) };
      return c.json({ items: page.map((one) => alertAnswer(one, words)), next });
    },
  );
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/alerts/{id}/acknowledge',
      tag: 'Operations',
      summary: 'Say that somebody looks at it',
      description: 'The first to say so stays. Nothing else changes: thresholds stay reached, learning stays held.',
      auth: 'secret',
      params: z.strictObject({ id: alertId }),
      responses: {
        200: { description: 'The alert', schema: alert },
        404: { description: '`not_found`: there is no such alert, or newer ones have taken its room' },
      },
    },
    async (c, { params: { id } }) => {
      const { env, workspaceId, actor, nowMs } = callerOf(c);
      const before = (await askAlerts(env, workspaceId))?.find((one) => one.id === id);
      if (before?.acknowledged === null) {
        await auditInsert(database(env.DB).$client, workspaceId, {
          at: nowMs,
          actor,
          action: 'acknowledge',
          kind: 'alert',
          subject: id,
          changes: JSON.stringify([{ path: '/acknowledged', before: false, after: true }]),
        }).run();
      }
      const after = await withRetry(
        async (): Promise<KeptAlert | null> =>
          (await publisherStub(env, workspaceId)).acknowledgeAlert(id, actor, nowMs),
      );
      return after
        ? c.json(alertAnswer(after, { names: await keyNames(c, [after]) }))
        : problem(c, 'not_found', { detail: 'There is no such alert' });
    },
  );
}

/** What is published; undefined when nothing is, or when it cannot be read just now: alerts are told all the same. */
async function publishedDirectory(c: Call): Promise<Directory | undefined> {
  const current = await Promise.resolve(currentCatalog(c.env, c.ctx, c.auth.workspaceId, c.receivedAtMs)).catch(
    () => undefined,
  );
  return current?.catalog.directory;
}

/** A subject that nothing is published of and nothing was ever told of is a slip: "no alerts" would calm whoever made it. */
function subjectErrors(
  subject: string | undefined,
  all: readonly KeptAlert[],
  directory: Directory | undefined,
): readonly ProblemError[] | undefined {
  if (subject === undefined || !directory || all.some((one) => one.subject === subject)) return undefined;
  const keys = Object.keys(directory.ledgers ?? {});
  const known = [...keys, ...Object.keys(directory.campaigns)];
  if (known.includes(subject)) return undefined;
  const meant = keys.filter((key) => ledgerIdOf(key).id === subject).map((key) => `"${key}"`);
  const hint = meant.length > 0 ? `; did you mean ${meant.join(' or ')}?` : didYouMean(subject, known);
  return [{ field: 'subject', detail: `is neither a published ledger (\`pool:ID\`) nor a campaign${hint}` }];
}

/** Names of the keys that acknowledged these; none when D1 does not answer. */
async function keyNames(c: Call, alerts: readonly KeptAlert[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(alerts.flatMap(({ acknowledged }) => (acknowledged ? [acknowledged.actor] : [])))].slice(
    0,
    MAX_NAMED_KEYS,
  );
  if (ids.length === 0) return new Map();
  return findKeyNames(database(c.env.DB), c.auth.workspaceId, ids).catch(() => new Map());
}

interface Position {
  readonly raisedAtMs: number;
  readonly id: string;
}

const FIRST: Position = { raisedAtMs: Number.POSITIVE_INFINITY, id: '' };

/** The alert that a page ends with; undefined for a text that is none of ours. */
function positionOf(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return FIRST;
  const [, at, id] = /^(\d{1,15}) (.+)$/s.exec(cursor) ?? [];
  return at === undefined || id === undefined ? undefined : { raisedAtMs: Number(at), id };
}

/** Newest first; of one moment in the order of ids. */
function comesAfter({ raisedAtMs, id }: KeptAlert, after: Position): boolean {
  return raisedAtMs < after.raisedAtMs || (raisedAtMs === after.raisedAtMs && id > after.id);
}

function isWanted(one: KeptAlert, { kind, subject, since, open }: AlertsQuery): boolean {
  return (
    (kind === undefined || one.kind === kind) &&
    (subject === undefined || one.subject === subject) &&
    (since === undefined || one.raisedAtMs >= Date.parse(since)) &&
    (open === undefined || (one.acknowledged === null) === (open === 'true'))
  );
}

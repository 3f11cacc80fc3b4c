/** `GET /v1/alerts` and `POST /v1/alerts/{id}/acknowledge`. */
import * as z from 'zod';
import { type AlertsQuery, alert, alertId, alertsQuery, alertsResponse } from '../../contract/alerts.ts';
import { database } from '../../db/database.ts';
import { auditInsert } from '../../db/queries/audit.ts';
import type { KeptAlert } from '../../durable-objects/publisher/protocol.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { makeCursor, readCursor } from '../configuration/cursor.ts';
import { askAlerts } from '../edge/ledger-standings.ts';
import type { App } from '../http/app-env.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem, refuse, refused } from '../http/problem.ts';
import { Unavailable } from '../http/unavailable.ts';
import { callerOf } from './configuration/caller.ts';
import { alertAnswer } from './ledgers-answer.ts';

const LIST = 'alerts';

/** Registers both. */
export function registerAlerts(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/alerts',
      tag: 'Operations',
      summary: 'What people should look at, newest first',
      description: 'At most the latest 1,000 are kept. Raising one again changes its figures, not its moment.',
      auth: 'secret',
      query: alertsQuery,
      responses: { 200: { description: 'A page', schema: alertsResponse } },
    },
    async (c, { query }) => {
      const cursor = readCursor(LIST, query.cursor);
      if (!cursor.ok) return refuse(c, cursor.refusal);
      const after = positionOf(cursor.value);
      if (after === undefined) return refuse(c, refused('invalid_cursor').refusal);
      const all = await askAlerts(c.env, c.get('auth').workspaceId);
      if (!all) throw new Unavailable('publisher');
      const found = all.filter((one) => isWanted(one, query) && comesAfter(one, after));
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      const next = last && found.length > page.length ? makeCursor(LIST, `${last.raisedAtMs} ${last.id}`) : null;
      return c.json({ items: page.map(alertAnswer), next });
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
      return after ? c.json(alertAnswer(after)) : problem(c, 'not_found', { detail: 'There is no such alert' });
    },
  );
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

/** Publish, push, revisions and rollback. */
import * as z from 'zod';
import { MAX_CONFIGURATION_BODY_BYTES } from '../../../contract/primitives.ts';
import {
  pageQuery,
  publishRequest,
  publishResponse,
  pushRequest,
  pushResponse,
  type Revision,
  revisionDocumentsResponse,
  revisionNumber,
  revisionsResponse,
} from '../../../contract/publishing.ts';
import { database } from '../../../db/database.ts';
import {
  findRevision,
  listRevisions,
  NO_CATALOG,
  pageOfRevision,
  type RevisionRow,
} from '../../../db/queries/revisions.ts';
import { makeCursor, readCursor, readNumberCursor } from '../../configuration/cursor.ts';
import { publish, rollback } from '../../configuration/publish.ts';
import { pushAs } from '../../configuration/push.ts';
import type { Release } from '../../configuration/release.ts';
import { warningsAnswer } from '../../configuration/warnings-answer.ts';
import type { App } from '../../http/app.ts';
import type { Call } from '../../http/call.ts';
import { endpoint } from '../../http/endpoint.ts';
import { type Checked, problem, refuse } from '../../http/problem.ts';
import { callerOf } from './caller.ts';

const TAG = 'Publishing';
const LIST = 'revisions';
const revisionParams = z.strictObject({ n: revisionNumber });
const REFUSED = { 422: { description: '`invalid_configuration`: every problem, with its path' } };

function answerOf(row: RevisionRow): Revision {
  return {
    ...row,
    catalogHash: row.catalogHash === NO_CATALOG ? null : row.catalogHash,
    publishedAt: new Date(row.publishedAt).toISOString(),
  };
}

/** What was published, or 503 when it is stored but nobody could be told yet. */
async function releaseAnswer(c: Call, done: Checked<Release>): Promise<Response> {
  if (!done.ok) return refuse(c, done.refusal);
  const { revision, changed, setAside, delivered, warnings } = done.value;
  if (!delivered) return undelivered(c, revision);
  const row = await findRevision(database(c.env.DB), c.auth.workspaceId, revision!);
  return c.json({ ...answerOf(row!), changed, setAside, ...warningsAnswer(warnings) });
}

function undelivered(c: Call, revision: number | null): Response {
  return problem(c, 'unavailable', {
    detail: `Revision ${revision} is stored and will be served once the publisher answers; nothing has to be sent again`,
  });
}

function registerPublish(app: App): void {
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/publish',
      tag: TAG,
      summary: 'Publish all drafts',
      description: 'All or nothing. Serving workers use it within 5 seconds.',
      auth: 'secret',
      body: publishRequest.optional(),
      responses: { 200: { description: 'The published revision', schema: publishResponse }, ...REFUSED },
    },
    async (c, { body }) => releaseAnswer(c, await publish(callerOf(c), body?.note ?? null)),
  );
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/push',
      tag: TAG,
      summary: 'Store and publish many documents at once',
      auth: 'secret',
      body: pushRequest,
      maxBodyBytes: MAX_CONFIGURATION_BODY_BYTES,
      responses: { 200: { description: 'What changed', schema: pushResponse }, ...REFUSED },
    },
    async (c, { raw }) => {
      const done = await pushAs(callerOf(c), raw);
      if (!done.ok) return refuse(c, done.refusal);
      const { delivered, ...answer } = done.value;
      return delivered ? c.json(answer) : undelivered(c, answer.revision);
    },
  );
}

/** Where a page of a revision's documents starts. Kinds and ids have no slash. */
function positionOf(text = '/'): { readonly kind: string; readonly id: string } {
  const [kind = '', id = ''] = text.split('/');
  return { kind, id };
}

function registerRevision(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/revisions/{n}',
      tag: TAG,
      summary: 'Read a revision with its documents',
      description:
        'What a rollback to it would publish. `documents` is how many there are; `items` holds a page of them.',
      auth: 'secret',
      params: revisionParams,
      query: pageQuery,
      responses: {
        200: { description: 'The revision and a page', schema: revisionDocumentsResponse },
        404: { description: '`not_found`' },
      },
    },
    async (c, { params: { n }, query }) => {
      const list = `${LIST}/${n}`;
      const after = readCursor(list, query.cursor);
      if (!after.ok) return refuse(c, after.refusal);
      const db = database(c.env.DB);
      const { workspaceId } = c.auth;
      const row = await findRevision(db, workspaceId, n);
      if (!row) return problem(c, 'not_found', { detail: `There is no revision ${n}` });
      const rows = await pageOfRevision(db, workspaceId, n, positionOf(after.value), query.limit + 1);
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      return c.json({
        ...answerOf(row),
        items: page.map(({ body, ...name }) => ({ ...name, document: JSON.parse(body) })),
        next: last && rows.length > page.length ? makeCursor(list, `${last.kind}/${last.id}`) : null,
      });
    },
  );
}

function registerRevisions(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/revisions',
      tag: TAG,
      summary: 'List revisions, newest first',
      auth: 'secret',
      query: pageQuery,
      responses: { 200: { description: 'A page', schema: revisionsResponse } },
    },
    async (c, { query }) => {
      const before = readNumberCursor(LIST, query.cursor);
      if (!before.ok) return refuse(c, before.refusal);
      const db = database(c.env.DB);
      const rows = await listRevisions(db, c.auth.workspaceId, before.value, query.limit + 1);
      const page = rows.slice(0, query.limit);
      const next = rows.length > page.length ? makeCursor(LIST, String(page.at(-1)!.revision)) : null;
      return c.json({ items: page.map(answerOf), next });
    },
  );
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/revisions/{n}/rollback',
      tag: TAG,
      summary: 'Publish an earlier revision again',
      description:
        'Makes a new revision of its documents and sets all drafts back to them. Drafts that no revision holds are first kept in a ' +
        'revision of their own, `setAside`, which is never served.',
      auth: 'secret',
      params: revisionParams,
      responses: {
        200: { description: 'The published revision', schema: publishResponse },
        404: { description: '`not_found`' },
        ...REFUSED,
      },
    },
    async (c, { params }) => releaseAnswer(c, await rollback(callerOf(c), params.n)),
  );
}

/** Registers them all. */
export function registerPublishing(app: App): void {
  registerPublish(app);
  registerRevisions(app);
  registerRevision(app);
}

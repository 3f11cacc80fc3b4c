/** The same five endpoints for every kind of document that there are many of. */
import * as z from 'zod';
import { KINDS, type Kind } from '../../../contract/configuration/index.ts';
import { attributeName, MAX_CONFIGURATION_BODY_BYTES, slug } from '../../../contract/primitives.ts';
import { documentsResponse, pageQuery, writtenDocument } from '../../../contract/publishing.ts';
import { database } from '../../../db/database.ts';
import { findDraft, listDrafts } from '../../../db/queries/drafts.ts';
import { readStoredSwitches } from '../../../db/queries/switches.ts';
import { ABSENT } from '../../../db/queries/write-draft.ts';
import { amongBuiltIns, findBuiltIn, hasBuiltIns } from '../../configuration/built-ins.ts';
import { makeCursor, readCursor } from '../../configuration/cursor.ts';
import { checkDocument } from '../../configuration/documents.ts';
import { createDraft, removeDraft } from '../../configuration/edit.ts';
import type { App } from '../../http/app.ts';
import { endpoint } from '../../http/endpoint.ts';
import { problem, refuse } from '../../http/problem.ts';
import { draftAnswer, ETAG_HEADER, REPLACE, replaceAnswer, storedAnswer } from './answers.ts';
import { callerOf } from './caller.ts';

/** Kinds that there are many of; settings exist once. */
export const COLLECTION_KINDS = [
  'campaign',
  'segment',
  'placement',
  'channel',
  'goal',
  'attribute',
  'site',
  'pool',
  'stock',
] as const;
type CollectionKind = (typeof COLLECTION_KINDS)[number];

const TAG = 'Configuration';

/** Documents say what was declared; where to look for what is left of it. */
const STANDINGS: Partial<Record<CollectionKind, string>> = {
  pool: 'Documents only: `GET /v1/budgets` has where their money stands.',
  stock: 'Documents only: `GET /v1/inventory` has what is left of them.',
  channel: 'Documents only: `GET /v1/capacity` has how many contacts today still has.',
};

function describedBy(description: string | undefined) {
  return description === undefined ? {} : { description };
}

/** A kind with its article, for summaries. */
function a(kind: CollectionKind): string {
  return `${kind === 'attribute' ? 'an' : 'a'} ${kind}`;
}

function paramsOf(kind: CollectionKind) {
  return z.strictObject({ id: kind === 'attribute' ? attributeName : slug });
}

/** `campaigns/spring`, where a document is found. */
function pathOf(kind: Kind, id: string): string {
  return `/v1/${KINDS[kind].collection}/${encodeURIComponent(id)}`;
}

function registerCreate(app: App, kind: CollectionKind): void {
  const { collection, schema } = KINDS[kind];
  endpoint(
    app,
    {
      method: 'post',
      path: `/v1/${collection}`,
      tag: TAG,
      summary: `Create ${a(kind)}`,
      description: 'Stored as a draft: publishing makes it work.',
      auth: 'secret',
      body: schema as z.ZodType,
      maxBodyBytes: MAX_CONFIGURATION_BODY_BYTES,
      responses: {
        201: {
          description: 'Created',
          schema: writtenDocument,
          headers: { ...ETAG_HEADER, Location: 'Where it is now' },
        },
        409: { description: '`already_exists`' },
      },
    },
    async (c, { raw }) => {
      const checked = checkDocument(kind, raw);
      if (!checked.ok) return problem(c, 'invalid_request', { errors: checked.errors });
      const stored = await createDraft(callerOf(c), checked.document);
      return stored.ok ? storedAnswer(c, stored.value, pathOf(kind, checked.document.id)) : refuse(c, stored.refusal);
    },
  );
}

function registerList(app: App, kind: CollectionKind): void {
  const { collection } = KINDS[kind];
  endpoint(
    app,
    {
      method: 'get',
      path: `/v1/${collection}`,
      tag: TAG,
      summary: `List the drafts of ${collection}`,
      ...describedBy(STANDINGS[kind]),
      auth: 'secret',
      query: pageQuery,
      responses: { 200: { description: 'A page, in the order of ids', schema: documentsResponse } },
    },
    async (c, { query }) => {
      const cursor = readCursor(collection, query.cursor);
      if (!cursor.ok) return refuse(c, cursor.refusal);
      const db = database(c.env.DB);
      const { workspaceId } = c.auth;
      const after = cursor.value ?? '';
      // One more than asked for tells whether there is another page.
      const drafts = await listDrafts(db, workspaceId, kind, after, query.limit + 1);
      const rows = amongBuiltIns(kind, drafts, after);
      const paused = kind === 'campaign' ? (await readStoredSwitches(db, workspaceId)).pausedCampaigns : undefined;
      const page = rows.slice(0, query.limit);
      return c.json({
        items: page.map(({ id, version, body }) => ({
          version,
          ...(paused ? { paused: paused.includes(id) } : {}),
          ...(hasBuiltIns(kind) ? { builtIn: version === ABSENT } : {}),
          document: JSON.parse(body),
        })),
        next: rows.length > page.length ? makeCursor(collection, page.at(-1)!.id) : null,
      });
    },
  );
}

function registerRead(app: App, kind: CollectionKind): void {
  endpoint(
    app,
    {
      method: 'get',
      path: `/v1/${KINDS[kind].collection}/{id}`,
      tag: TAG,
      summary: `Read the draft of ${a(kind)}`,
      ...(hasBuiltIns(kind) ? { description: `A built-in ${kind} that was not written over has version 0.` } : {}),
      auth: 'secret',
      params: paramsOf(kind),
      headers: { 'If-None-Match': 'ETag you have: 304 if it is still that' },
      responses: {
        200: { description: 'The document', schema: writtenDocument, headers: ETAG_HEADER },
        304: { description: 'Unchanged' },
        404: { description: '`not_found`' },
      },
    },
    async (c, { params }) => {
      const stored = await findDraft(database(c.env.DB), c.auth.workspaceId, kind, params.id);
      const draft = stored ?? findBuiltIn(kind, params.id);
      return draft ? draftAnswer(c, draft) : problem(c, 'not_found', { detail: `There is no ${kind} "${params.id}"` });
    },
  );
}

function registerReplace(app: App, kind: CollectionKind): void {
  const { collection, schema } = KINDS[kind];
  endpoint(
    app,
    {
      method: 'put',
      path: `/v1/${collection}/{id}`,
      tag: TAG,
      summary: `Replace or create ${a(kind)}`,
      auth: 'secret',
      params: paramsOf(kind),
      body: schema as z.ZodType,
      ...REPLACE,
    },
    (c, { params, raw }) => replaceAnswer(c, { kind, id: params.id, path: pathOf(kind, params.id) }, raw),
  );
}

function registerRemove(app: App, kind: CollectionKind): void {
  endpoint(
    app,
    {
      method: 'delete',
      path: `/v1/${KINDS[kind].collection}/{id}`,
      tag: TAG,
      summary: `Delete the draft of ${a(kind)}`,
      description:
        'What is published stays so until the next publish, which is refused while something refers to it.' +
        (hasBuiltIns(kind) ? ` Where it stood for a built-in ${kind}, that one is back.` : ''),
      auth: 'secret',
      params: paramsOf(kind),
      headers: { 'If-Match': 'ETag you read, if it must still be that version' },
      responses: {
        204: { description: 'Deleted' },
        404: { description: '`not_found`' },
        412: { description: '`precondition_failed`' },
      },
    },
    async (c, { params }) => {
      const removed = await removeDraft(callerOf(c), kind, params.id, c.header('if-match'));
      return removed.ok ? c.body(null, 204) : refuse(c, removed.refusal);
    },
  );
}

/** Registers the endpoints of every collection. */
export function registerCollections(app: App): void {
  for (const kind of COLLECTION_KINDS) {
    registerCreate(app, kind);
    registerList(app, kind);
    registerRead(app, kind);
    registerReplace(app, kind);
    registerRemove(app, kind);
  }
}

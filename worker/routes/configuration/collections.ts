/** The same five endpoints for every kind of document that there are many of. */
import type { Context } from 'hono';
import * as z from 'zod';
import { KINDS, type Kind } from '../../../contract/configuration/index.ts';
import { attributeName, MAX_CONFIGURATION_BODY_BYTES, slug } from '../../../contract/primitives.ts';
import { documentsResponse, pageQuery, writtenDocument } from '../../../contract/publishing.ts';
import { database } from '../../../db/database.ts';
import { findDraft, listDrafts } from '../../../db/queries/drafts.ts';
import { readStoredSwitches } from '../../../db/queries/switches.ts';
import { makeCursor, readCursor } from '../../configuration/cursor.ts';
import { checkAddressed, checkDocument } from '../../configuration/documents.ts';
import { createDraft, removeDraft, replaceDraft, type Stored } from '../../configuration/edit.ts';
import { etagOf, namesVersion } from '../../configuration/precondition.ts';
import type { App, AppEnv } from '../../http/app-env.ts';
import { endpoint } from '../../http/endpoint.ts';
import { problem, refuse } from '../../http/problem.ts';
import { callerOf } from './caller.ts';

/** Kinds that there are many of; settings exist once. */
export const COLLECTION_KINDS = ['campaign', 'segment', 'placement', 'channel', 'goal', 'attribute', 'site'] as const;
type CollectionKind = (typeof COLLECTION_KINDS)[number];

const TAG = 'Configuration';
export const ETAG_HEADER = { ETag: 'Version of the draft' };

/** A kind with its article, for summaries. */
function a(kind: CollectionKind): string {
  return `${kind === 'attribute' ? 'an' : 'a'} ${kind}`;
}

/** A stored document as the answer to a change. */
export function storedAnswer(c: Context<AppEnv>, stored: Stored, location?: string): Response {
  return c.body(stored.body, stored.created ? 201 : 200, {
    'content-type': 'application/json',
    etag: etagOf(stored.version),
    ...(stored.created && location !== undefined ? { location } : {}),
  });
}

/** A draft as the answer to a question: 304 when the caller has this version. */
export function draftAnswer(c: Context<AppEnv>, draft: { readonly version: number; readonly body: string }): Response {
  const etag = etagOf(draft.version);
  const known = c.req.header('if-none-match');
  if (known !== undefined && namesVersion(known, draft.version, true)) return c.body(null, 304, { etag });
  return c.body(draft.body, 200, { 'content-type': 'application/json', etag });
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
      auth: 'secret',
      query: pageQuery,
      responses: { 200: { description: 'A page, in the order of ids', schema: documentsResponse } },
    },
    async (c, { query }) => {
      const cursor = readCursor(collection, query.cursor);
      if (!cursor.ok) return refuse(c, cursor.refusal);
      const db = database(c.env.DB);
      const { workspaceId } = c.get('auth');
      // One more than asked for tells whether there is another page.
      const rows = await listDrafts(db, workspaceId, kind, cursor.value ?? '', query.limit + 1);
      const paused = kind === 'campaign' ? (await readStoredSwitches(db, workspaceId)).pausedCampaigns : undefined;
      const page = rows.slice(0, query.limit);
      return c.json({
        items: page.map(({ id, version, body }) => ({
          version,
          ...(paused ? { paused: paused.includes(id) } : {}),
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
      const draft = await findDraft(database(c.env.DB), c.get('auth').workspaceId, kind, params.id);
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
      maxBodyBytes: MAX_CONFIGURATION_BODY_BYTES,
      headers: { 'If-Match': 'ETag you read; needed to replace' },
      responses: {
        200: { description: 'Replaced', schema: writtenDocument, headers: ETAG_HEADER },
        201: { description: 'Created', schema: writtenDocument, headers: ETAG_HEADER },
        412: { description: '`precondition_failed`: it was changed since you read it' },
        428: { description: '`precondition_required`' },
      },
    },
    async (c, { params, raw }) => {
      const checked = checkAddressed(kind, params.id, raw);
      if (!checked.ok) return refuse(c, checked.refusal);
      const stored = await replaceDraft(callerOf(c), checked.value, c.req.header('if-match'));
      return stored.ok ? storedAnswer(c, stored.value, pathOf(kind, params.id)) : refuse(c, stored.refusal);
    },
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
      description: 'What is published stays so until the next publish, which is refused while something refers to it.',
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
      const removed = await removeDraft(callerOf(c), kind, params.id, c.req.header('if-match'));
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

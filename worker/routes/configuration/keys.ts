/** Keys of sites, and the secret that their servers sign identity proofs with. */
import * as z from 'zod';
import { slug } from '../../../contract/primitives.ts';
import { createdKey, keyRequest, keysResponse, siteSecretResponse } from '../../../contract/publishing.ts';
import { database } from '../../../db/database.ts';
import { findDraft } from '../../../db/queries/drafts.ts';
import { type KeyRow, listSiteKeys } from '../../../db/queries/keys.ts';
import { createKey, revoke } from '../../configuration/keys.ts';
import { siteSecret } from '../../edge/identity.ts';
import type { App } from '../../http/app.ts';
import { endpoint } from '../../http/endpoint.ts';
import { problem, refuse } from '../../http/problem.ts';
import { callerOf } from './caller.ts';

const TAG = 'Publishing';
const siteParams = z.strictObject({ id: slug });
const UNKNOWN = { 404: { description: '`not_found`' } };

function answerOf({ id, siteId, type, name, hint, createdAt, revokedAt }: KeyRow) {
  return {
    id,
    site: siteId,
    type,
    name,
    hint,
    createdAt: new Date(createdAt).toISOString(),
    revokedAt: revokedAt === null ? null : new Date(revokedAt).toISOString(),
  };
}

/** Registers them all. */
export function registerKeys(app: App): void {
  registerSiteKeys(app);
  registerSiteSecret(app);
}

function registerSiteKeys(app: App): void {
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/sites/{id}/keys',
      tag: TAG,
      summary: 'Make a key of a site',
      description: 'The key is shown this once: only its SHA-256 is stored.',
      auth: 'secret',
      params: siteParams,
      body: keyRequest,
      responses: { 201: { description: 'The key', schema: createdKey }, ...UNKNOWN },
    },
    async (c, { params, body }) => {
      const made = await createKey(callerOf(c), params.id, body.type, body.name);
      if (!made.ok) return refuse(c, made.refusal);
      return c.json({ ...answerOf(made.value.row), key: made.value.key }, 201);
    },
  );
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/sites/{id}/keys',
      tag: TAG,
      summary: 'List the keys of a site',
      auth: 'secret',
      params: siteParams,
      responses: { 200: { description: 'All of them, oldest first', schema: keysResponse } },
    },
    async (c, { params }) => {
      const rows = await listSiteKeys(database(c.env.DB), c.auth.workspaceId, params.id);
      return c.json({ items: rows.map(answerOf) });
    },
  );
  endpoint(
    app,
    {
      method: 'delete',
      path: '/v1/keys/{id}',
      tag: TAG,
      summary: 'Revoke a key',
      description: 'For ever, and within 10 seconds everywhere.',
      auth: 'secret',
      params: z.strictObject({ id: z.string().min(1).max(64) }),
      responses: { 204: { description: 'Revoked' }, ...UNKNOWN },
    },
    async (c, { params }) => {
      const done = await revoke(callerOf(c), params.id);
      return done.ok ? c.body(null, 204) : refuse(c, done.refusal);
    },
  );
}

function registerSiteSecret(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/sites/{id}/secret',
      tag: TAG,
      summary: 'The secret that signs identity proofs of a site',
      auth: 'secret',
      params: siteParams,
      responses: { 200: { description: 'The secret', schema: siteSecretResponse }, ...UNKNOWN },
    },
    async (c, { params }) => {
      const { workspaceId } = c.auth;
      if (!(await findDraft(database(c.env.DB), workspaceId, 'site', params.id)))
        return problem(c, 'not_found', { detail: `There is no site "${params.id}"` });
      return c.json({ secret: await siteSecret(c.env, workspaceId, params.id) });
    },
  );
}

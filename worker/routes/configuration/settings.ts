/** `GET|PUT /v1/settings`: the one document that every workspace has, written or not. */
import type * as z from 'zod';
import { settings } from '../../../contract/configuration/index.ts';
import { MAX_CONFIGURATION_BODY_BYTES } from '../../../contract/primitives.ts';
import { writtenDocument } from '../../../contract/publishing.ts';
import { database } from '../../../db/database.ts';
import { findDraft } from '../../../db/queries/drafts.ts';
import { ABSENT } from '../../../db/queries/write-draft.ts';
import { checkAddressed } from '../../configuration/documents.ts';
import { replaceDraft } from '../../configuration/edit.ts';
import type { App } from '../../http/app-env.ts';
import { endpoint } from '../../http/endpoint.ts';
import { refuse } from '../../http/problem.ts';
import { callerOf } from './caller.ts';
import { draftAnswer, ETAG_HEADER, storedAnswer } from './collections.ts';

const ID = 'workspace';
const TAG = 'Configuration';

/** Registers both. Settings that were never written read as `{"id": "workspace"}`, version 0: the defaults apply. */
export function registerSettings(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/settings',
      tag: TAG,
      summary: 'Read the draft of the settings',
      auth: 'secret',
      headers: { 'If-None-Match': 'ETag you have: 304 if it is still that' },
      responses: {
        200: { description: 'The settings', schema: writtenDocument, headers: ETAG_HEADER },
        304: { description: 'Unchanged' },
      },
    },
    async (c) => {
      const draft = await findDraft(database(c.env.DB), c.get('auth').workspaceId, 'settings', ID);
      return draftAnswer(c, draft ?? { version: ABSENT, body: JSON.stringify({ id: ID }) });
    },
  );
  endpoint(
    app,
    {
      method: 'put',
      path: '/v1/settings',
      tag: TAG,
      summary: 'Replace the settings',
      auth: 'secret',
      body: settings as z.ZodType,
      maxBodyBytes: MAX_CONFIGURATION_BODY_BYTES,
      headers: { 'If-Match': 'ETag you read; needed to replace' },
      responses: {
        200: { description: 'Replaced', schema: writtenDocument, headers: ETAG_HEADER },
        201: { description: 'Written for the first time', schema: writtenDocument, headers: ETAG_HEADER },
        412: { description: '`precondition_failed`' },
        428: { description: '`precondition_required`' },
      },
    },
    async (c, { raw }) => {
      const checked = checkAddressed('settings', ID, raw);
      if (!checked.ok) return refuse(c, checked.refusal);
      const stored = await replaceDraft(callerOf(c), checked.value, c.req.header('if-match'));
      return stored.ok ? storedAnswer(c, stored.value, '/v1/settings') : refuse(c, stored.refusal);
    },
  );
}

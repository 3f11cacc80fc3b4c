/** `GET|PUT /v1/settings`: the one document that every workspace has, written or not. */
import type * as z from 'zod';
import { settings } from '../../../contract/configuration/index.ts';
import { writtenDocument } from '../../../contract/publishing.ts';
import { database } from '../../../db/database.ts';
import { findDraft } from '../../../db/queries/drafts.ts';
import { ABSENT } from '../../../db/queries/write-draft.ts';
import type { App } from '../../http/app.ts';
import { endpoint } from '../../http/endpoint.ts';
import { draftAnswer, ETAG_HEADER, REPLACE, replaceAnswer } from './answers.ts';

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
      const draft = await findDraft(database(c.env.DB), c.auth.workspaceId, 'settings', ID);
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
      ...REPLACE,
    },
    (c, { raw }) => replaceAnswer(c, { kind: 'settings', id: ID, path: '/v1/settings' }, raw),
  );
}

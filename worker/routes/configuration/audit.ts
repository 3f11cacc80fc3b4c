/** `GET /v1/audit`: who changed what, when. */
import { auditResponse, pageQuery } from '../../../contract/publishing.ts';
import { database } from '../../../db/database.ts';
import { type AuditRow, listAudit } from '../../../db/queries/audit.ts';
import { makeCursor, readNumberCursor } from '../../configuration/cursor.ts';
import type { App } from '../../http/app.ts';
import { endpoint } from '../../http/endpoint.ts';
import { refuse } from '../../http/problem.ts';

const LIST = 'audit';

function answerOf({ id, at, actor, action, kind, subject, changes }: AuditRow) {
  return { id, at: new Date(at).toISOString(), actor, action, kind, subject, changes: JSON.parse(changes) };
}

export function registerAudit(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/audit',
      tag: 'Publishing',
      summary: 'Every change of the workspace, newest first',
      auth: 'secret',
      query: pageQuery,
      responses: { 200: { description: 'A page', schema: auditResponse } },
    },
    async (c, { query }) => {
      const before = readNumberCursor(LIST, query.cursor);
      if (!before.ok) return refuse(c, before.refusal);
      const rows = await listAudit(database(c.env.DB), c.auth.workspaceId, before.value, query.limit + 1);
      const page = rows.slice(0, query.limit);
      const next = rows.length > page.length ? makeCursor(LIST, String(page.at(-1)!.id)) : null;
      return c.json({ items: page.map(answerOf), next });
    },
  );
}

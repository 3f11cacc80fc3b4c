/** The demo workspace: its first rows by SQL, as every workspace begins, and everything else through the API. */

import { type ApiRequest, callApi } from '../../cli/api.ts';
import { batchesOf } from '../../cli/documents/batches.ts';
import { type CheckedDocument, checkDocuments } from '../../cli/documents/check.ts';
import { readDocuments } from '../../cli/documents/read.ts';
import { formatFinding } from '../../cli/documents/source.ts';
import { keyRow } from '../../cli/keys.ts';
import { MAX_CONFIGURATION_BODY_BYTES } from '../../contract/primitives.ts';
import { bootstrapSql } from '../../db/bootstrap.ts';
import type { DemoKeys } from './demo-keys.ts';
import { ensureModels } from './models.ts';
import type { D1 } from './runtime.ts';

export interface DemoOptions {
  readonly keys: DemoKeys;
  /** Folders of the campaigns' files. */
  readonly campaigns: readonly string[];
  /** Folder of the models' folders. */
  readonly models: string;
  /** Names under which browsers reach the runtime. */
  readonly origins: readonly string[];
  /** Whether its visitors are known by a first-party cookie, too: pages that are filled at the edge need one. */
  readonly hasCookie?: boolean;
}

/** Makes sure that the workspace is there, published, and open to the origins. Returns what had to be done. */
export async function ensureDemo(database: D1, options: DemoOptions): Promise<'seeded' | 'moved' | 'found'> {
  const { keys, origins, campaigns, models, hasCookie = false } = options;
  const site = { id: keys.site, name: 'Northlight', kind: 'web', origins, consent: 'required' };
  const statements = bootstrapSql({
    workspaceId: keys.workspace,
    name: 'Demo',
    salt: keys.salt,
    nowMs: Date.now(),
    site,
    keys: [keyRow('publishable', keys.publishableKey), keyRow('secret', keys.secretKey)],
  });
  await database.batch(statements.map((sql) => database.prepare(sql)));
  await ensureModels(models, keys);
  if (!(await isPublished(database, keys.workspace))) {
    await pushFiles(campaigns, keys);
    await openSite(keys, origins, hasCookie);
    return 'seeded';
  }
  return (await openSite(keys, origins, hasCookie)) ? 'moved' : 'found';
}

/** A site takes 50; the demo's oldest ports are forgotten long before. */
const MAX_ORIGINS = 20;

/** Another port than last time: the site gets the new origins and keeps the old ones, and a cookie once it was wanted. Returns whether that was needed. */
async function openSite(keys: DemoKeys, origins: readonly string[], hasCookie: boolean): Promise<boolean> {
  const path = `/v1/sites/${keys.site}`;
  const { body, etag } = await call(keys, { method: 'GET', path });
  const site = body as { origins: string[]; cookie?: object };
  if (origins.every((origin) => site.origins.includes(origin)) && (!hasCookie || site.cookie)) return false;
  const all = [...new Set([...origins, ...site.origins])].slice(0, MAX_ORIGINS);
  const next = { ...site, origins: all, ...(hasCookie && { cookie: site.cookie ?? {} }) };
  await call(keys, { method: 'PUT', path, body: JSON.stringify(next), ifMatch: etag ?? '' });
  await call(keys, { method: 'POST', path: '/v1/publish', body: JSON.stringify({ note: 'The demo on another port' }) });
  return true;
}

async function isPublished(database: D1, workspace: string): Promise<boolean> {
  const query = database.prepare('SELECT 1 FROM revisions WHERE workspace_id = ? LIMIT 1').bind(workspace);
  return (await query.all()).results.length > 0;
}

async function pushFiles(folders: readonly string[], keys: DemoKeys): Promise<void> {
  const read = readDocuments(folders);
  const { documents, findings } = checkDocuments(read.documents);
  const all = [...read.findings, ...findings];
  if (all.length > 0) throw new Error(all.map(formatFinding).join('\n'));
  await pushAll(documents, keys);
}

async function pushAll(documents: readonly CheckedDocument[], keys: DemoKeys): Promise<void> {
  const options = { publish: true, dryRun: false, note: 'The demo shop' };
  for (const { body } of batchesOf(documents, options, MAX_CONFIGURATION_BODY_BYTES)) {
    await call(keys, { method: 'POST', path: '/v1/push', body });
  }
}

async function call(keys: DemoKeys, request: ApiRequest) {
  const reply = await callApi({ site: keys.url, secretKey: keys.secretKey }, request);
  if (reply.outcome === 'done') return reply;
  const { title, detail, errors = [] } = reply.problem;
  const lines = errors.map((error) => `  ${error.field}: ${error.detail}`);
  throw new Error([`The demo was refused: ${detail ?? title}`, ...lines].join('\n'));
}

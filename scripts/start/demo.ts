/** The demo workspace: its first rows by SQL, as every workspace begins, and everything else through the API. */

import { postJson } from '../../cli/api.ts';
import { batchesOf } from '../../cli/documents/batches.ts';
import { type CheckedDocument, checkDocuments } from '../../cli/documents/check.ts';
import { readDocuments } from '../../cli/documents/read.ts';
import { formatFinding } from '../../cli/documents/source.ts';
import { keyRow } from '../../cli/keys.ts';
import { MAX_CONFIGURATION_BODY_BYTES } from '../../contract/primitives.ts';
import { joinDocument } from '../../contract/publishing.ts';
import { bootstrapSql } from '../../db/bootstrap.ts';
import type { DemoKeys } from './demo-keys.ts';
import type { D1 } from './runtime.ts';

export interface DemoOptions {
  readonly keys: DemoKeys;
  /** Folder of the campaigns' files. */
  readonly campaigns: string;
  /** Names under which browsers reach the runtime. */
  readonly origins: readonly string[];
}

/** Makes sure that the workspace is there, published, and open to the origins. Returns what had to be done. */
export async function ensureDemo(database: D1, options: DemoOptions): Promise<'seeded' | 'moved' | 'found'> {
  const { keys, origins, campaigns } = options;
  const site = { id: keys.site, name: 'Northlight', kind: 'web', origins, consent: 'required' };
  const statements = bootstrapSql({
    workspaceId: keys.workspace,
    name: 'Demo',
    residency: 'none',
    salt: keys.salt,
    nowMs: Date.now(),
    site,
    keys: [keyRow('publishable', keys.publishableKey), keyRow('secret', keys.secretKey)],
  });
  await database.batch(statements.map((sql) => database.prepare(sql)));
  if (!(await isPublished(database, keys.workspace))) {
    await pushFiles(campaigns, keys);
    return 'seeded';
  }
  const known = await knownOrigins(database, keys);
  if (origins.every((origin) => known.includes(origin))) return 'found';
  // Another port than last time: the site gets the new origins and keeps the old ones.
  const document = joinDocument('site', {
    ...site,
    origins: [...new Set([...origins, ...known])].slice(0, MAX_ORIGINS),
  });
  await post(keys, JSON.stringify({ documents: [document], note: 'Demo on another port' }));
  return 'moved';
}

/** A site takes 50; the demo's oldest ports are forgotten long before. */
const MAX_ORIGINS = 20;

async function isPublished(database: D1, workspace: string): Promise<boolean> {
  const query = database.prepare('SELECT 1 FROM revisions WHERE workspace_id = ? LIMIT 1').bind(workspace);
  return (await query.all()).results.length > 0;
}

async function knownOrigins(database: D1, { workspace, site }: DemoKeys): Promise<string[]> {
  const sql = `SELECT body FROM documents WHERE workspace_id = ? AND kind = 'site' AND id = ? ORDER BY version DESC LIMIT 1`;
  const { results } = await database.prepare(sql).bind(workspace, site).all();
  const body = JSON.parse(String(results[0]?.body ?? '{}')) as { origins?: string[] };
  return body.origins ?? [];
}

async function pushFiles(folder: string, keys: DemoKeys): Promise<void> {
  const read = readDocuments([folder]);
  const { documents, findings } = checkDocuments(read.documents);
  const all = [...read.findings, ...findings];
  if (all.length > 0) throw new Error(all.map(formatFinding).join('\n'));
  await pushAll(documents, keys);
}

async function pushAll(documents: readonly CheckedDocument[], keys: DemoKeys): Promise<void> {
  const options = { publish: true, dryRun: false, note: 'The demo shop' };
  for (const { body } of batchesOf(documents, options, MAX_CONFIGURATION_BODY_BYTES)) await post(keys, body);
}

async function post(keys: DemoKeys, body: string): Promise<void> {
  const reply = await postJson({ site: keys.url, secretKey: keys.secretKey }, '/v1/push', body);
  if (reply.outcome === 'done') return;
  const { title, detail, errors = [] } = reply.problem;
  const lines = errors.map((error) => `  ${error.field}: ${error.detail}`);
  throw new Error([`The demo was refused: ${detail ?? title}`, ...lines].join('\n'));
}

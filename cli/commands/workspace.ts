/** `workspace create`: the SQL that makes a workspace, its first site and two keys. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { site as siteSchema } from '../../contract/configuration/index.ts';
import { displayName, slug } from '../../contract/primitives.ts';
import { workspaceIdOf } from '../../contract/residency.ts';
import { bootstrapSql } from '../../db/bootstrap.ts';
import { flattenIssues } from '../documents/issues.ts';
import { EXIT, usageFailure } from '../failure.ts';
import { howToLoad } from '../inbox-sql.ts';
import { newKey, newSalt } from '../keys.ts';

/**
 * Writes the SQL, which holds only the keys' hashes, and shows the keys this once: on standard output, so that they can be piped to
 * where they are kept, unless the SQL itself goes there; then on standard error.
 */
export function createWorkspace(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      residency: { type: 'string', default: 'none' },
      site: { type: 'string', default: 'shop' },
      kind: { type: 'string', default: 'web' },
      origin: { type: 'string', multiple: true, default: [] },
      wrangler: { type: 'string', default: '-' },
    },
  });
  const [action, id, ...more] = positionals;
  if (action !== 'create' || id === undefined || more.length > 0) throw usageFailure('workspace create ID');
  if (!slug.safeParse(id).success) throw usageFailure(`"${id}" is not an id`);
  const name = displayName.safeParse(values.name ?? id);
  if (!name.success) throw usageFailure('--name must have 1 to 200 characters');
  const { residency } = values;
  if (residency !== 'none' && residency !== 'eu') throw usageFailure(`--residency "${residency}" is not none or eu`);
  const workspaceId = workspaceIdOf(id, residency);
  const site = { id: values.site, name: values.site, kind: values.kind, origins: values.origin };
  const checked = siteSchema.safeParse(site);
  if (!checked.success) throw usageFailure(flattenIssues(checked.error.issues)[0]!.message);
  const publishable = newKey('publishable');
  const secret = newKey('secret');
  const statements = bootstrapSql({
    workspaceId,
    name: name.data,
    salt: newSalt(),
    nowMs: Date.now(),
    site,
    keys: [publishable.row, secret.row],
  });
  const sql = statements.map((statement) => `${statement};\n`).join('');
  const keys = `Keys of ${workspaceId}/${site.id}, shown this once:\n  ${publishable.key}\n  ${secret.key}\n`;
  if (values.wrangler === '-') {
    process.stdout.write(sql);
    process.stderr.write(keys);
  } else {
    writeFileSync(values.wrangler, sql);
    process.stdout.write(`Load the SQL\n${howToLoad(values.wrangler)}${keys}`);
  }
  return EXIT.ok;
}

import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { bootstrapSql } from './bootstrap.ts';
import { database } from './database.ts';
import { findKeyByHash } from './queries/keys.ts';
import { findWorkspace } from './queries/workspaces.ts';

const bootstrap = {
  workspaceId: 'eu.boot',
  name: "O'Neil's; DROP TABLE keys",
  salt: 'salt',
  nowMs: 5,
  site: { id: 'shop', name: 'Shop', kind: 'app' },
  keys: [{ id: 'k1', type: 'secret', name: 'first', hash: 'h1', hint: 'sk_1234' }],
} as const;

async function run(statements: readonly string[]): Promise<void> {
  await env.DB.batch(statements.map((sql) => env.DB.prepare(sql)));
}

describe('bootstrapSql', () => {
  test('makes a workspace whose key is found; a second run changes nothing', async () => {
    await run(bootstrapSql(bootstrap));
    await run(bootstrapSql({ ...bootstrap, salt: 'another', nowMs: 9 }));
    const db = database(env.DB);
    expect(await findWorkspace(db, 'eu.boot')).toMatchObject({ name: bootstrap.name, salt: 'salt', residency: 'eu' });
    expect(await findKeyByHash(db, 'h1')).toEqual({ id: 'k1', workspaceId: 'eu.boot', siteId: 'shop', type: 'secret' });
  });

  test('a revoked key is not found', async () => {
    await env.DB.prepare('UPDATE keys SET revoked_at = 7 WHERE id = ?').bind('k1').run();
    expect(await findKeyByHash(database(env.DB), 'h1')).toBeUndefined();
  });
});

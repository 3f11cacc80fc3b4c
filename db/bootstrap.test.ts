import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { bootstrapSql } from './bootstrap.ts';
import { database } from './database.ts';
import { findKeyByHash, findSiteDraft } from './queries/lookups.ts';
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
    expect(await findKeyByHash(env.DB, 'h1')).toEqual({
      id: 'k1',
      workspaceId: 'eu.boot',
      siteId: 'shop',
      type: 'secret',
    });
  });

  test('its site is found as a draft, and no other', async () => {
    expect(JSON.parse((await findSiteDraft(env.DB, 'eu.boot', 'shop')) ?? '')).toMatchObject(bootstrap.site);
    expect(await findSiteDraft(env.DB, 'eu.boot', 'other')).toBeUndefined();
    expect(await findSiteDraft(env.DB, 'boot', 'shop')).toBeUndefined();
  });

  test('a revoked key is not found', async () => {
    await env.DB.prepare('UPDATE keys SET revoked_at = 7 WHERE id = ?').bind('k1').run();
    expect(await findKeyByHash(env.DB, 'h1')).toBeUndefined();
  });
});

/** Residency travels in the workspace's id. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { residencyOf, workspaceIdOf } from '../../contract/residency.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';

it('is read off the id, and no slug can be taken for a resident workspace', () => {
  expect([residencyOf(workspaceIdOf('acme', 'eu')), residencyOf(workspaceIdOf('acme', 'none'))]).toEqual([
    'eu',
    'none',
  ]);
  expect(residencyOf('eu-acme')).toBe('none');
});

it('a resident workspace has its objects where the runtime knows no jurisdictions, too', async () => {
  const stub = await publisherStub(env as unknown as Env, workspaceIdOf('acme', 'eu'));
  expect((await stub.state(0)).seq).toBe(0);
});

it('a jurisdiction that is refused for another reason is not worked around', async () => {
  const namespace = {
    jurisdiction: () => {
      throw new Error('quota exceeded');
    },
  };
  const broken = { ...(env as unknown as Env), PUBLISHER: namespace as unknown as Env['PUBLISHER'] };
  await expect(publisherStub(broken, 'eu.acme')).rejects.toThrow('quota');
});

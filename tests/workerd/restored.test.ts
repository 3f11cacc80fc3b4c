/** After D1 was restored to before its newest revisions: what is published next is served, though its publisher has seen later ones. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
/** The revision that was served when the database was restored. */
const SERVED = 50;

it('a publish is later than what is served', async () => {
  const workspace = await createWorkspace(bindings);
  const api = apiOf(workspace);
  await publishDemo(bindings, workspace);
  const publisher = await publisherStub(bindings, workspace.workspaceId);
  const { manifest } = await publisher.state(0);
  const activated = await publisher.activate(workspace.workspaceId, { ...manifest!, revision: SERVED }, []);
  expect(activated.outcome).toBe('active');
  const documents = [{ kind: 'placement', id: 'new', name: 'New', defaultContent: { text: 'after the restore' } }];
  const { body } = await api.secret<{ revision: number }>('POST', '/v1/push', { documents, publish: true });
  expect(body.revision).toBe(SERVED + 1);
  const served = await eventually(
    () => api.optimize({ placements: ['new'], customer: { id: 'ann' } }),
    ({ status }) => status === 200,
  );
  expect(served.body.decisions[0]?.content).toEqual({ text: 'after the restore' });
  const next = await api.secret<{ revision: number }>('POST', '/v1/push', {
    documents: [{ ...documents[0], name: 'Newer' }],
    publish: true,
  });
  expect(next.body.revision).toBe(SERVED + 2);
});

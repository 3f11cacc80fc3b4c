/** What people ask of a campaign's root, over a network that loses answers: done once. */
import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { CampaignAddress } from '../../durable-objects/campaign/protocol.ts';
import { rootStub } from '../../durable-objects/shared/stub.ts';
import { createApp } from '../../worker/app.ts';
import { intercepted, lostOnTheWay } from './money.ts';
import { createWorkspace, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;

test('a hold whose answer was lost, and that comes once more after the release, holds nothing', async () => {
  const workspace = await createWorkspace(bindings);
  await publishDemo(bindings, workspace, [
    { kind: 'placement', id: 'free', name: 'Free', defaultContent: { text: 'nothing' } },
    {
      kind: 'campaign',
      id: 'hello',
      name: 'Hello',
      objective: { goal: 'click' },
      placements: ['free'],
      arms: [{ id: 'a', content: { text: 'hello' } }],
    },
  ]);
  const asked: unknown[][] = [];
  const roots = intercepted(bindings.CAMPAIGN_ROOT, async (method, make, args) => {
    const reply = await make();
    if (method !== 'holdLearning' && method !== 'releaseLearning') return reply;
    asked.push(args);
    if (asked.length === 1) throw lostOnTheWay();
    return reply;
  });
  const post = async (what: string, body: object) => {
    const request = new Request(`https://api.example/v1/campaigns/hello/learning/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const replaced = { ...bindings, CAMPAIGN_ROOT: roots } as unknown as Env;
    return (await createApp().fetch(request, replaced, createExecutionContext())).status;
  };
  expect([await post('hold', {}), await post('release', { keep: 'all' })]).toEqual([200, 200]);
  const names = asked.map((args) => args.at(-1));
  expect(names[1]).toBe(names[0]);
  expect(names[2]).not.toBe(names[0]);

  const root = await rootStub(bindings, workspace.workspaceId, 'hello');
  const late = asked[0] as [CampaignAddress, string, string];
  expect((await root.holdLearning(...late)).hold).toBeNull();
});

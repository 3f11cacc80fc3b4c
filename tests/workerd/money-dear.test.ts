/** Campaigns of very different costs that share a pool. */
import { env } from 'cloudflare:workers';
import { beforeEach, expect, it } from 'vitest';
import type { DecisionAnswer } from '../../contract/decisions.ts';
import { forgetLeases } from '../../worker/edge/leases.ts';
import { apiOf } from './api.ts';
import { giftDocuments, standingOf } from './money.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  forgetLeases();
});

it('a campaign that is dearer than what is left does not keep a cheap one on the same placement from being shown', async () => {
  const api = apiOf(workspace);
  const luxury = {
    kind: 'campaign',
    id: 'luxury',
    name: 'Luxury',
    objective: { goal: 'click' },
    placements: ['offer'],
    pool: 'spring',
    arms: [{ id: 'watch', content: { text: 'A watch' }, costMinor: 5_000 }],
  };
  const pool = { kind: 'pool', id: 'spring', name: 'Spring', totalMinor: 100 };
  await publishDemo(bindings, workspace, giftDocuments({ cheap: 1 }, { pool: 'spring' }, pool, luxury));
  const shown: DecisionAnswer[] = [];
  for (let i = 0; i < 10; i += 1) {
    const { body } = await api.optimize({ placements: ['offer'], customer: { id: `customer-${i}` } });
    shown.push(...(body.decisions as DecisionAnswer[]));
  }
  expect(shown.map(({ outcome }) => outcome)).toEqual(Array(10).fill('campaign'));
  expect(await standingOf(bindings, workspace, 'pool:spring')).toMatchObject({ total: 100, uncharged: 0 });
});

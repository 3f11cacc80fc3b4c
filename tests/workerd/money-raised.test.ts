/** What is published anew is there with the next refresh, whatever an isolate was refused before. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { forgetLeases } from '../../worker/edge/leases.ts';
import { apiOf, eventually } from './api.ts';
import { giftDocuments, standingOf } from './money.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  forgetLeases();
});

let asked = 0;
/** Customers that have not been asked before, all at once; the decisions of those that were granted something. */
async function wave(size: number) {
  const ids = Array.from({ length: size }, () => `customer-${asked++}`);
  const answers = await Promise.all(
    ids.map((id) => api.optimize({ requestId: id, placements: ['offer'], customer: { id } })),
  );
  return answers.map(({ body }) => body.decisions[0]!).filter(({ outcome }) => outcome === 'campaign');
}

describe('a stock that is sold out and raised', () => {
  it('is given again with the next refresh, not when its refusal has passed', async () => {
    const mugs = (total: number) =>
      publishDemo(
        bindings,
        workspace,
        giftDocuments({ a: 0 }, { stock: 'mugs' }, { kind: 'stock', id: 'mugs', name: 'Mugs', total }),
      );
    await mugs(1);
    const [sold] = await wave(4);
    await api.feedback({ token: sold!.token, kind: 'exposure' });
    await eventually(
      () => standingOf(bindings, workspace, 'stock:mugs'),
      ({ posted, leased }) => posted === 1 && leased === 0,
    );
    // What it was refused while the unit could still come back passes; from then on this isolate is refused for a minute at a time.
    await eventually(
      () => wave(1),
      () => false,
    );
    await mugs(2);
    expect(
      await eventually(
        () => wave(1),
        (granted) => granted.length > 0,
      ),
    ).toHaveLength(1);
  });
});

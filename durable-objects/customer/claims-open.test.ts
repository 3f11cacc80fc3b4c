/** How much of a ledger one customer can hold. */
import { describe, expect, it } from 'vitest';
import { type Receipt, replay } from '../../decisioning/receipt.ts';
import { entryOf } from '../../decisioning/testing/paid.ts';
import { MAX_OPEN_CLAIMS } from './limits.ts';
import { handOver, must, NOW_MS, paidScene } from './testing/paid-scene.ts';

const PLENTY = 9_999;
const plenty = { purse: [entryOf('s1', PLENTY, { ledger: 'stock:shirts' }), entryOf('l1', PLENTY)] };

describe('a customer who holds as many open claims of a ledger as one may', () => {
  it('gets nothing more of it until one is seen, whatever the purse holds; claims of their devices are among them', async () => {
    const { world, ann, phone } = await paidScene({ caps: [] });
    const made = [];
    for (let i = 0; i < MAX_OPEN_CLAIMS; i += 1) {
      const device = i < 3 ? phone : ann;
      made.push(must(await device.decide(`${i}`, NOW_MS, plenty)));
    }
    await handOver(phone, ann, NOW_MS + 1);
    expect(await ann.ask('more', NOW_MS + 2, plenty)).toMatchObject({ decisions: [{ refusals: { no_budget: 1 } }] });

    await ann.see(made[0]!, NOW_MS + 3);
    const last = must(await ann.decide('last', NOW_MS + 4, plenty));
    const { receipt } = (await ann.stub().receipt(last.decisionId)) as { receipt: Receipt };
    expect(receipt.purse).toMatchObject({ 'pool:spring': { units: PLENTY } });
    expect(replay(receipt, { hero: world.slices.hero! })).toMatchObject([{ chosen: { campaign: { id: 'c' } } }]);

    const explained = await ann.stub().explain(ann.explainCall('x', NOW_MS + 5, plenty));
    const needs = [
      { ledger: 'pool:spring', needed: 5, there: 0 },
      { ledger: 'stock:shirts', needed: 1, there: 0 },
    ];
    expect(explained).toMatchObject({ placements: [{ chosen: null, candidates: [{ reason: 'no_budget', needs }] }] });
  });
});

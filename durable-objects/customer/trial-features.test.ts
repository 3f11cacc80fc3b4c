/** Where features are kept, and what their moments add up to. */
import { describe, expect, it } from 'vitest';
import type { LearningFacts } from './protocol.ts';
import { customerOf, DAY_MS, HOUR_MS, START_MS, settle, sumsIn, totalOf } from './testing/fixtures.ts';
import { scene } from './testing/trial-scene.ts';

describe('features', () => {
  const features = [{ id: 'plan', attribute: 'plan', type: 'category' as const, values: ['gold', 'tin'] }];
  const moments = [1e6, 1e6, 0, 1e6, 0, 0, 1e6, 1e6, 0, 1e6];

  it('of a stored decision are in no token, also when it is asked for again, and their moments are counted', async () => {
    const { ann, sums } = scene('purchase', { features });
    const record = await ann.decide('1', START_MS, { attributes: { plan: 'gold' } });
    expect(record).not.toHaveProperty('features');
    expect(await ann.decide('1', START_MS, { attributes: { plan: 'tin' } })).toEqual(record);
    const kept = await ann.stub().receipt(record!.decisionId);
    expect(kept).toMatchObject({ record: { features: { z: [1_000, 1_000, 0] } } });
    await ann.see(record!, START_MS);
    await ann.reach(record!, START_MS);
    expect(Object.entries(await sums())).toEqual([[expect.stringMatching(/^linear:/), moments]]);
  });

  it('of a decision that no object stored come with its token, and go on with it to a known customer', async () => {
    const { world, sums, ann } = scene('purchase', { features });
    const visitor = customerOf(world, 'visitor', true);
    const stored = await visitor.decide('1', START_MS, { attributes: { plan: 'gold' } });
    const token = { ...stored!, decisionId: 'first-visit', features: { key: 'f', z: [1_000, 1_000, 0] } };
    await visitor.see(token, START_MS);
    const moved = await visitor.stub().forward(visitor.facts(START_MS), ann.name);
    if (!moved.legacy) throw new Error('there is no legacy');
    await ann.stub().takeLegacy(ann.facts(START_MS), moved.legacy);
    await visitor.stub().legacyTaken(visitor.facts(START_MS));
    await settle(visitor);
    await ann.reach(token, START_MS + HOUR_MS);
    expect(await sums()).toEqual({ 'linear:f': moments });
  });

  it.each([
    ['a day', {}, 24],
    ['a part of a short half-life', { momentsHours: 7 }, 7],
    ['an hour', { momentsHours: 1 }, 1],
  ])('are counted in buckets of %s, rewards in that of their trial', async (_title, learning: LearningFacts, width) => {
    const { world, ann } = scene('purchase', { features });
    const atMs = START_MS + 19 * HOUR_MS;
    const record = await ann.decide('1', atMs, { attributes: { plan: 'gold' } });
    await ann.see(record!, atMs, undefined, learning);
    await ann.reach(record!, atMs + DAY_MS);
    await settle(ann);
    const hour = atMs / HOUR_MS;
    const cells = Object.entries(await sumsIn(world, 'c'));
    expect(cells.map(([key, sums]) => [key, Object.values(sums)])).toEqual([
      [`rest ${record!.armId} ${hour - (hour % width)}`, [moments]],
    ]);
    expect((await totalOf(world, 'c')).conversions).toBe(1);
  });

  it('that are kept no more cost the moments, not the trial', async () => {
    const { world, ann, sums, total } = scene('purchase', { features });
    const elsewhere = customerOf(world, 'elsewhere');
    const record = await elsewhere.decide('1', START_MS, { attributes: { plan: 'gold' } });
    await ann.reach(record!, START_MS);
    expect(await total()).toMatchObject({ exposures: 1, trials: 1, conversions: 1 });
    expect(await sums()).toEqual({});
  });
});

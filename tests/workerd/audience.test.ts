/** The audience estimate over real customers: figures, who counts, what is refused, and what of a customer is given away. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AudienceResponse } from '../../contract/audience.ts';
import type { Problem } from '../../contract/problem.ts';
import { publisherStub, type StubSource } from '../../durable-objects/shared/stub.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, demoDocuments, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
const segment = (id: string, condition: object) => ({ kind: 'segment', id, name: id, condition });

/** @param workspaceId decides who is in the sample; another one in every run unless told */
async function shopOf(workspaceId?: string) {
  const workspace = await createWorkspace(bindings, workspaceId === undefined ? {} : { workspaceId });
  await publishDemo(bindings, workspace, [
    ...demoDocuments(),
    { kind: 'attribute', id: 'plan', type: 'string' },
    segment('pro', { plan: 'pro' }),
    segment('pro-at-cart', { $inSegment: 'pro', 'page.path': '/cart' }),
  ]);
  const api = apiOf(workspace);
  const estimate = (body: object) => api.secret<AudienceResponse & Problem>('POST', '/v1/audience/estimate', body);
  /** Three in ten are `pro`. */
  const fill = async (from: number, to: number) => {
    for (let start = from; start < to; start += 20) {
      const batch = Array.from({ length: Math.min(20, to - start) }, (_, i) => start + i);
      await Promise.all(
        batch.map((i) => api.secret('PUT', `/v1/customers/c${i}`, { traits: { plan: i % 10 < 3 ? 'pro' : 'free' } })),
      );
    }
  };
  const held = (count: number) =>
    eventually(
      () => estimate({}),
      ({ body }) => body.sample.held === count,
    );
  return { workspace, api, estimate, fill, held };
}

describe('POST /v1/audience/estimate', () => {
  let shop: Awaited<ReturnType<typeof shopOf>>;
  beforeAll(async () => {
    shop = await shopOf('sampled');
    await shop.fill(0, 300);
    await shop.held(300);
  });

  it('finds three in ten of 300 customers within its interval, from 200 answers', async () => {
    const { status, body } = await shop.estimate({ condition: { plan: 'pro' } });
    expect(status).toBe(200);
    expect(body.customers).toEqual({ estimate: 300, interval: [300, 300] });
    expect(body.sample).toMatchObject({ held: 300, asked: 200, answered: 200 });
    const [low, high] = body.matching.interval;
    expect(low).toBeLessThanOrEqual(90);
    expect(high).toBeGreaterThanOrEqual(90);
    // 200 answers tell a share to 7 points.
    expect(high - low).toBeLessThan(45);
    expect(body.share!.estimate).toBeCloseTo(body.sample.matched / 200, 12);
    expect(body.unknownAttributes).toEqual([]);
  });

  it('gives a segment the same figures as its condition, and both together those of both', async () => {
    const { body } = await shop.estimate({ segment: 'pro' });
    expect(body.matching).toEqual((await shop.estimate({ condition: { plan: 'pro' } })).body.matching);
    const none = await shop.estimate({ segment: 'pro', condition: { plan: 'free' } });
    expect(none.body).toMatchObject({ matching: { estimate: 0 }, share: { estimate: 0 }, sample: { matched: 0 } });
    const all = await shop.estimate({});
    expect(all.body).toMatchObject({ matching: { estimate: 300 }, share: { estimate: 1 }, sample: { matched: 200 } });
  });

  it('takes what only a request knows as met, and says so', async () => {
    const { body } = await shop.estimate({ segment: 'pro-at-cart', condition: { 'geo.country': 'DE' } });
    expect(body.unknownAttributes).toEqual(['geo.country', 'page.path']);
    expect(body.matching).toEqual((await shop.estimate({ segment: 'pro' })).body.matching);
  });

  it('takes scores of models as met, which are made with decisions, and says so', async () => {
    const scored = { 'models.churn.probability': { $gt: 0.7 } };
    const { body } = await shop.estimate({ condition: scored });
    expect(body).toMatchObject({ matching: { estimate: 300 }, unknownAttributes: ['models.churn.probability'] });
    const { body: both } = await shop.estimate({ segment: 'pro', condition: scored });
    expect(both.matching).toEqual((await shop.estimate({ segment: 'pro' })).body.matching);
  });

  it('follows behaviour and erasure at once, and gives no name away', async () => {
    const { api, estimate, fill, held } = await shopOf();
    await fill(0, 10);
    await held(10);
    const looked = { 'behaviour.look.count.1h': { $gte: 1 } };
    expect((await estimate({ condition: looked })).body.matching).toEqual({ estimate: 0, interval: [0, 0] });
    await api.events({ customer: { id: 'c4' }, events: [{ kind: 'behaviour', name: 'look' }] });
    const answer = await estimate({ condition: looked });
    expect(answer.body.matching).toEqual({ estimate: 1, interval: [1, 1] });
    expect(JSON.stringify(answer.body)).not.toMatch(/[A-Za-z0-9_-]{22}/);
    await api.secret('DELETE', '/v1/customers/c4');
    const { body } = await held(9);
    expect(body.customers).toEqual({ estimate: 9, interval: [9, 9] });
    expect((await estimate({ condition: looked })).body.matching.estimate).toBe(0);
  });

  it('counts nobody who turns out to be gone, and forgets them', async () => {
    const { workspace, estimate, fill, held } = await shopOf();
    await fill(0, 3);
    await held(3);
    const publisher = await publisherStub(env as unknown as StubSource, workspace.workspaceId);
    await publisher.joinSample(workspace.workspaceId, 'AAAAAAAAAAAAAAAAAAAAAA');
    const { body } = await estimate({});
    expect(body).toMatchObject({
      customers: { estimate: 3, interval: [3, 3] },
      sample: { held: 3, asked: 3, answered: 3, matched: 3 },
    });
    await eventually(
      async () => (await publisher.sample(10)).held,
      (count) => count === 3,
    );
    expect((await publisher.sample(10)).held).toBe(3);
  });

  it('sees the customers of its own workspace only', async () => {
    const { estimate } = await shopOf();
    expect((await estimate({})).body).toMatchObject({
      customers: { estimate: 0, interval: [0, 0] },
      share: null,
      matching: { estimate: 0, interval: [0, 0] },
      sample: { held: 0, asked: 0, answered: 0, matched: 0 },
    });
  });

  it.each<[string, object, string]>([
    ['a segment that is not there', { segment: 'gone' }, '/segment'],
    ['an operator that is none', { condition: { plan: { $near: 1 } } }, '/condition/plan/$near'],
    ['an attribute that is not declared', { condition: { shoe: 43 } }, '/condition/shoe'],
    ['a reference to a segment that is not there', { condition: { $inSegment: 'gone' } }, '/condition'],
    ['a pattern made to be slow', { condition: { plan: { $regex: '(a{500}){500}' } } }, '/condition/plan/$regex'],
    ['a field that is none', { audience: {} }, '/audience'],
  ])('refuses %s, naming the field', async (_title, body, field) => {
    const answer = await shop.estimate(body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors?.map((error) => error.field)).toContain(field);
  });

  it('refuses segments in a circle that were never published', async () => {
    const { api, estimate } = await shopOf();
    await api.secret('PUT', '/v1/segments/a', { id: 'a', name: 'a', condition: { $inSegment: 'b' } });
    await api.secret('PUT', '/v1/segments/b', { id: 'b', name: 'b', condition: { $inSegment: 'a' } });
    const { status, body } = await estimate({ segment: 'a' });
    expect(status).toBe(422);
    expect(body.errors?.[0]?.detail).toContain('circle');
  });

  it('takes a secret key only', async () => {
    const { api } = shop;
    expect((await api.page('/v1/audience/estimate', {})).status).toBe(403);
  });
});

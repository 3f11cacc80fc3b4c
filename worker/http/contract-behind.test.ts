import { createExecutionContext, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { requestOf } from '../../contract/requests.ts';
import front from '../index.ts';
import { insertKey, insertSite } from '../testing/fixture.ts';
import type { Kind } from './contract.ts';
import type { ContractBinding } from './contract-behind.ts';
import { judge } from './contract-here.ts';

let sk = '';

beforeAll(async () => {
  await insertSite('shop', 'server');
  sk = await insertKey('secret', 'shop');
});

/** The contract as it is in the worker behind. */
const whole: ContractBinding['judge'] = async (request, value, kind) => judge(requestOf(request)!, value, kind);

/** Asks the worker in front, with such a contract behind it. */
async function ask(body: unknown, judged: ContractBinding['judge'] | undefined, key = sk, path = '/v1/optimize') {
  const behind = vi.fn(judged);
  const request = new Request(`https://api.example${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const bindings = { ...env, ...(judged && { CONTRACT: { judge: behind } }) } as never;
  const answer = await front.fetch(request as never, bindings, createExecutionContext());
  return { status: answer.status, told: (await answer.json()) as Record<string, unknown>, asked: behind.mock.calls };
}

const refusal = { type: '/problems/invalid_request', status: 422, instance: '/v1/optimize' };

describe('the worker in front, which has no schemas', () => {
  it('asks nobody about what its check takes', async () => {
    const { status, asked } = await ask({ placements: ['hero'] }, whole);
    expect([status, asked]).toEqual([200, []]);
  });

  it('tells every field that is wrong in the words of the contract behind it', async () => {
    const body = { placements: ['Hero', 'side'], customer: { name: 'x' }, consnt: 'granted' };
    const { told, asked } = await ask(body, whole);
    expect(asked).toEqual([['optimizeRequest', body, 'body']]);
    expect(told).toMatchObject({
      ...refusal,
      errors: [
        { field: '/placements/0', detail: expect.stringContaining('must be 1 to 64 of') },
        { field: '/customer/name', detail: 'is not a known field' },
        { field: '/consnt', detail: 'is not a known field: did you mean "consent"?' },
      ],
    });
  });

  it('goes by the contract where that takes more than its check: it may be a version ahead', async () => {
    const { status, told } = await ask({ placements: ['hero'], later: 1 }, async () => ({
      ok: true,
      value: { placements: ['hero'] },
    }));
    expect([status, told.decisions]).toEqual([200, [{ placement: 'hero', outcome: 'default', content: null }]]);
  });

  it.each<[string, ContractBinding['judge'] | undefined]>([
    ['is not bound', undefined],
    ['is not there', () => Promise.reject(new Error('not there'))],
    [
      'throws at once',
      () => {
        throw new Error('of another version');
      },
    ],
    ['does not know the request', async () => undefined],
    ['does not answer', () => new Promise(() => undefined)],
    ...[null, 1, {}, { ok: true }, { ok: false }, { ok: false, refusal: { problem: 'of_another_version' } }].map(
      (said): [string, ContractBinding['judge']] => [`says ${JSON.stringify(said)}`, async () => said as never],
    ),
  ])('refuses without naming a field where the worker behind %s', async (_what, judged) => {
    const { told } = await ask({ placements: [] }, judged);
    expect(told).toMatchObject({ ...refusal, detail: expect.stringContaining('could not be found out') });
    expect(told).not.toHaveProperty('errors');
  });

  it('looks at the key first, and asks nothing for those who have none', async () => {
    const { status, asked } = await ask({ placements: [] }, whole, `sk_${'0'.repeat(32)}`);
    expect([status, asked]).toEqual([401, []]);
  });

  it('stands in for parts that are down, and tells what is wrong with the request all the same, asked once', async () => {
    const broken = {
      ...env,
      DB: {
        prepare: () => {
          throw new Error('down');
        },
      },
    };
    const behind = vi.fn(whole);
    const send = async (body: unknown) => {
      const request = new Request('https://api.example/v1/optimize', {
        method: 'POST',
        headers: { authorization: `Bearer sk_${'1'.repeat(32)}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const bindings = { ...broken, CONTRACT: { judge: behind } } as never;
      return front.fetch(request as never, bindings, createExecutionContext());
    };
    expect(await (await send({ placements: ['hero'] })).json()).toMatchObject({ degraded: true });
    expect(await (await send({ placements: [1] })).json()).toMatchObject({
      errors: [{ field: '/placements/0', detail: 'must be a string' }],
    });
    expect(behind).toHaveBeenCalledTimes(1);
  });

  it('asks for parameters as well', async () => {
    const behind = vi.fn(whole);
    const request = new Request('https://api.example/v1/models/Churn/device?kez=1', {
      headers: { authorization: `Bearer ${sk}` },
    });
    const bindings = { ...env, CONTRACT: { judge: behind } } as never;
    const answer = await front.fetch(request as never, bindings, createExecutionContext());
    expect(await answer.json()).toMatchObject({ errors: [{ field: 'id' }] });
    expect(behind.mock.calls).toEqual([['deviceModelParams', { id: 'Churn' }, 'parameter' satisfies Kind]]);
  });

  it('asks for a query by an object like any other: no call between workers carries one without a prototype', async () => {
    const behind = vi.fn(whole);
    const request = new Request('https://api.example/v1/models/churn/device?kez=1', {
      headers: { authorization: `Bearer ${sk}` },
    });
    const bindings = { ...env, CONTRACT: { judge: behind } } as never;
    const answer = await front.fetch(request as never, bindings, createExecutionContext());
    expect(await answer.json()).toMatchObject({ errors: [{ field: 'kez' }] });
    expect(Object.getPrototypeOf(behind.mock.calls[0]![1])).toBe(Object.prototype);
  });

  it('asks so often, and no more: who sends what cannot be taken in masses gets no words for it', async () => {
    // A minute later whatever was taken before is there again; then no time passes.
    const nowMs = Date.now() + 60_000;
    const clock = vi.spyOn(Date, 'now').mockReturnValue(nowMs);
    const answers = [];
    for (let i = 0; i < 1_010; i += 1) answers.push(await ask({ placements: [] }, whole));
    expect(answers.every(({ status }) => status === 422)).toBe(true);
    expect(answers.map(({ asked }) => asked.length).lastIndexOf(1)).toBe(999);
    expect(answers.filter(({ told }) => told.errors === undefined)).toHaveLength(10);
    clock.mockReturnValue(nowMs + 1_000);
    expect((await ask({ placements: [] }, whole)).told.errors).toHaveLength(1);
    clock.mockRestore();
  }, 60_000);
});

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { insertKey, insertSite, json } from '../testing/fixture.ts';
import { sampleApp } from '../testing/sample-app.ts';
import { forgetRates } from './rate.ts';
import { forgetSampled, LOG_ONE_IN, standsFor } from './sampled.ts';

beforeEach(forgetSampled);
afterEach(() => vi.restoreAllMocks());

describe('standsFor', () => {
  it('logs the first answer of an isolate, then one in so many', () => {
    expect(Array.from({ length: 7 }, () => standsFor({ LOG_ONE_IN: '3' }))).toEqual([3, 0, 0, 3, 0, 0, 3]);
  });

  it.each([[undefined], ['0'], ['-1'], ['1.5'], ['1000001'], ['all']])('takes %j for none: its own number', (told) => {
    expect(standsFor({ LOG_ONE_IN: told })).toBe(LOG_ONE_IN);
    expect(standsFor({ LOG_ONE_IN: told })).toBe(0);
  });

  it.each([
    ['1', 1],
    ['1000000', 1_000_000],
  ])('takes %s, at the edge of what it may be', (told, stands) => {
    expect(standsFor({ LOG_ONE_IN: told })).toBe(stands);
  });
});

describe('the log', () => {
  const app = sampleApp();
  let key = '';
  const bindings = { ...(env as unknown as Env), LOG_ONE_IN: '3' };

  beforeAll(async () => {
    await insertSite('shop', 'web');
    key = await insertKey('secret', 'shop');
  });

  async function linesOf(
    path: string,
    init: RequestInit,
    times: number,
    given = bindings,
  ): Promise<Record<string, unknown>[]> {
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const ctx = createExecutionContext();
    for (let i = 0; i < times; i += 1) await app.fetch(new Request(`https://api.test${path}`, init), given, ctx);
    await waitOnExecutionContext(ctx);
    return lines.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  }

  it('has one ordinary answer in so many, and says for how many it stands', async () => {
    const lines = await linesOf('/v1/any', json('POST', key, { name: 'x' }), 4);
    expect(lines).toMatchObject([
      { status: 200, standsFor: 3 },
      { status: 200, standsFor: 3 },
    ]);
  });

  it('has every refusal', async () => {
    const lines = await linesOf('/v1/any', json('POST', key, {}), 4);
    expect(lines).toHaveLength(4);
    expect(lines[1]).not.toHaveProperty('standsFor');
  });

  it('has one in so many of those who ask too often, whoever they are: who floods us does not fill it', async () => {
    forgetRates();
    // One network, at once: its burst is one request.
    const few = { ...bindings, SHIELD: 'on', RATE_FACTOR: '0.001' };
    const guess = json('POST', `pk_${'0'.repeat(32)}`, { name: 'x' });
    const init = { ...guess, headers: { ...(guess.headers as Record<string, string>), 'cf-connecting-ip': '8.8.4.4' } };
    const lines = await linesOf('/v1/any', init, 9, few);
    forgetRates();
    const refused = lines.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(4);
    for (const line of refused) expect(line).toMatchObject({ level: 'info', problem: 'rate_limited', standsFor: 3 });
  });

  it.each([
    ['a path that is none', '/v1/nowhere', 'GET', 404],
    ['a method that is none', '/v1/any', 'DELETE', 405],
    ['leave to ask', '/v1/any', 'OPTIONS', 204],
  ])('has one in so many of those who ask for %s, which takes no key', async (_, path, method, status) => {
    const lines = await linesOf(path, { method }, 4);
    expect(lines).toMatchObject([
      { method, status, standsFor: 3 },
      { method, status, standsFor: 3 },
    ]);
  });

  it('has every call of an administrator', async () => {
    expect(await linesOf('/v1/things/a?limit=5', json('PUT', key, { name: 'x' }), 4)).toHaveLength(4);
  });
});

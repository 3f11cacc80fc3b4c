/** Networks, keys, customers and look-ups that ask too often: 429 with a time to wait, and nobody beside them notices. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import { forgetKeys } from '../../worker/edge/keys.ts';
import {
  BURST_SECONDS,
  forgetRates,
  MAX_IDENTITY_PER_SECOND,
  MAX_LOOK_UPS_PER_SECOND,
  MAX_NETWORK_PER_SECOND,
  MAX_PUBLISHABLE_PER_SECOND,
} from '../../worker/http/rate.ts';
import { call } from './api.ts';
import { bindings, change, mend } from './chaos/parts.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

/** Limits a hundredth as high, so that a test need not send thousands; times in tests are of a machine that is busy. */
const FACTOR = 0.01;
const burstOf = (perSecond: number): number => perSecond * FACTOR * BURST_SECONDS;
const A = '8.8.8.8';
const SAME_NETWORK = '8.8.8.9';
const B = '9.9.9.9';
let workspace: TestWorkspace;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  await publishDemo(bindings, workspace);
  forgetRates();
  change('SHIELD', 'on');
  change('RATE_FACTOR', String(FACTOR));
});
afterEach(() => mend());

interface Asked {
  readonly ip?: string;
  readonly key?: string;
  readonly anonymousId?: string;
}

/** One decision for a page. */
function ask({ ip, key = workspace.publishableKey, anonymousId }: Asked = {}) {
  const body = { placements: ['hero'], ...(anonymousId && { customer: { anonymousId } }) };
  const headers = { origin: workspace.origin, ...(ip && { 'cf-connecting-ip': ip }) };
  return call<OptimizeResponse>('POST', '/v1/optimize', key, body, headers);
}

const statuses = (answers: readonly { readonly status: number }[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

const many = <T>(count: number, act: () => Promise<T>) => Promise.all(Array.from({ length: count }, act));

function expectTooMany(answer: { readonly status: number; readonly body: unknown; readonly headers: Headers }): void {
  expect([answer.status, answer.body]).toMatchObject([429, { type: '/problems/rate_limited', status: 429 }]);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
}

function expectSomeTooMany(answers: readonly Awaited<ReturnType<typeof ask>>[]): void {
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) expectTooMany(answer);
  expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
}

describe('too many requests', () => {
  it('of a network, with a publishable key: its neighbours in the /24 wait with it, others do not', async () => {
    const burst = burstOf(MAX_NETWORK_PER_SECOND);
    const told = statuses(await many(3 * burst, () => ask({ ip: A })));
    // A second refills a few.
    expect(told[200]).toBeGreaterThanOrEqual(burst);
    expect(told[429]).toBeGreaterThan(0);
    expect(Object.keys(told)).toEqual(['200', '429']);
    expectSomeTooMany(await many(burst, () => ask({ ip: SAME_NETWORK })));
    expect((await ask({ ip: B })).status).toBe(200);
  });

  it.each([
    ['a body that is none', {}],
    ['a header that is no key', { authorization: 'Basic eDp5' }],
    ['what only looks like a secret key', { authorization: 'Bearer sk_guessed' }],
  ])('of a network, with %s where its key should be', async (_, headers) => {
    change('RATE_FACTOR', '0.001');
    const told = await many(6, () =>
      call('POST', '/v1/optimize', undefined, '{', { 'cf-connecting-ip': A, ...headers }),
    );
    expect(told[0]?.status).toBeLessThan(429);
    expectTooMany(told.at(-1)!);
  });

  it('of a network: a server behind it has its secret key, and is not kept out', async () => {
    change('RATE_FACTOR', '0.001');
    await many(burstOf(MAX_NETWORK_PER_SECOND), () => ask({ ip: A }));
    expectTooMany(await ask({ ip: A }));
    const body = { placements: ['hero'] };
    const headers = { 'cf-connecting-ip': A };
    expect((await call('POST', '/v1/optimize', workspace.secretKey, body, headers)).status).toBe(200);
  });

  it('of a visitor: they wait, whatever network they come from, and the next visitor does not', async () => {
    change('RATE_FACTOR', '0.05');
    const first = (await ask()).body.customer.anonymousId!;
    const other = (await ask()).body.customer.anonymousId!;
    const networks = [A, B, undefined];
    const burst = 0.05 * MAX_IDENTITY_PER_SECOND * BURST_SECONDS;
    const told = await many(3 * burst, () => {
      const ip = networks.pop();
      return ask({ anonymousId: first, ...(ip && { ip }) });
    });
    expect(statuses(told)[200]).toBeGreaterThanOrEqual(burst);
    expectSomeTooMany(told);
    expect((await ask({ anonymousId: other })).status).toBe(200);
  });

  it('of a visitor: their feedback waits too, and counts once when it is sent again', async () => {
    change('RATE_FACTOR', '0.05');
    const { body } = await ask();
    const anonymousId = body.customer.anonymousId!;
    const event = { token: body.decisions[0]!.token, kind: 'exposure' };
    const tell = () => call('POST', '/v1/feedback', workspace.publishableKey, event, { origin: workspace.origin });
    await many(0.05 * MAX_IDENTITY_PER_SECOND * BURST_SECONDS, () => ask({ anonymousId }));
    // Not enough for one: so long as this is the factor nothing of anybody is taken.
    change('RATE_FACTOR', '0.001');
    expectTooMany(await tell());
    change('RATE_FACTOR', '1000');
    await many(2, async () => expect((await tell()).status).toBe(200));
    expect((await tell()).body).toMatchObject({ duplicates: 1 });
  });

  it('of a publishable key: the site beside it is served', async () => {
    const other = await createWorkspace(bindings);
    await publishDemo(bindings, other);
    change('RATE_FACTOR', '0.001');
    expectSomeTooMany(await many(0.003 * MAX_PUBLISHABLE_PER_SECOND * BURST_SECONDS, () => ask()));
    const headers = { origin: other.origin };
    const body = { placements: ['hero'] };
    expect((await call('POST', '/v1/optimize', other.publishableKey, body, headers)).status).toBe(200);
  });

  it('with keys that nobody knows: the database is not asked for them, and known keys are served', async () => {
    change('RATE_FACTOR', '0.1');
    await ask({ ip: A });
    let lookUps = 0;
    const prepare = bindings.DB.prepare.bind(bindings.DB);
    const counted = (sql: string) => {
      lookUps += 1;
      return prepare(sql);
    };
    change('DB', new Proxy(bindings.DB, { get: (db, name) => (name === 'prepare' ? counted : Reflect.get(db, name)) }));
    const guess = () => `sk_${crypto.randomUUID().replaceAll('-', '')}`;
    const get = () => call('GET', '/v1/segments', guess(), undefined, { 'cf-connecting-ip': A });
    const told = statuses(await many(30, get));
    // One was the publishable key's.
    expect(told[401]).toBeGreaterThanOrEqual(0.1 * MAX_LOOK_UPS_PER_SECOND * BURST_SECONDS - 1);
    expect(told[503]).toBeGreaterThan(0);
    expect(lookUps).toBe(told[401]);
    expect((await ask({ ip: A })).status).toBe(200);
    forgetKeys();
  });

  it('where the platform counts as well, its word is asked after ours, and its failure keeps nobody out', async () => {
    const asked: string[] = [];
    change('RATE_FACTOR', '1');
    change('NETWORK_RATE', {
      limit: async ({ key }: { key: string }) => {
        asked.push(key);
        return { success: asked.length < 2 };
      },
    });
    expect((await ask({ ip: A })).status).toBe(200);
    expectTooMany(await ask({ ip: A }));
    expect(new Set(asked).size).toBe(1);
    expect(asked[0]).not.toContain('8.8');
    change('NETWORK_RATE', { limit: () => Promise.reject(new Error('down')) });
    expect((await ask({ ip: A })).status).toBe(200);
  });
});

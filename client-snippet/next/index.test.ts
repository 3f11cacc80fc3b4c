/** What a server asks, and what becomes of any answer. */
import { describe, expect, test, vi } from 'vitest';
import { optimizeRequest } from '../../contract/decisions.ts';
import { type BootstrapOptions, bootstrap } from './index.ts';

const DECISION = {
  placement: 'hero',
  outcome: 'campaign',
  decisionId: 'd1',
  content: { text: 'decided' },
  token: 'ht1.x',
  reasons: { capped: 2 },
  candidates: ['what a secret key may know'],
};

/** Asks an API that answers like this; returns what was handed over, and what the API was asked. */
async function ask(options: Partial<BootstrapOptions>, answer: unknown = { customer: {}, decisions: [DECISION] }) {
  const fetch = vi.fn(async (_url: unknown, _init?: RequestInit) =>
    answer instanceof Response ? answer : Response.json(answer),
  );
  const all = { api: 'https://api.example/x', key: 'sk_secret', placements: ['hero', 'banner'], fetch, ...options };
  const handed = await bootstrap(all as BootstrapOptions);
  const [url, init] = fetch.mock.calls[0] ?? [];
  return { handed, url: `${url}`, init, body: JSON.parse(`${init?.body ?? 'null'}`) };
}

describe('the question', () => {
  test('follows the contract, carries the secret key in its header alone, and is kept in no cache', async () => {
    const headers = new Headers({
      'accept-language': 'de-AT,de;q=0.9',
      referer: 'https://a.example/?q=ada&utm_source=x',
    });
    const { url, init, body } = await ask({
      headers,
      url: 'https://shop.example/?mail=ada@x.example&utm_campaign=may#top',
    });
    expect(optimizeRequest.safeParse(body).error?.message).toBeUndefined();
    expect(url).toBe('https://api.example/v1/optimize');
    expect(init).toMatchObject({ method: 'POST', cache: 'no-store', headers: { authorization: 'Bearer sk_secret' } });
    expect(body).toEqual({
      placements: ['hero', 'banner'],
      consent: 'pending',
      context: {
        url: 'https://shop.example/?&utm_campaign=may',
        referrer: 'https://a.example/?&utm_source=x',
        language: 'de-AT',
      },
    });
  });

  test('names the visitor with consent only', async () => {
    const cookies = { get: (name: string) => (name === 'hyperedge' ? { value: 'a1.k1.x.y' } : undefined) };
    expect((await ask({ cookies, customerId: 'crm-1' })).body.customer).toBeUndefined();
    expect((await ask({ cookies, customerId: 'crm-1', consent: 'denied' })).body.customer).toBeUndefined();
    const granted = await ask({ cookies, customerId: 'crm-1', consent: 'granted' });
    expect(granted.body.customer).toEqual({ id: 'crm-1', anonymousId: 'a1.k1.x.y' });
    expect((await ask({ cookies, cookieName: 'other', consent: 'granted' })).body.customer).toBeUndefined();
  });
});

describe('the answer', () => {
  test('is handed over without the key and without what only secret keys are told', async () => {
    const { handed } = await ask(
      { consent: 'granted' },
      { customer: { anonymousId: 'a1.k1.x.y' }, decisions: [DECISION] },
    );
    const { reasons, candidates, ...open } = DECISION;
    expect(handed).toEqual({ consent: 'granted', anonymousId: 'a1.k1.x.y', decisions: [open] });
    expect(
      (await ask({}, { customer: { anonymousId: 'a1.k1.x.y' }, decisions: [] })).handed.anonymousId,
    ).toBeUndefined();
  });

  test.each([
    ['a placement that nobody asked for', { decisions: [{ ...DECISION, placement: 'other' }] }],
    ['null', null],
    ['a list', []],
    ['no decisions', { decisions: null }],
    ['decisions of a wrong kind', { decisions: 'hero' }],
    ['decisions that are none', { decisions: [null, 1, 'hero'] }],
    ['a problem', new Response('{"type":"/problems/internal"}', { status: 500 })],
    ['no JSON', new Response('<html>')],
  ])('%s: none is handed over', async (_, answer) => {
    expect((await ask({}, answer)).handed).toEqual({ consent: 'pending', decisions: [] });
  });

  test('a network that fails, and an API that is slow: none, after the time that was set', async () => {
    const failing = async () => Promise.reject(new TypeError('no network'));
    expect((await ask({ fetch: failing as never })).handed.decisions).toEqual([]);
    const slow = (_: unknown, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const startedMs = performance.now();
    const all = { api: 'https://api.example', key: 'sk_x', placements: ['hero'], timeoutMs: 40, fetch: slow as never };
    expect((await bootstrap(all)).decisions).toEqual([]);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(35);
  });
});

/** The client for apps as it is built, where there is no page: its requests against the contract, what it keeps, and times without a network. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as Native from '../../client-snippet/native/index.ts';
import { optimizeRequest } from '../../contract/decisions.ts';
import { eventsRequest, feedbackRequest } from '../../contract/events.ts';
import { buildPackage } from '../../scripts/package/build.ts';

const folder = mkdtempSync(join(tmpdir(), 'hyperedge-native-'));
const SCHEMAS = { optimize: optimizeRequest, feedback: feedbackRequest, events: eventsRequest };
const SOON_MS = 1_200;

beforeAll(() => buildPackage(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Sent {
  readonly path: keyof typeof SCHEMAS;
  // biome-ignore lint/suspicious/noExplicitAny: the body is JSON of three shapes; tests read into it
  readonly body: any;
}

/** A phone: its storage, its network, and an app that is started on it as often as wanted. */
class Phone {
  readonly stored = new Map<string, string>();
  readonly sent: Sent[] = [];
  decisions: Record<string, object> = {};
  network: 'fine' | 'down' | 'slow' | number = 'fine';
  onState: (state: string) => void = () => {};
  static runs = 0;

  readonly storage = {
    getItem: async (key: string) => this.stored.get(key) ?? null,
    setItem: async (key: string, value: string) => this.stored.set(key, value),
    removeItem: async (key: string) => this.stored.delete(key),
  };

  readonly fetch: Native.FetchLike = async (url, { body, signal }) => {
    const path = url.replace('https://api.example/v1/', '') as Sent['path'];
    const parsed = JSON.parse(body);
    if (this.network === 'down') throw new TypeError('Network request failed');
    if (this.network === 'slow')
      await new Promise((_, reject) => (signal as unknown as AbortSignal)?.addEventListener('abort', reject));
    if (typeof this.network === 'number') return { ok: false, status: this.network, json: async () => ({}) };
    expect(SCHEMAS[path].safeParse(parsed).error?.message).toBeUndefined();
    this.sent.push({ path, body: parsed });
    const isGranted = parsed.consent === 'granted';
    const decisions = parsed.placements?.map((placement: string) => ({
      placement,
      outcome: 'campaign',
      content: { text: 'decided' },
      ...this.decisions[placement],
      ...(isGranted && { token: `ht1.${placement}` }),
    }));
    const customer = isGranted ? { anonymousId: parsed.customer?.anonymousId ?? 'a1.k1.phone.s' } : {};
    return { ok: true, status: 200, json: async () => ({ requestId: 'r', customer, decisions }) };
  };

  /** Starts the app: a module of its own, as in a process of its own. */
  async launch(options: Partial<Native.AppOptions> = {}): Promise<typeof Native> {
    const app: typeof Native = await import(`${pathToFileURL(join(folder, 'native.js')).href}?run=${Phone.runs++}`);
    const appState = { addEventListener: (_: string, listener: (state: string) => void) => (this.onState = listener) };
    await app.start({
      key: 'pk_app',
      api: 'https://api.example',
      storage: this.storage,
      appState,
      fetch: this.fetch,
      consent: 'granted',
      ...options,
    });
    return app;
  }

  of(path: Sent['path']): Sent['body'][] {
    return this.sent.filter((request) => request.path === path).map(({ body }) => body);
  }
}

let phone: Phone;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  phone = new Phone();
});
afterEach(() => vi.useRealTimers());
/** Time goes by, and what it set going comes to its end. */
const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
  await new Promise((resolve) => setImmediate(resolve));
};

describe('asking', () => {
  test('placements of one moment travel together, with attributes and language, and without an address', async () => {
    const app = await phone.launch({ attributes: { plan: 'free' }, language: 'de-AT' });
    const [home, tip] = await Promise.all([app.decide('home'), app.decide('tip')]);
    expect(home).toMatchObject({ placement: 'home', content: { text: 'decided' }, token: 'ht1.home' });
    expect(tip?.offline).toBeUndefined();
    expect(phone.of('optimize')).toEqual([
      {
        key: 'pk_app',
        placements: ['home', 'tip'],
        consent: 'granted',
        context: { language: 'de-AT', attributes: { plan: 'free' } },
      },
    ]);
  });

  test('before consent nothing is kept, no id is sent and nothing is reported', async () => {
    const app = await phone.launch({ consent: 'pending' });
    const decision = await app.decide('home');
    if (decision) app.tapped({ ...decision, token: 'ht1.x' });
    app.convert('purchase');
    await pass(SOON_MS);
    expect([phone.stored.size, phone.sent.length]).toEqual([0, 1]);
    await app.consent('granted');
    await app.decide('home');
    await pass(0); // written in the background
    expect(phone.of('optimize').map(({ consent }) => consent)).toEqual(['pending', 'granted']);
    expect(phone.stored.get('hyperedge')).toBe('a1.k1.phone.s');
    await app.consent('denied');
    await pass(0);
    expect(phone.stored.size).toBe(0);
  });

  test('the visitor is the same after a restart, and another one after reset', async () => {
    await (await phone.launch()).decide('home');
    const app = await phone.launch();
    await app.decide('home');
    expect(phone.of('optimize')[1].customer).toEqual({ anonymousId: 'a1.k1.phone.s' });
    app.reset();
    app.refresh();
    await app.decide('home');
    expect(phone.of('optimize')[2].customer).toBeUndefined();
  });
});

describe('without a network', () => {
  test.each(['down', 'slow', 500] as const)(
    '(%s) the last decisions are shown, marked and not reported',
    async (network) => {
      await (await phone.launch()).decide('home');
      phone.network = network;
      const app = await phone.launch();
      const asked = Promise.all([app.decide('home'), app.decide('never-seen')]);
      await pass(1_000);
      const [home, other] = await asked;
      expect(home).toEqual({ placement: 'home', outcome: 'campaign', content: { text: 'decided' }, offline: true });
      expect(other).toBeNull();
      if (home) app.seen(home);
      phone.network = 'fine';
      await pass(120_000);
      expect(phone.of('feedback')).toEqual([]);
    },
  );

  test('they are forgotten after a day, and there are at most 50', async () => {
    const app = await phone.launch();
    await Promise.all(Array.from({ length: 60 }, (_, i) => app.decide(`p${i}`)));
    expect(JSON.parse(phone.stored.get('hyperedge.decisions') ?? '[]')).toHaveLength(50);
    phone.network = 'down';
    expect(await (await phone.launch()).decide('p59')).toMatchObject({ offline: true });
    await pass(86_400_000);
    expect(await (await phone.launch()).decide('p59')).toBeNull();
  });

  test('reports wait, over restarts too, and arrive once and in order', async () => {
    const app = await phone.launch();
    const home = await app.decide('home');
    phone.network = 'down';
    if (home) app.tapped(home);
    if (home) app.tapped(home);
    await pass(SOON_MS);
    app.convert('purchase', { value: 9, orderId: 'A-1' });
    await pass(SOON_MS);
    phone.network = 'fine';
    phone.sent.length = 0;
    // The app has ended, and with it what it would have tried again, at a moment that it drew.
    vi.clearAllTimers();
    await phone.launch();
    await pass(10);
    expect(phone.sent.map(({ path }) => path)).toEqual(['feedback', 'events']);
    expect(phone.of('feedback')[0].events).toEqual([
      { token: 'ht1.home', kind: 'exposure' },
      { token: 'ht1.home', kind: 'goal', goal: 'click' },
    ]);
    expect(phone.of('events')[0].events[0]).toMatchObject({ goal: 'purchase', value: 9, orderId: 'A-1' });
    expect(phone.stored.get('hyperedge.outbox')).toBe('[]');
  });

  test('are tried again later and later, at once when the app comes back, and never when refused for good', async () => {
    const app = await phone.launch();
    const home = await app.decide('home');
    phone.network = 503;
    if (home) app.seen(home);
    await pass(SOON_MS + 5_000);
    phone.network = 'fine';
    phone.onState('background');
    phone.onState('active');
    await pass(10);
    expect(phone.of('feedback')).toHaveLength(1);
    phone.network = 422;
    app.convert('purchase');
    await pass(10);
    phone.network = 'fine';
    await pass(120_000);
    expect(phone.of('events')).toEqual([]);
  });

  test('the queue has an end: the newest 200 stay', async () => {
    const app = await phone.launch();
    await app.decide('home');
    phone.network = 'down';
    for (let i = 0; i < 400; i++) {
      app.convert('purchase', { orderId: `${i}` });
      if (i % 50 === 49) await pass(0);
    }
    await pass(SOON_MS);
    const kept = JSON.parse(phone.stored.get('hyperedge.outbox') ?? '[]');
    expect(kept.length).toBe(200);
    expect(kept.at(-1).body).toContain('"orderId":"399"');
    expect(phone.stored.get('hyperedge.outbox')?.length).toBeLessThanOrEqual(64 * 1_024);
  });
});

describe('a customer with a proof', () => {
  test('the app is asked for one, and again only when it is about to end', async () => {
    const app = await phone.launch();
    const proof = vi.fn(async () => `${Math.floor(Date.now() / 1_000) + 600}.${'x'.repeat(43)}`);
    app.identify('crm-1', proof);
    await app.decide('home');
    app.refresh();
    await app.decide('home');
    expect(proof).toHaveBeenCalledTimes(1);
    expect(phone.of('optimize')[1].customer).toMatchObject({ id: 'crm-1', proof: await proof.mock.results[0]?.value });
    await pass(541_000);
    app.convert('purchase');
    await pass(10);
    expect(proof).toHaveBeenCalledTimes(2);
    expect(phone.of('events').at(-1).customer.proof).toBe(await proof.mock.results[1]?.value);
  });

  test('a proof that does not come keeps nobody waiting, and reports wait for it', async () => {
    const app = await phone.launch();
    await app.decide('home');
    let fail = true;
    app.identify('crm-1', () =>
      fail ? new Promise((_, reject) => setTimeout(reject, 60_000)) : Promise.resolve('9999999999.x'),
    );
    app.refresh();
    const asked = app.decide('home');
    await pass(1_000);
    expect(await asked).toMatchObject({ offline: true });
    app.convert('purchase');
    fail = false;
    await pass(180_000);
    expect(phone.of('events').flatMap(({ events }) => events)).toHaveLength(1);
  });
});

test('what becomes of decisions is told', async () => {
  const app = await phone.launch();
  const told: string[] = [];
  const stop = app.on('exposure', ({ placement }) => told.push(placement));
  const home = await app.decide('home');
  if (home) app.seen(home);
  if (home) app.seen(home);
  stop();
  const tip = await app.decide('tip');
  if (tip) app.seen(tip);
  expect(told).toEqual(['home']);
});

/** Who a visitor is on a page: proofs that expire or are wrong, several tabs, devices that several people use. */
import type { BrowserContext, Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { until } from './browser.ts';
import { usePages } from './pages.ts';

const { bodies: sent, double, open } = await usePages();

beforeEach(() => {
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
});

const BODY = '<div data-hyperedge="hero" style="height:100px">own</div>';
const GRANTED = 'data-consent="granted" data-timeout-ms="9000"';
const shown = (page: Page) => page.waitForFunction(() => document.querySelector('div')?.textContent === 'shown');
const idIn = (page: Page): Promise<string | undefined> => page.evaluate(() => localStorage.hyperedge);

/** From here on a proof counts only if it is one of these. */
function wants(...proofs: string[]): void {
  double.refuse = ({ customer }) =>
    customer?.id !== undefined && !proofs.includes(customer.proof)
      ? { status: 403, text: '{"type":"/problems/invalid_identity"}' }
      : undefined;
}

/** Opens a page, the first of a visitor unless their context is given. */
async function show(before: string, context?: BrowserContext): Promise<Page> {
  const { page } = await open({ body: BODY, script: GRANTED, before, ...(context && { context }) });
  return page;
}

test('a proof is fetched when somebody signs in, and the visitor is linked to them', async () => {
  wants('9.fresh');
  const page = await show("hyperedge('identity', 'crm-1', () => Promise.resolve('9.fresh'))");
  await shown(page);
  await until(() => [...sent('events'), ...sent('optimize')].some(({ customer }) => customer?.id === 'crm-1'));
  await page.evaluate(() => hyperedge('convert', 'purchase'));
  await until(() => sent('events').some(({ events }) => events?.length));
  expect(sent('events').at(-1).customer).toMatchObject({
    id: 'crm-1',
    proof: '9.fresh',
    anonymousId: await idIn(page),
  });
});

test('a proof that has expired is replaced by a fresh one, once for all who wait for it', async () => {
  wants('1.first');
  const page = await show("window.asked = 0; hyperedge('identity', 'crm-1', () => ['1.first', '2.second'][asked++])");
  await shown(page);
  await until(() => sent('events').length > 0 || sent('optimize').some(({ customer }) => customer?.id));
  wants('2.second');
  await page.evaluate(() => ['a', 'b'].map((goal) => hyperedge('convert', goal)));
  const taken = () => sent('events').filter(({ customer, events }) => customer.proof === '2.second' && events?.length);
  expect(await until(() => taken().length === 2)).toBe(true);
  expect(await page.evaluate(() => (window as unknown as { asked: number }).asked)).toBe(2);
});

test.each([
  ['a wrong proof', "hyperedge('identify', 'crm-1', '9.wrong')"],
  [
    'a function that gives the same wrong proof again',
    "hyperedge('identify', 'crm-1', '9.wrong'); hyperedge('identity', 'crm-1', () => '9.wrong')",
  ],
  ['a function that fails', "hyperedge('identity', 'crm-1', () => { throw new Error('no') })"],
  [
    'a function that gives none',
    "hyperedge('identity', 'crm-1', () => fetch('/nowhere').then(({ ok }) => (ok ? 'x' : undefined)))",
  ],
])('with %s the page goes on as the anonymous visitor, and asks no further', async (_case, before) => {
  wants('9.right');
  const page = await show(`hyperedge('identity'); ${before}`);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  await page.evaluate(() => hyperedge('convert', 'purchase'));
  const anonymous = () => sent('events').some(({ customer, events }) => !customer?.id && events?.length);
  expect(await until(anonymous)).toBe(true);
  const count = double.received.length;
  await page.waitForTimeout(400);
  expect(double.received.length).toBe(count);
  expect(double.received.filter(({ body }) => body.customer?.id).length).toBeLessThanOrEqual(3);
});

test('a reset in one tab is one in all of them: reports of before go out, nobody is who they were, and no tab resets another for ever', async () => {
  const one = await show("hyperedge('identity'); hyperedge('identify', 'crm-1', '9.sig')");
  await shown(one);
  await until(() => idIn(one));
  const two = await show("hyperedge('identity'); hyperedge('identify', 'crm-1', '9.sig')", one.context());
  await shown(two);
  const old = await idIn(one);
  await two.waitForTimeout(1_100); // seen, and not sent yet
  double.received.length = 0;
  for (const page of [one, two])
    await page.evaluate(() =>
      addEventListener('storage', () => {
        (window as unknown as { heard: number }).heard = ((window as unknown as { heard?: number }).heard ?? 0) + 1;
      }),
    );
  await one.evaluate(() => hyperedge('reset'));
  expect(await until(() => sent('feedback').length > 0)).toBe(true);
  await two.waitForFunction(() => (window as unknown as { heard?: number }).heard);
  for (const page of [one, two]) await page.evaluate(() => hyperedge('convert', 'purchase'));
  expect(await until(() => sent('events').filter(({ events }) => events?.length).length === 2)).toBe(true);
  for (const { customer } of sent('events').filter(({ events }) => events?.length)) {
    expect(customer.id).toBeUndefined();
    expect(customer.anonymousId).not.toBe(old);
  }
  expect(sent('consent')[0]).toEqual({ key: 'pk_test' });
  await two.waitForTimeout(300);
  const heard = (page: Page) => page.evaluate(() => (window as unknown as { heard?: number }).heard ?? 0);
  expect((await heard(one)) + (await heard(two))).toBeLessThanOrEqual(4);
  double.received.length = 0;
  await one.reload();
  await until(() => sent('optimize').length > 0);
  expect(sent('optimize')[0].customer?.anonymousId).not.toBe(old);
});

test('consent withdrawn in one tab leaves nothing in storage, whatever the others do', async () => {
  const one = await show("hyperedge('identity')");
  await shown(one);
  const two = await show("hyperedge('identity')", one.context());
  await shown(two);
  await one.evaluate(() => hyperedge('consent', 'denied'));
  await two.waitForTimeout(300);
  expect(await two.evaluate(() => ({ ...localStorage }))).toEqual({});
  double.received.length = 0;
  await two.evaluate(() => new Promise((done) => hyperedge('get', 'late', done)));
  await two.evaluate(() => hyperedge('convert', 'purchase'));
  await two.waitForTimeout(300);
  expect(double.received.map(({ endpoint, body }) => [endpoint, body.consent, body.customer])).toEqual([
    ['optimize', 'denied', undefined],
  ]);
  expect(await two.evaluate(() => ({ ...localStorage }))).toEqual({});
});

test('an anonymous tab goes on under the id that another tab got at sign-in, and neither stores another over it', async () => {
  const page = await show('');
  await shown(page);
  await until(() => idIn(page));
  double.received.length = 0;
  // As the other tab does, when its answer names another id.
  await page.evaluate(() => {
    localStorage.hyperedge = 'a1.of.sign-in';
    hyperedge('convert', 'signup');
    return new Promise((done) => hyperedge('get', 'late', done));
  });
  expect(await until(() => sent('events').length > 0)).toBe(true);
  expect(double.received.map(({ body }) => body.customer)).toEqual(
    double.received.map(() => ({ anonymousId: 'a1.of.sign-in' })),
  );
});

test.each([
  ['has not looked since', false],
  ['has reported under the new one since', true],
])(
  'an answer under way when another tab signs in does not bring the id of before back: the tab %s',
  async (_how, looks) => {
    const page = await show('');
    await shown(page);
    const old = await until(() => idIn(page));
    double.failures = { optimize: { delayMs: 1_000 } };
    double.received.length = 0;
    await page.evaluate(() => hyperedge('get', 'late', () => document.body.classList.add('late')));
    expect(await until(() => sent('optimize')[0]?.customer)).toEqual({ anonymousId: old });
    await page.evaluate((again) => {
      localStorage.hyperedge = 'a1.of.sign-in';
      if (again) hyperedge('convert', 'signup');
    }, looks);
    await page.waitForSelector('.late');
    expect(await idIn(page)).toBe('a1.of.sign-in');
    double.failures = {};
    await page.evaluate(() => new Promise((done) => hyperedge('get', 'later', done)));
    expect(sent('optimize').at(-1).customer).toEqual({ anonymousId: 'a1.of.sign-in' });
  },
);

test('a tab that is signed in keeps the id it has: what another visitor stores is not linked to its customer', async () => {
  const page = await show("hyperedge('identify', 'crm-1', '9.sig')");
  await shown(page);
  const own = await idIn(page);
  double.received.length = 0;
  await page.evaluate(() => {
    localStorage.hyperedge = 'a1.of.another';
    hyperedge('convert', 'signup');
  });
  expect(await until(() => sent('events').some(({ events }) => events?.length))).toBe(true);
  expect(sent('events').at(-1).customer).toMatchObject({ id: 'crm-1', anonymousId: own });
});

test('a reset elsewhere is heard although the next visitor has an id already: what was shown before does not hold', async () => {
  const page = await show("hyperedge('identity')");
  await shown(page);
  await until(() => idIn(page));
  const other = await show('', page.context());
  await shown(other);
  double.received.length = 0;
  await other.evaluate(() => {
    localStorage.removeItem('hyperedge');
    localStorage.hyperedge = 'a1.of.the-next';
  });
  // Takes the id over before it hears of the reset.
  await page.evaluate(() => hyperedge('convert', 'signup'));
  await page.waitForTimeout(200);
  await page.evaluate(() => new Promise((done) => hyperedge('get', 'late', done)));
  expect(sent('optimize').at(-1).placements).toEqual(['hero', 'late']);
});

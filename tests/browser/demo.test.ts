/** The demo shop on the real runtime, as `npm start` runs it: a visitor decides what the next one gets. */
import type { Response } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from './browser.ts';
import { NOTHING_STORED, stored } from './page.ts';
import {
  armOf,
  DEFAULT_TITLE,
  decisionsOf,
  FAILING_APIS,
  grant,
  isModel,
  layoutShift,
  MAX_VISITORS,
  newVisitor,
  openShop,
  seen,
  shop,
  title,
  useShop,
  visitorInCampaign,
} from './shop.ts';

const DEFAULT_PICK = 'Loom base layer';

useShop();

test('what is seen and bought arrives, and the campaign’s performance shows it', async () => {
  const { page, hero } = await visitorInCampaign();
  expect(await until(async () => (await title(page)) === hero.content?.parts?.title?.text)).toBe(true);
  expect(await title(page)).not.toBe(DEFAULT_TITLE);
  expect(await until(() => seen(page))).toBeGreaterThan(0);
  const before = (await armOf('autumn-opening', hero.arm)) ?? { trials: 0, conversions: 0, revenueMinor: 0 };
  await page.click('[data-buy=scree-pack]');
  const [reply] = await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith('/v1/events')),
    page.click('[data-checkout]'),
  ]);
  expect(reply.ok()).toBe(true);
  const after = await until(async () => {
    const arm = await armOf('autumn-opening', hero.arm);
    return arm && arm.conversions > before.conversions && arm.trials > 0 ? arm : undefined;
  });
  expect(after).toMatchObject({ conversions: before.conversions + 1, revenueMinor: before.revenueMinor + 13_900 });
});

test('a click arrives before the page is left', async () => {
  const page = await openShop();
  const { banner } = await grant(page);
  const before = (await armOf('delivery-message', banner?.arm))?.conversions ?? 0;
  await page.evaluate(() => document.querySelector('.banner a')?.setAttribute('href', '/healthz'));
  await page.click('.banner a');
  await page.waitForURL('**/healthz');
  const after = () => armOf('delivery-message', banner?.arm).then((arm) => (arm?.conversions ?? 0) > before);
  expect(await until(after)).toBe(true);
});

test('who comes back gets what is for returning visitors, the same arm as before, under the same id', async () => {
  const { page, hero } = await visitorInCampaign();
  expect(await page.locator('.pick h2').textContent()).toBe(DEFAULT_PICK);
  expect(await until(async () => (await seen(page)) >= 2)).toBe(true);
  await page.waitForTimeout(700); // the reports themselves
  const id = await page.evaluate(() => localStorage.hyperedge);
  const again = await decisionsOf(page, () => page.reload());
  expect(again.hero).toMatchObject({ campaign: 'autumn-opening', arm: hero.arm, sticky: true });
  expect(again.recommendation).toMatchObject({ outcome: 'campaign', campaign: 'picked-for-you' });
  const pick = again.recommendation?.content?.data as { title: string };
  expect(await until(async () => (await page.locator('.pick h2').textContent()) === pick.title)).toBe(true);
  expect(await page.evaluate(() => localStorage.hyperedge)).toBe(id);
  await decisionsOf(page, () => page.click('summary').then(() => page.click('[data-new-visitor]')));
  expect(await until(() => page.evaluate((old) => localStorage.hyperedge && localStorage.hyperedge !== old, id))).toBe(
    true,
  );
});

test('before consent, and without it, the shop is decided from the page alone and nothing is stored or reported', async () => {
  const requests: { path: string; body: string }[] = [];
  shop.context.on('request', (request) => {
    const path = new URL(request.url()).pathname;
    // Models are the same for everybody, and nobody is named.
    if (path.startsWith('/v1/') && !isModel(request)) requests.push({ path, body: request.postData() ?? '' });
  });
  const page = await openShop();
  await page.waitForFunction(() => document.querySelectorAll('[data-decisions] li').length === 3);
  for (const act of [() => page.waitForTimeout(0), () => page.click('[data-consent-choice=denied]')]) {
    await act();
    await page.click('[data-buy=tarn-flask]');
    await page.click('[data-checkout]');
    await page.click('.drawer .plain');
    await page.waitForTimeout(1_800);
    expect(await stored(page)).toEqual(NOTHING_STORED);
    expect(await shop.context.cookies()).toEqual([]);
  }
  expect(requests.map(({ path }) => path)).toEqual(['/v1/optimize']);
  expect(requests[0]?.body).not.toMatch(/customer|anonymousId|sessionId|requestId/);
});

test.each(FAILING_APIS)(
  'with the API %s the shop is the shop: default content, no error, and it sells',
  async (_name, fail) => {
    await fail(shop.context);
    const page = await openShop();
    await page.click('[data-consent-choice=granted]');
    await page.waitForTimeout(600);
    expect(await title(page)).toBe(DEFAULT_TITLE);
    expect(await page.locator('.pick h2').textContent()).toBe(DEFAULT_PICK);
    await page.click('[data-buy=fell-gloves]');
    await page.click('[data-checkout]');
    expect(await page.locator('[data-thanks]').textContent()).toContain('Thank you');
    expect(await page.locator('[data-checkout]').isVisible()).toBe(false);
    await page.click('[data-thanks] button');
    expect(await page.locator('[data-basket]').isVisible()).toBe(false);
  },
);

test('who said no can allow later: the panel offers it, and the decisions are then counted', async () => {
  const page = await openShop();
  await page.click('[data-consent-choice=denied]');
  await page.click('summary');
  await decisionsOf(page, () => page.click('[data-allow]'));
  expect(await until(() => seen(page))).toBeGreaterThan(0);
  expect(await page.locator('[data-allow]').isVisible()).toBe(false);
});

test.each([
  ['a phone', 390, 844],
  ['a desk', 1_280, 800],
])(
  'on %s the question covers neither hero nor banner, the open panel no words of the hero, and nothing overflows',
  async (_name, width, height) => {
    const page = await openShop();
    await page.setViewportSize({ width, height });
    await page.waitForFunction(() => document.querySelectorAll('[data-decisions] li').length === 3);
    const edge = (selector: string, side: 'top' | 'bottom') =>
      page.$eval(selector, (element, name) => element.getBoundingClientRect()[name], side);
    expect(await edge('.banner', 'bottom')).toBeLessThanOrEqual(await edge('[data-consent-bar]', 'top'));
    await page.click('summary');
    expect(await edge('.hero .button', 'bottom')).toBeLessThanOrEqual(await edge('[data-consent-bar]', 'top'));
    await grant(page);
    expect(await until(async () => (await seen(page)) >= 1)).toBe(true);
    expect(await edge('.hero .button', 'bottom')).toBeLessThanOrEqual(await edge('[data-dock]', 'top'));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  },
);

test('from page to page in place: each asks for its own placements, the basket goes along, and back is back', async () => {
  const page = await openShop();
  await grant(page);
  const gear = await decisionsOf(page, () => page.click('nav a[href="/demo/gear/"]'), 'letter');
  expect(Object.keys(gear)).toEqual(expect.arrayContaining(['favourite', 'letter']));
  const told = () => page.$$eval('[data-decisions] li > span:first-child', (all) => all.map((one) => one.textContent));
  expect(await until(async () => (await told()).length === 2)).toBe(true); // of this page, whatever else was asked for
  const product = await decisionsOf(page, () => page.click('h3 a[href="/demo/gear/scree-pack/"]'), 'assurance');
  expect(Object.keys(product)).toEqual(expect.arrayContaining(['assurance', 'goes-with']));
  const list = product['goes-with']?.content?.data as { title: string };
  expect(await until(async () => (await page.locator('.goes-with h2').textContent()) === list.title)).toBe(true);
  const words = product.assurance?.content?.text as string;
  expect(await until(async () => (await page.locator('.assurance').textContent()) === words)).toBe(true);
  expect(await page.locator('.assurance b').count()).toBe(1); // markup, and sanitised
  await page.click('.product [data-buy]');
  const basket = await decisionsOf(page, () => page.click('.drawer .aside'), 'basket-note');
  expect(Object.keys(basket)).toContain('basket-note');
  expect(await page.locator('.lines li').count()).toBe(1);
  await page.goBack();
  expect(await until(async () => (await page.locator('h1').textContent()) === 'Scree pack 28')).toBe(true);
  await page.reload();
  expect(await page.locator('[data-count]').textContent()).toBe('1');
});

test('one page on, Back is the page before, and a link that leads nowhere is followed as any other', async () => {
  const page = await openShop();
  await page.click('nav a[href="/demo/gear/"]');
  await page.waitForSelector('.kinds');
  await page.goBack();
  await page.waitForSelector('.hero');
  expect(new URL(page.url()).pathname).toBe('/demo/');
  await page.evaluate(() => document.querySelector('[data-account]')?.setAttribute('href', '/demo/nothing/'));
  await page.click('[data-account]');
  await page.waitForFunction(() => !document.querySelector('.hero'));
  expect(new URL(page.url()).pathname).toBe('/demo/nothing/');
});

test('who signs in is known from then on, and signing out forgets on this device', async () => {
  const page = await openShop();
  await grant(page);
  await page.click('[data-account]');
  await page.click('[value=ada]');
  expect(await until(async () => (await page.locator('[data-account]').textContent()) === 'Ada')).toBe(true);
  const isKnown = (answer: Response) => !!answer.request().postData()?.includes('"id":"ada"');
  const [known] = await Promise.all([page.waitForResponse(isKnown), page.click('nav a[href="/demo/gear/"]')]);
  expect(known.status()).toBe(200);
  const id = await page.evaluate(() => localStorage.hyperedge);
  await page.click('[data-account]');
  await page.click('[data-sign-out]');
  expect(await until(() => page.evaluate((old) => localStorage.hyperedge !== old, id))).toBe(true);
});

test.each([
  ['a phone', 390, 844],
  ['a desk', 1_280, 800],
])('on %s no page of the shop is wider than the screen', async (_name, width, height) => {
  const page = await openShop();
  await page.setViewportSize({ width, height });
  for (const path of ['', 'gear/', 'gear/layers/', 'gear/dawn-shell/', 'basket/', 'account/', 'finder/']) {
    await page.goto(`${shop.stack.url}/demo/${path}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(width);
  }
});

test('a product’s page asks once for all its places', async () => {
  const asked: string[] = [];
  shop.context.on('request', (request) => {
    if (request.url().endsWith('/v1/optimize')) asked.push(request.postData() ?? '');
  });
  const page = await openShop('gear/scree-pack/');
  await page.waitForFunction(() => document.querySelectorAll('[data-decisions] li').length === 2);
  await page.waitForTimeout(300);
  expect(asked.map((body) => JSON.parse(body).placements)).toEqual([['assurance', 'goes-with']]);
});

test('the basket’s page moves nothing while it fills, and what costs less than 60 € pays its delivery', async () => {
  const page = await openShop('basket/');
  await page.waitForFunction(() => document.querySelectorAll('[data-decisions] li').length === 1);
  expect(await layoutShift(page)).toBe(0);
  await page.goto(`${shop.stack.url}/demo/gear/peat-socks/`);
  await page.click('.product [data-buy]');
  expect(await page.locator('.drawer [data-total]').textContent()).toBe('23.90 €');
  await page.click('.drawer .plain');
  await page.click('.product [data-buy]');
  expect(await page.locator('.drawer [data-total]').textContent()).toBe('42.90 €');
});

test('the finder decides on the page: another morning asks nobody, and its degrees are in no request', async () => {
  const bodies: string[] = [];
  shop.context.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/v1/') && !isModel(request)) bodies.push(request.postData() ?? '');
  });
  const page = await openShop('finder/');
  await page.waitForFunction(() => document.querySelectorAll('[data-decisions] li').length === 1);
  const found = () => page.locator('.pick .eyebrow').textContent();
  expect(await found()).toBe('For most mornings');
  for (const [degrees, words] of [
    ['-11', 'For frost'],
    ['17', 'For mild mornings'],
  ] as const) {
    await page.locator('[data-degrees]').fill(degrees);
    expect(await until(async () => (await found()) === words)).toBe(true);
  }
  expect(bodies).toHaveLength(1);
  expect(bodies.join()).not.toMatch(/morning/);
});

test('the letter’s link leads half of its readers on to the layers', async () => {
  for (let i = 0; i < MAX_VISITORS; i++) {
    const page = await openShop('welcome/');
    await page.waitForFunction(
      () => location.pathname.endsWith('/layers/') || document.querySelector('[data-decisions] li'),
    );
    await page.waitForTimeout(300);
    if (page.url() === `${shop.stack.url}/demo/gear/layers/`) return;
    await newVisitor();
  }
  expect.unreachable(`${MAX_VISITORS} readers in a row stayed`);
});

test('signing out in one tab holds in the other', async () => {
  const page = await openShop('account/');
  await grant(page);
  await page.click('[value=ada]');
  const other = await openShop('account/');
  await until(() => other.evaluate(() => localStorage.hyperedge));
  await other.click('[value=ada]');
  await other.waitForFunction(() => document.querySelector('[data-account]')?.textContent === 'Ada');
  await page.click('[data-sign-out]');
  await other.waitForFunction(() => document.querySelector('[data-account]')?.textContent === 'Account');
});

test('what the browser refuses (Global Privacy Control) is refused whatever is allowed', async () => {
  await shop.context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  const page = await openShop();
  const refused = page.waitForRequest((request) => /"purposes":\{[^}]*"ads":false/.test(request.postData() ?? ''));
  await page.click('[data-consent-choice=granted]');
  expect((await refused).postData()).toContain('"consent":"granted"');
});

test('every page is under a policy of nonces and Trusted Types: text becomes no markup', async () => {
  const page = await openShop('gear/');
  const outcome = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<b>text</b>';
      return 'taken';
    } catch (error) {
      return (error as Error).name;
    }
  });
  expect(outcome).toBe('TypeError');
  expect(shop.errors.splice(0).join()).toContain('TrustedHTML');
});

/**
 * The pictures of the pages about placements, flicker and redirects, from real pages: `PICTURES=1 npm test -- --project browser tests/browser/placements-pictures.test.ts`
 * takes them anew. Without it the pages are only gone through.
 */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { bundle } from '../../client-snippet/bundle.ts';
import { until } from './browser.ts';
import { pageHtml } from './page.ts';
import { listed, usePages, waitFor } from './pages.ts';

const { asked, browser, decide, double, show } = await usePages();

/** A small shop's page, as wide as it is drawn. */
const SHOP = `<style>
  body{font:15px/1.5 system-ui,"Liberation Sans",sans-serif;color:#1c2430;background:#fff;width:420px}
  header{display:flex;justify-content:space-between;padding:14px 22px;border-bottom:1px solid #d9dee6;font-weight:600}
  header span{color:#5b6676;font-weight:400} .hero{padding:26px 22px;background:#f4f1ea} .hero.warm{background:#fbe9d2}
  h1{font-size:26px;line-height:1.2;margin:0 0 8px} .hero p{margin:0 0 16px;color:#434d5c;min-height:45px} .hero a{display:inline-block;background:#1c2430;color:#fff;padding:9px 18px;border-radius:8px;text-decoration:none}
  ul{list-style:none;margin:0;padding:18px 22px;display:grid;grid-template-columns:1fr 1fr;gap:14px}
  li{border:1px solid #d9dee6;border-radius:8px;padding:14px} li b{display:block} li span{color:#5b6676}
  .note{margin:0 22px 22px;padding:12px 16px;border-radius:8px;background:#e7f0e6} header+.note{margin-top:18px}
</style>`;
const BODY = `<header>Northlight<span>Basket</span></header>
  <section class="hero"><h1>Lamps and small furniture</h1><p>Made in small numbers, sent within two days.</p><a href="/all">See everything</a></section>
  <ul><li><b>Table lamp</b><span>89 €</span></li><li><b>Reading chair</b><span>240 €</span></li></ul>
  <p class="note">Returns are free for thirty days.</p>`;
const WARM = {
  classes: { add: ['warm'] },
  parts: { title: { text: 'Warm light for long evenings' }, go: { text: 'See the lamps', href: '/lamps' } },
};

const FRAME = `<style>
  body{margin:0;background:#eef1f5;color:#1c2430;font:15px/1.45 system-ui,"Liberation Sans",sans-serif}
  main{display:flex;gap:24px;padding:28px;width:max-content} figure{margin:0} img{display:block;border:1px solid #d9dee6;border-radius:12px}
  figcaption{font-weight:600;margin:0 0 12px} figcaption span{color:#5b6676;font-weight:400}
  ol{list-style:none;margin:0;padding:20px 22px;background:#fff;border:1px solid #d9dee6;border-radius:12px;width:700px;font:13px/1.5 ui-monospace,"Liberation Mono",monospace}
  ol li{display:grid;grid-template-columns:150px 1fr;gap:14px;padding:9px 0;border-top:1px solid #d9dee6;overflow-wrap:anywhere} ol li:first-child{border:0;padding-top:0} ol b{font-weight:700}
  .step{grid-column:1/-1;color:#1f4fa3;font:600 14px/1.45 system-ui,"Liberation Sans",sans-serif}
</style>`;

const shot = async (page: Page, height: number): Promise<string> => {
  const bytes = await page.screenshot({ clip: { x: 0, y: 0, width: 420, height } });
  return `data:image/png;base64,${bytes.toString('base64')}`;
};
const figure = (title: string, small: string, image: string): string =>
  `<figure><figcaption>${title} <span>${small}</span></figcaption><img src="${image}" width="340" alt=""></figure>`;

async function picture(name: string, body: string): Promise<void> {
  if (!process.env.PICTURES) return;
  const page = await browser.newPage();
  await page.setContent(`<!doctype html>${FRAME}<main>${body}</main>`);
  const box = await page.locator('main').boundingBox();
  await page.setViewportSize({ width: Math.ceil(box?.width ?? 0), height: Math.ceil(box?.height ?? 0) });
  await page.screenshot({ path: fileURLToPath(new URL(`../../docs/guides/page/${name}.png`, import.meta.url)) });
  await page.close();
}

test('placements: the page as it was written, and with what was decided', async () => {
  decide({
    hero: { html: 'Made in small numbers, <b>sent today</b> if you order before four.' },
    title: { text: 'Warm light for long evenings' },
    go: { text: 'See the lamps', href: '/lamps' },
    tone: { classes: { add: ['warm'] } },
    note: { move: { to: '.hero', place: 'before' } },
  });
  const page = await show({ head: SHOP, body: BODY });
  await page.evaluate(() => document.fonts.ready);
  const before = await shot(page, 440);
  await page.evaluate(() =>
    hyperedge('placements', [
      { id: 'hero', selector: '.hero p', html: true },
      { id: 'title', selector: '.hero h1' },
      { id: 'go', selector: '.hero a' },
      { id: 'tone', selector: '.hero' },
      { id: 'note', selector: '.note' },
    ]),
  );
  await page.waitForSelector('.hero.warm p b');
  const after = await shot(page, 440);
  await page.evaluate(() => hyperedge('reset'));
  expect(await page.locator('.note').evaluate((note) => note.previousElementSibling?.localName)).toBe('ul');
  await picture(
    'placements',
    figure('Its own', 'as it was written', before) + figure('Decided', 'text, markup, a class, a link, a move', after),
  );
});

test('flicker: the same page with and without the guard, while it waits and after', async () => {
  decide({ hero: WARM });
  const body = BODY.replace('class="hero"', 'class="hero" data-hyperedge="hero"')
    .replace('<h1>', '<h1 data-hyperedge-part="title">')
    .replace('<a ', '<a data-hyperedge-part="go" ');
  const shots: string[] = [];
  for (const guard of ['', await bundle('stub/guard.ts')]) {
    double.failures = { optimize: { delayMs: 2_500 } }; // long enough to take the picture before the answer
    const head = `${SHOP}${guard ? `<script data-hide-ms="5000">${guard}</script>` : ''}`;
    const page = await show({ head, body, before: "hyperedge('init', { timeoutMs: 5000 });" });
    await page.waitForSelector('.hero', { state: 'attached' });
    const opacity = await page.locator('.hero').evaluate((hero) => getComputedStyle(hero).opacity);
    expect(opacity).toBe(guard ? '0' : '1');
    shots.push(await shot(page, 330));
    await waitFor(page, 'h1', 'Warm light for long evenings');
    expect(await page.locator('.hero').evaluate((hero) => getComputedStyle(hero).opacity)).toBe('1');
    shots.push(await shot(page, 330));
  }
  const [own, , hidden, shown] = shots as [string, string, string, string];
  await picture(
    'flicker',
    figure('Without', 'read, then replaced', own) +
      figure('With the guard', 'while it waits', hidden) +
      figure('Decided', 'at most 300 ms later', shown),
  );
});

test('redirects: what leaves a page before the page is left', async () => {
  decide({ offer: { redirect: '/evening' } });
  double.html['/evening'] = pageHtml(double, { body: '<h1>x</h1>', before: listed() });
  const page = await show({
    body: '<h1 id="a">own</h1>',
    before: listed({ id: 'offer' }),
    script: 'data-consent="granted"',
    path: '/offer',
    query: '?utm_source=letter',
  });
  const came = new URL(page.url()).pathname + new URL(page.url()).search;
  await page.waitForURL(/evening/);
  await until(() => double.received.length >= 2);
  await page.waitForFunction(() => !location.search.includes('redirected'));
  expect(asked()).toHaveLength(1);
  const line = (name: string, text: string): string => `<li><b>${name}</b><span>${text}</span></li>`;
  const step = (text: string): string => `<li><span class="step">${text}</span></li>`;
  const short = (token: string): string => `${token.slice(0, 15)}…`;
  const [question, report] = double.received;
  await picture(
    'redirects',
    `<figure><figcaption>What leaves the page, and when</figcaption><ol>${
      line('address', came) +
      line(
        'POST /optimize',
        JSON.stringify({ placements: question?.body.placements, consent: question?.body.consent }),
      ) +
      step('The answer: redirect to /evening. Nothing of this page is seen from here on') +
      line(
        'POST /feedback',
        JSON.stringify({ events: [{ ...report?.body.events[0], token: short(report?.body.events[0].token) }] }),
      ) +
      step('Acknowledged, or 200 ms later') +
      line('address', `${new URL(page.url()).pathname}${new URL(page.url()).search}`)
    }</ol></figure>`,
  );
});

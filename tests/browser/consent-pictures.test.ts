/**
 * The pictures of the pages about consent and forwarding, from real pages: `PICTURES=1 npm test -- --project browser tests/browser/consent-pictures.test.ts` takes them
 * anew. Without it the pages are only gone through.
 */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from './browser.ts';
import { usePages } from './pages.ts';

const { double, open } = await usePages();

const CSS = `<style>
  :root{--ink:#1c2430;--dim:#5b6676;--line:#d9dee6;--yes:#0b7a4b;--no:#a3303f;--paper:#fff}
  body{background:#eef1f5;color:var(--ink);font:15px/1.45 system-ui,"Liberation Sans",sans-serif;padding:28px;box-sizing:border-box}
  main{display:grid;grid-template-columns:330px 1fr;gap:24px;align-items:start}
  section{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:20px 22px}
  h1{font-size:22px;line-height:1.25;margin:0 0 6px} h2{font-size:13px;font-weight:600;color:var(--dim);margin:0 0 12px} p{margin:0;color:var(--dim)}
  ul{list-style:none;margin:18px 0 0;padding:0} li{display:flex;justify-content:space-between;border-top:1px solid var(--line);padding:9px 0}
  li b{font-weight:500} .yes{color:var(--yes);font-weight:600} .no{color:var(--no);font-weight:600} .open{color:var(--dim)}
  ol{list-style:none;margin:0;padding:0;font:13px/1.5 ui-monospace,"Liberation Mono",monospace}
  ol li{display:grid;grid-template-columns:150px 1fr;gap:14px;justify-content:start;padding:8px 0;overflow-wrap:anywhere} ol li:first-child{border:0;padding-top:0}
  ol b{font-weight:700} section+section{margin-top:24px} .step{color:var(--dim);font-family:system-ui,"Liberation Sans",sans-serif}
</style>`;
const HERO = '<section><h1 data-hyperedge="hero">Autumn at Northlight</h1><p>Lamps and small furniture.</p>';

/** Writes what happens into the page itself, as it happens. */
const LOG = `
  window.line = (name, text) => { const li = document.createElement('li'); li.innerHTML = '<b></b><span></span>'; li.children[0].textContent = name; li.children[1].textContent = text; document.querySelector('#log').append(li) };
  const own = window.fetch; window.fetch = (url, init) => { const { key, placements, context, ...body } = JSON.parse(init.body);
    const short = JSON.stringify(body, (name, value) => typeof value === 'string' && value.length > 24 ? value.slice(0, 14) + '…' : value).replace(/"(\\w+)":/g, '$1: ').replace(/,/g, ', ');
    line('POST ' + new URL(url).pathname.replace('/v1', ''), short); return own(url, init) };
  addEventListener('hyperedge:purposes', ({ detail }) => { for (const [name, given] of Object.entries(detail)) { const cell = document.getElementById(name); cell.textContent = given ? 'yes' : 'no'; cell.className = given ? 'yes' : 'no' } });`;

async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.PICTURES) return;
  await page.setViewportSize({ width: 1_080, height: 400 });
  const height = await page.evaluate(
    () => Math.ceil(document.querySelector('main')?.getBoundingClientRect().bottom ?? 0) + 28,
  );
  await page.setViewportSize({ width: 1_080, height });
  await page.screenshot({ path: fileURLToPath(new URL(`../../docs/guides/page/${name}.png`, import.meta.url)) });
}

test('consent: what leaves a page from one word of its visitor to the next', async () => {
  double.decisions = {
    hero: { outcome: 'campaign', campaign: 'autumn', arm: 'warm', content: { text: 'Warm light for long evenings' } },
  };
  const rows = ['functional', 'personalization', 'analytics', 'ads'].map(
    (name) => `<li><b>${name}</b><span id="${name}" class="open">not said</span></li>`,
  );
  const { page, context, errors } = await open({
    head: CSS,
    before: `${LOG} hyperedge('purposes');`,
    body: `<main><div>${HERO}<ul>${rows.join('')}</ul></section><section><h2>Local storage</h2><p id="kept">empty</p></section></div><section><h2>What leaves the page</h2><ol id="log"></ol></section></main>`,
  });
  const sent = (endpoint: string, count = 1) =>
    until(() => double.received.filter((request) => request.endpoint === endpoint).length >= count);
  const step = (text: string) =>
    page.evaluate((words) => (window as unknown as { line: (a: string, b: string) => void }).line('', words), text);
  await sent('optimize');
  await step('The visitor allows personalization, and nothing else');
  await page.evaluate(() =>
    hyperedge('purposes', { functional: true, personalization: true, analytics: false, ads: false }),
  );
  await sent('feedback');
  await step('… then analytics');
  await page.evaluate(() => hyperedge('purposes', { analytics: true }));
  await sent('consent');
  await step('… and takes analytics back');
  await page.evaluate(() => hyperedge('purposes', { analytics: false }));
  await sent('consent', 2);
  await page.evaluate(() => {
    const kept = document.querySelector('#kept') as HTMLElement;
    kept.textContent = `hyperedge: ${localStorage.hyperedge.slice(0, 14)}…`;
    for (const cell of document.querySelectorAll('#log li')) {
      if (cell.children[0]?.textContent === '') cell.children[1]?.classList.add('step');
    }
  });
  expect(double.received.map(({ endpoint }) => endpoint)).toEqual([
    'optimize',
    'optimize',
    'feedback',
    'consent',
    'consent',
  ]);
  expect(errors).toEqual([]);
  await picture(page, 'consent');
  await context.close();
  double.reset();
});

test('forwarding: what each tool is told of one decision that was seen', async () => {
  double.decisions = {
    hero: {
      outcome: 'campaign',
      campaign: 'autumn',
      arm: 'warm',
      decisionId: 'd1',
      content: { text: 'Warm light for long evenings' },
    },
  };
  const tools = `const tell = (tool) => (...values) => line(tool, values.map((value) => typeof value === 'string' ? value : JSON.stringify(value).replace(/"([^"]+)":/g, '$1: ').replace(/,/g, ', ')).join('  '));
    window.dataLayer = { push: tell('dataLayer') }; window.gtag = tell('gtag'); window.analytics = { track: tell('segment') }; window.posthog = { capture: tell('posthog') };`;
  const { page, context, errors } = await open({
    head: CSS,
    before: `${LOG} window.fetch = own; ${tools} hyperedge('consent', 'granted'); hyperedge('forward', { dataLayer: true, gtag: true, segment: true, posthog: true });`,
    body: `<main><div>${HERO}<ul><li><b>campaign</b><span>autumn</span></li><li><b>arm</b><span>warm</span></li></ul></section></div><section><h2>What each tool is told</h2><ol id="log"></ol></section></main>`,
  });
  await page.waitForFunction(() => document.querySelectorAll('#log li').length === 5);
  expect(errors).toEqual([]);
  await picture(page, 'forwarding');
  await context.close();
});

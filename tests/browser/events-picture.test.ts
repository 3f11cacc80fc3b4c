/**
 * The picture of the page about events, from a real page: `PICTURES=1 npm test -- --project browser tests/browser/events-picture.test.ts`
 * takes it anew. Without it the page is only gone through.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { until } from './browser.ts';
import { usePages } from './pages.ts';

const { double, open } = await usePages();

const CSS = `<style>
  :root{--ink:#1c2430;--dim:#5b6676;--line:#d9dee6;--accent:#1f4fa3;--paper:#fff}
  body{background:#eef1f5;color:var(--ink);font:15px/1.45 system-ui,"Liberation Sans",sans-serif;padding:28px;box-sizing:border-box}
  main{display:grid;grid-template-columns:300px 1fr;gap:24px;align-items:start}
  section{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:20px 22px}
  section+section{margin-top:24px} h1{font-size:22px;line-height:1.25;margin:0 0 6px} h2{font-size:13px;font-weight:600;color:var(--dim);margin:0 0 12px}
  p{margin:0;color:var(--dim)} ol{list-style:none;margin:0;padding:0;font:13px/1.5 ui-monospace,"Liberation Mono",monospace}
  input,button{font:inherit;border:1px solid var(--line);border-radius:8px;padding:6px 10px;margin-top:10px} input{width:190px} button{background:var(--accent);color:#fff}
  li{display:grid;grid-template-columns:130px 1fr;gap:14px;border-top:1px solid var(--line);padding:8px 0;overflow-wrap:anywhere}
  li:first-child{border:0;padding-top:0} li b{font-weight:700}
  .step{color:var(--accent);font:600 14px/1.45 system-ui,"Liberation Sans",sans-serif;grid-column:1/-1}
</style>`;

/** Writes what leaves the page into the page itself: the events of each request. */
const LOG = `
  const add = (html) => { const li = document.createElement('li'); li.innerHTML = html; document.querySelector('#log').append(li); return li };
  window.step = (text) => { add('<span class=step></span>').firstChild.textContent = text };
  const own = window.fetch;
  window.fetch = (url, init) => {
    const { events } = JSON.parse(init.body);
    if (events && navigator.onLine) {
      const li = add('<b></b><span></span>');
      li.children[0].textContent = 'POST ' + new URL(url).pathname.replace('/v1', '');
      li.children[1].textContent = events.map(({ token, kind, name, goal, value, currency }) => [kind, name ?? goal, value, currency, token && 'of hero'].filter(Boolean).join(' ')).join(', ');
    }
    return own(url, init);
  };
  hyperedge('offline');
  hyperedge('events', { scroll: true, dwell: [2], forms: { '#mail': 'newsletter' }, goals: { 'dwell-2': 'engaged' } });`;

test('what a page tells, in the order in which it happens', async () => {
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'Warm light for long evenings' } } };
  const { page, context } = await open({
    head: CSS,
    script: 'data-consent="granted"',
    before: LOG,
    body: `<main><div><section><h1 data-hyperedge="hero">Autumn at Northlight</h1><p>Lamps and small furniture.</p></section>
      <section><h2>Letters</h2><form id="mail" onsubmit="return false"><input value="ann@shop.example"> <button>Write to me</button></form></section></div>
      <section><h2>What leaves the page</h2><ol id="log"></ol></section></main><div id="rest" style="height:1400px"></div>`,
  });
  const step = (text: string) =>
    page.evaluate((words) => (window as unknown as { step: (text: string) => void }).step(words), text);
  const told = () => double.received.flatMap(({ body }) => body.events ?? []).length;
  await step('A second in view, two seconds on the page');
  await until(() => told() >= 2);
  await step('The form is sent: not a word of what was typed');
  await page.click('button');
  await until(() => told() >= 3);
  await step('She scrolls, and is back');
  await page.evaluate(() => scrollTo(0, 500));
  await until(() => told() >= 5);
  await page.evaluate(() => scrollTo(0, 0));
  await step('A tunnel: an order of the hero waits. And then the network is back');
  await context.setOffline(true);
  await page.evaluate(() => hyperedge('goal', 'purchase', { value: 49.9, currency: 'EUR', placement: 'hero' }));
  const waits = () =>
    page.evaluate(() => Object.keys(localStorage).some((name) => name.startsWith('hyperedge-offline:')));
  expect(await until(waits)).toBe(true);
  const before = told();
  await context.setOffline(false);
  await until(() => told() > before);
  expect(double.received.flatMap(({ body }) => body.events ?? []).some(({ goal }) => goal === 'purchase')).toBe(true);
  expect(JSON.stringify(double.received)).not.toContain('ann@');
  if (!process.env.PICTURES) return;
  await page.evaluate(() => document.querySelector('#rest')?.remove());
  await page.setViewportSize({ width: 1_080, height: 400 });
  const height = await page.evaluate(() => document.querySelector('main')?.getBoundingClientRect().bottom ?? 0);
  await page.setViewportSize({ width: 1_080, height: Math.ceil(height) + 28 });
  await page.screenshot({ path: fileURLToPath(new URL('../../docs/guides/page/events.png', import.meta.url)) });
});

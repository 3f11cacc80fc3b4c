/**
 * The picture of the page about identity, from a real page: `PICTURES=1 npm test -- --project browser tests/browser/identity-picture.test.ts` takes it anew.
 * Without it the page is only gone through.
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
  li{display:grid;grid-template-columns:130px 1fr 34px;gap:14px;border-top:1px solid var(--line);padding:8px 0;overflow-wrap:anywhere}
  li:first-child{border:0;padding-top:0} li b{font-weight:700} li i{font-style:normal;color:var(--dim);text-align:right}
  .step{color:var(--accent);font:600 14px/1.45 system-ui,"Liberation Sans",sans-serif;grid-column:1/-1}
</style>`;

/** Writes what leaves the page into the page itself, with what came of it. */
const LOG = `
  window.step = (text) => { const li = document.createElement('li'); li.innerHTML = '<span class=step></span>'; li.firstChild.textContent = text; document.querySelector('#log').append(li) };
  const own = window.fetch;
  window.fetch = async (url, init) => {
    const { key, placements, context, ...body } = JSON.parse(init.body);
    const li = document.createElement('li'); li.innerHTML = '<b></b><span></span><i></i>';
    li.children[0].textContent = 'POST ' + new URL(url).pathname.replace('/v1', '');
    li.children[1].textContent = JSON.stringify(body, (name, value) => name === 'eventId' ? undefined : typeof value === 'string' && value.length > 20 ? value.slice(0, 13) + '…' : value).replace(/"(\\w+)":/g, '$1: ').replace(/,/g, ', ');
    document.querySelector('#log').append(li);
    const answer = await own(url, init); li.children[2].textContent = answer.status; return answer;
  };
  hyperedge('consent', 'granted');`;

test('who a page speaks for, from an anonymous visitor to the next one', async () => {
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'Warm light for long evenings' } } };
  const proofs = ['1800000000.MaHyxr7Q', '1800003600.pQ0mUu8w'];
  let live = proofs[0];
  double.refuse = ({ customer }) =>
    customer?.id !== undefined && customer.proof !== live
      ? { status: 403, text: '{"type":"/problems/invalid_identity"}' }
      : undefined;
  const { page } = await open({
    head: CSS,
    before: LOG,
    body: `<main><div><section><h1 data-hyperedge="hero">Autumn at Northlight</h1><p>Lamps and small furniture.</p></section>
      <section><h2>Local storage</h2><p id="kept"></p></section></div><section><h2>What leaves the page, and the answer</h2><ol id="log"></ol></section></main>`,
  });
  const sent = (count: number) => until(() => double.received.length >= count);
  const step = (text: string) =>
    page.evaluate((words) => (window as unknown as { step: (text: string) => void }).step(words), text);
  await until(() => page.evaluate(() => localStorage.hyperedge));
  await sent(1);
  await step('She signs in: the page fetches a proof, and her visits become hers');
  await page.evaluate((all) => hyperedge('identity', 'crm-4711', () => all.shift() as string), [...proofs]);
  await sent(2);
  await step('An hour later it has expired: a fresh one, and the same order again');
  live = proofs[1];
  await page.evaluate(() => hyperedge('convert', 'purchase', { value: 49.9, orderId: 'A-1001' }));
  await until(() => double.received.filter(({ body }) => body.customer?.proof === proofs[1]).length === 1);
  await step('She signs out: reset. The API hears that this page speaks for nobody, and clears its cookie');
  await page.evaluate(() => hyperedge('reset'));
  await until(() => double.received.at(-1)?.endpoint === 'consent');
  const kept = await page.evaluate(() => localStorage.hyperedge);
  await page.evaluate((text) => {
    (document.querySelector('#kept') as HTMLElement).textContent = `hyperedge: ${text}`;
  }, kept);
  await page.waitForFunction(() => [...document.querySelectorAll('li i')].every(({ textContent }) => textContent));
  expect(kept).toBe('reset');
  if (!process.env.PICTURES) return;
  await page.setViewportSize({ width: 1_080, height: 400 });
  const height = await page.evaluate(() => document.querySelector('main')?.getBoundingClientRect().bottom ?? 0);
  await page.setViewportSize({ width: 1_080, height: Math.ceil(height) + 28 });
  await page.screenshot({ path: fileURLToPath(new URL('../../docs/guides/page/identity.png', import.meta.url)) });
});

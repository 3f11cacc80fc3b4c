/**
 * The picture of the page about decisions on the device: `PICTURES=1 npm test -- --project browser tests/browser/device-picture.test.ts` takes it
 * anew. Without it the page is only gone through: what is decided anew when an attribute changes leaves nothing but one report.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BUNDLE_FORMAT } from '../../decisioning/device/bundle.ts';
import { parseCondition } from '../../decisioning/segments/index.ts';
import { until } from './browser.ts';
import { usePages } from './pages.ts';

const { browser, double } = await usePages();

const conditionOf = (document: object) => {
  const parsed = parseCondition(document);
  return parsed.ok ? parsed.condition : { clauses: [] };
};

const BUNDLE = {
  format: BUNDLE_FORMAT,
  nonce: 'V1StGXR8_Z5jdHi6B-myTw',
  workspaceId: 'northlight',
  siteId: 'shop',
  customer: 'object',
  issuedAtMs: Date.UTC(2026, 10, 22),
  reads: { weeklyKm: { type: 'number', own: true } },
  places: [
    {
      placement: 'hero',
      seed: '0123456789abcdef0123456789abcdef',
      exploration: 0,
      campaigns: [
        {
          id: 'shoes',
          armsKey: 'k',
          armIds: ['first', 'daily', 'long'],
          condition: null,
          contexts: [
            { id: 'starter', condition: conditionOf({ weeklyKm: { $lt: 10 } }) },
            { id: 'regular', condition: conditionOf({ weeklyKm: { $lt: 40 } }) },
          ],
          leaves: {
            starter: { arms: [0.9, 0.06, 0.04], rank: 0 },
            regular: { arms: [0.04, 0.92, 0.04], rank: 1 },
            rest: { arms: [0.02, 0.04, 0.94], rank: 2 },
          },
        },
      ],
    },
  ],
};
const ANSWERS = {
  bundle: {
    customer: { anonymousId: 'a1.k1.visitor.mac' },
    bundle: { signed: JSON.stringify(BUNDLE), signature: 'k1.mac' },
    lifeMs: 600_000,
    contents: {
      hero: {
        default: null,
        arms: {
          shoes: {
            first: { text: 'Soft shoes for the first five kilometres' },
            daily: { text: 'One pair for every day of the week' },
            long: { text: 'Light shoes for long distances' },
          },
        },
      },
    },
    others: {},
  },
  decisions: { decisions: [{ placement: 'hero', status: 'accepted', decisionId: 'd', token: 'ht1.k1.payload.mac' }] },
};

const CSS = `<style>
  :root{--ink:#1c2430;--dim:#5b6676;--line:#d9dee6;--here:#0b7a4b;--paper:#fff}
  body{margin:0;background:#eef1f5;color:var(--ink);font:15px/1.45 system-ui,"Liberation Sans",sans-serif;padding:28px;box-sizing:border-box}
  main{display:grid;grid-template-columns:330px 1fr;gap:24px;align-items:start} @media(max-width:700px){body{padding:16px} main{grid-template-columns:1fr;gap:16px}}
  section{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:20px 22px}
  h1{font-size:24px;line-height:1.25;margin:0 0 6px;min-height:60px} h2{font-size:13px;font-weight:600;color:var(--dim);margin:0 0 12px} p{margin:0;color:var(--dim)}
  label{display:block;border-top:1px solid var(--line);margin-top:18px;padding-top:14px} output{font-weight:600} input{width:100%;accent-color:var(--here);margin:10px 0 6px}
  small{color:var(--here);font-size:13px} ol{list-style:none;margin:0;padding:0;font:13px/1.5 ui-monospace,"Liberation Mono",monospace}
  ol li{display:grid;grid-template-columns:190px 1fr;gap:14px;padding:8px 0;border-top:1px solid var(--line);overflow-wrap:anywhere} ol li:first-child{border:0;padding-top:0}
  .here{color:var(--here);font-family:system-ui,"Liberation Sans",sans-serif} @media(max-width:700px){ol li{grid-template-columns:1fr;gap:2px}}
</style>`;

/** The page writes down what it sends, and what it decides. */
const LOG = `
  window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };
  const line = (name, text, kind = '') => { const li = document.createElement('li'); li.className = kind; li.innerHTML = '<b></b><span></span>'; li.children[0].textContent = name; li.children[1].textContent = text; document.querySelector('#log').append(li) };
  const own = window.fetch; window.fetch = (url, init) => { const { key, context, bundle, customer, consent, ...body } = JSON.parse(init.body);
    const short = JSON.stringify({ ...body, ...(bundle && { bundle: '…' }) }, (name, value) => typeof value === 'string' && value.length > 24 ? value.slice(0, 14) + '…' : value).replace(/"(\\w+)":/g, '$1: ').replace(/,/g, ', ');
    line('POST ' + new URL(url).pathname.replace('/v1', ''), short); return own(url, init) };
  addEventListener('hyperedge:decision', ({ detail }) => line('decided here', 'weeklyKm ' + document.querySelector('input').value + ' → ' + detail.arm, 'here'));
  const tell = () => { const km = +document.querySelector('input').value; document.querySelector('output').textContent = km + ' km'; hyperedge('device', { attributes: { weeklyKm: km } }) };
  hyperedge('consent', 'granted'); hyperedge('device', { key: 'pk_shop', attributes: { weeklyKm: 25 } });`;

test('what leaves a page that decides itself, while its visitor says who they are', async () => {
  const context = await browser.newContext({ viewport: { width: 1_080, height: 400 } });
  await context.route('**/v1/device/*', (route) => {
    const name = new URL(route.request().url()).pathname.split('/').pop() as keyof typeof ANSWERS;
    return route.fulfill({ json: ANSWERS[name], headers: { 'access-control-allow-origin': '*' } });
  });
  const page = await context.newPage();
  double.html['/'] = `<!doctype html><html lang="en"><head><title>Running shoes</title>
    <meta name="viewport" content="width=device-width">${CSS}<script>${LOG}</script>
    <script async src="${double.api}/hyperedge.js"></script></head><body><main>
    <section><h1 data-hyperedge="hero">Running shoes</h1><p>Find the pair that fits how you run.</p>
    <label>You run <output>25 km</output> a week<input type="range" min="0" max="80" value="25" onchange="tell()"></label>
    <small>This stays on your device.</small></section>
    <section><h2>What leaves the page</h2><ol id="log"></ol></section></main></body></html>`;
  await page.goto(double.pages);
  const shows = (text: string) => until(async () => (await page.locator('h1').textContent()) === text);
  expect(await shows('One pair for every day of the week')).toBe(true);
  await until(() => double.received.some(({ endpoint }) => endpoint === 'feedback'));
  const move = (km: number) =>
    page.locator('input').evaluate((slider, to) => {
      (slider as HTMLInputElement).value = `${to}`;
      slider.dispatchEvent(new Event('change'));
    }, km);
  await move(5);
  expect(await shows('Soft shoes for the first five kilometres')).toBe(true);
  await move(60);
  expect(await shows('Light shoes for long distances')).toBe(true);
  const lines = await page.locator('#log b').allTextContents();
  expect(lines.filter((name) => name === 'POST /device/bundle')).toHaveLength(1);
  expect(double.received.filter(({ endpoint }) => endpoint === 'optimize')).toEqual([]);
  expect(JSON.stringify(double.received)).not.toContain('weeklyKm');
  if (process.env.PICTURES) {
    const path = (name: string) => fileURLToPath(new URL(`../../docs/guides/page/${name}.png`, import.meta.url));
    for (const [name, width] of [
      ['device', 1_080],
      ['device-phone', 390],
    ] as const) {
      await page.setViewportSize({ width, height: 400 });
      const height = await page.evaluate(
        () => Math.ceil(document.querySelector('main')!.getBoundingClientRect().bottom) + 28,
      );
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: path(name) });
    }
  }
  await context.close();
});

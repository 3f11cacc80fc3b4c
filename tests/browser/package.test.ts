/** The npm package in a bundled page: the same requests as the script's, and lazy parts that know its state. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LazyPart } from '../../client-snippet/npm/index.ts';
import { buildPackage } from '../../scripts/package/build.ts';
import { until } from './browser.ts';
import { usePages } from './pages.ts';

const CODE = `
import * as client from '@hyperedge/client';
Object.assign(window, { client, events: () => import('@hyperedge/client/parts/events') });
`;

type Client = typeof import('../../client-snippet/npm/index.ts');
interface Handle {
  client: Client;
  events(): Promise<LazyPart>;
}

const folder = mkdtempSync(join(tmpdir(), 'hyperedge-page-'));
const { bodies: of, browser, double } = await usePages();

let code: string;
let page: Page;
let errors: string[];

beforeAll(async () => {
  await buildPackage(join(folder, 'node_modules/@hyperedge/client'));
  const { outputFiles } = await build({
    stdin: { contents: CODE, resolveDir: folder },
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
  });
  code = (outputFiles[0]?.text ?? '').replaceAll(/<(?=\/?script|!--)/g, '\\x3c');
});
beforeEach(async () => {
  errors = [];
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'decided' } } };
  double.html['/'] = `<!doctype html><html><body><p id="mine">own</p><b data-hyperedge="hero">own</b>
<script>${code}</script></body></html>`;
  page = await (await browser.newContext({ viewport: { width: 800, height: 600 } })).newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(double.pages);
});
afterEach(async () => {
  await page.context().close();
  expect(errors).toEqual([]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (consent: 'granted' | 'pending') =>
  page.evaluate(([api, given]) => (window as never as Handle).client.start({ key: 'pk_test', api, consent: given }), [
    double.api,
    consent,
  ] as const);

test('asks nothing before start; then once for elements and callers together, renders, and reports what is seen', async () => {
  const asked = page.evaluate(async () => {
    const { client } = window as never as Handle;
    const decision = await client.decide('hero');
    const element = document.querySelector('#mine') as Element;
    if (decision) {
      // What is no element, or tells of no decision, is not watched, and breaks nothing.
      for (const nonsense of [
        [null, decision],
        [element, null],
        [element, { token: 7 }],
      ] as never[][])
        client.watch(nonsense[0]!, nonsense[1]!)();
      client.render(element, decision.content);
      client.watch(element, decision);
    }
    return decision?.content?.text;
  });
  await page.waitForTimeout(100);
  expect(double.received).toEqual([]);
  await start('granted');
  expect(await asked).toBe('decided');
  expect(await page.locator('#mine').textContent()).toBe('decided');
  expect(await page.locator('b').textContent()).toBe('decided');
  await until(() => of('feedback').length > 0);
  expect(of('optimize').map(({ placements }) => placements)).toEqual([['hero']]);
  expect(of('feedback').flatMap(({ events }) => events)).toMatchObject([{ kind: 'exposure' }]);
});

test('what is called before start holds from the first request on', async () => {
  await page.evaluate(() => {
    const { client } = window as never as Handle;
    client.identify('crm-1', '9.sig');
    client.convert('signup');
  });
  await start('granted');
  await until(() => of('events').length > 0);
  expect(of('events')[0]).toMatchObject({ customer: { id: 'crm-1' }, events: [{ kind: 'goal', goal: 'signup' }] });
});

test('a lazy part works with the same state: the same visitor, the same consent', async () => {
  await start('granted');
  await until(() => of('optimize').length > 0);
  const isThere = await page.evaluate(async () => {
    const { client, events } = window as never as Handle;
    await client.use(events());
    return [client.run('goal', 'signup', { value: 9 }), client.run('no-such-command')];
  });
  expect(isThere).toEqual([true, false]);
  await until(() => of('events').length > 0);
  const anonymousId = await page.evaluate(() => localStorage.hyperedge);
  expect(of('events')[0]).toMatchObject({ customer: { anonymousId }, events: [{ goal: 'signup', value: 9 }] });
});

test('without consent nothing is kept or reported; given later it asks anew', async () => {
  await start('pending');
  await until(() => of('optimize').length > 0);
  await page.evaluate(() => (window as never as Handle).client.convert('signup'));
  await page.waitForTimeout(1_800);
  expect([of('events'), of('feedback')]).toEqual([[], []]);
  expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
  await page.evaluate(() => (window as never as Handle).client.consent('granted'));
  await until(() => of('feedback').length > 0);
  expect(of('optimize').map(({ consent }) => consent)).toEqual(['pending', 'granted']);
});

test('who comes after a claim has lapsed is not given the decision, but a new one', async () => {
  const claimExpiresAt = new Date(Date.now() + 120_000).toISOString();
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'early' }, claimExpiresAt } };
  await start('granted');
  await page.waitForFunction(() => document.querySelector('b')?.textContent === 'early');
  double.decisions = { hero: { outcome: 'campaign', content: { text: 'fresh' } } };
  const given = await page.evaluate(() => {
    const own = Date.now.bind(Date);
    Date.now = () => own() + 130_000;
    return (window as never as Handle).client.decide('hero');
  });
  expect(given?.content).toEqual({ text: 'fresh' });
  expect(of('optimize')).toHaveLength(2);
});

test('consent that is withdrawn takes back what was decided: elements are their own again, subscribers are told of none', async () => {
  await page.evaluate(() => {
    const { client } = window as never as Handle;
    const got: unknown[] = [];
    Object.assign(window, { got });
    client.subscribe('hero', (decision) => {
      got.push(decision?.content?.text ?? null);
      return false as never; // means nothing here
    });
  });
  await start('granted');
  await page.waitForFunction(() => document.querySelector('b')?.textContent === 'decided');
  await page.evaluate(() => (window as never as Handle).client.consent('denied'));
  expect(await page.locator('b').textContent()).toBe('own');
  expect(await page.evaluate(() => (window as never as { got: unknown[] }).got)).toEqual(['decided', null]);
  expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
});

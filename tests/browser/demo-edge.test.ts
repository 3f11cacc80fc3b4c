/** The demo shop as `npm start -- --edge` runs it: a second address, its pages filled before they arrive. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import { type Stack, startStack } from '../../scripts/start/stack.ts';
import { launchBrowser, until } from './browser.ts';
import { ownPorts } from './ports.ts';

const OWN_TITLE = 'Made for the early hours';
/** One visitor in ten is held out: ten in a row are one in ten thousand million. */
const MAX_VISITORS = 10;

let browser: Browser;
let stack: Stack;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyperedge-demo-edge-'));
  const [port, edgePort] = (await ownPorts(2)) as [number, number];
  [browser, stack] = await Promise.all([
    launchBrowser(),
    startStack({
      root: fileURLToPath(new URL('../../', import.meta.url)),
      port,
      edgePort,
      stateDir: join(folder, 'state'),
      demoFile: join(folder, 'demo.json'),
      vars: { DECIDE_DEADLINE_MS: '20000' },
    }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.runtime.stop();
  await rm(folder, { recursive: true, force: true });
});

test('with scripts off its home page has the campaign’s words, and the shop’s own address has its own', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const title = async (url: string | undefined) => {
    await page.goto(`${url}/demo/`);
    return page.locator('h1').first().textContent();
  };
  expect(await title(stack.url)).toBe(OWN_TITLE);
  const titles = new Set<string | null>();
  for (let i = 0; i < MAX_VISITORS && titles.size < 2; i++) titles.add(await title(stack.edgeUrl));
  expect([...titles].some((one) => one !== OWN_TITLE)).toBe(true);
  await context.close();
});

test('nothing is asked for again, before consent and after; who allowed is recognised by the cookie', async () => {
  const context = await browser.newContext();
  const asked: string[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith('/v1/optimize')) asked.push(request.postData() ?? '');
  });
  const page = await context.newPage();
  const open = async () => {
    await page.goto(`${stack.edgeUrl}/demo/`);
    await page.waitForFunction(() => document.querySelectorAll('[data-decisions] li').length === 3);
  };
  await open();
  expect(asked).toEqual([]);
  const seen = page.waitForResponse((one) => one.url().endsWith('/v1/feedback')); // until then nobody is known
  const [response] = await Promise.all([
    page.waitForResponse((one) => one.url().endsWith('/v1/optimize')),
    page.click('[data-consent-choice=granted]'),
  ]);
  const { decisions } = (await response.json()) as OptimizeResponse;
  const title = decisions.find(({ placement }) => placement === 'hero')?.content?.parts?.title?.text ?? OWN_TITLE;
  await seen;
  await until(async () => (await context.cookies()).some(({ name }) => name === 'hyperedge'));
  expect((await context.cookies()).map(({ name }) => name).sort()).toEqual(['hyperedge', 'northlight']);
  await open();
  expect(await page.locator('h1').first().textContent()).toBe(title); // kept for seven days
  expect(asked).toHaveLength(1);
  await context.close();
});

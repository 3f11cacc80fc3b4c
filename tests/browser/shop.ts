/** The demo shop on the real runtime, and its visitors. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page, Request, Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { DecisionAnswer, OptimizeResponse } from '../../contract/decisions.ts';
import type { PerformanceResponse } from '../../contract/performance.ts';
import { type Stack, startStack } from '../../scripts/start/stack.ts';
import { launchBrowser } from './browser.ts';
import { ownPort } from './ports.ts';

export const DEFAULT_TITLE = 'Made for the early hours';
/** One visitor in ten is held out of the hero's campaign: ten in a row are one in ten thousand million. */
export const MAX_VISITORS = 10;

let folder: string;

/** What a file of these tests works with; there once {@link useShop}'s hooks have run. */
export const shop = {} as { browser: Browser; stack: Stack; context: BrowserContext; errors: string[] };

/** Starts the shop and a browser for a file of tests, and gives each test a visitor of its own; errors of a page fail its test. */
export function useShop(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hyperedge-demo-'));
    [shop.browser, shop.stack] = await Promise.all([
      launchBrowser(),
      startStack({
        root: fileURLToPath(new URL('../../', import.meta.url)),
        port: await ownPort(),
        stateDir: join(folder, 'state'),
        demoFile: join(folder, 'demo.json'),
        // A browser and a runtime on two busy cores: how soon an answer comes is not what is tried here.
        vars: { DECIDE_DEADLINE_MS: '20000' },
      }),
    ]);
  });
  beforeEach(async () => {
    shop.errors = [];
    await newVisitor();
  });
  afterEach(async () => {
    await shop.context.close();
    expect(shop.errors).toEqual([]);
  });
  afterAll(async () => {
    await shop.browser?.close();
    await shop.stack?.runtime.stop();
    await rm(folder, { recursive: true, force: true });
  });
}

export async function newVisitor(): Promise<void> {
  await shop.context?.close();
  shop.context = await shop.browser.newContext({ viewport: { width: 1_280, height: 800 } });
  // The shop is local; only the first request of an isolate may find it cold.
  await shop.context.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => window.hyperedge?.('init', { timeoutMs: 15_000 }));
  });
}

export async function openShop(path = ''): Promise<Page> {
  const page = await shop.context.newPage();
  page.on('pageerror', (error) => shop.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text()))
      shop.errors.push(message.text());
  });
  await page.goto(`${shop.stack.url}/demo/${path}`);
  return page;
}

/**
 * Runs `act` and returns the decisions of the consented answer it causes, by placement.
 * @param placement what that answer is asked for, where the page before may have a question of its own under way
 */
export async function decisionsOf(
  page: Page,
  act: () => Promise<unknown>,
  placement = '',
): Promise<Record<string, DecisionAnswer>> {
  const isConsented = (answer: Response) => {
    const asked = answer.url().endsWith('/v1/optimize') ? (answer.request().postData() ?? '') : '';
    return asked.includes('"consent":"granted"') && asked.includes(placement && `"${placement}"`);
  };
  const [response] = await Promise.all([page.waitForResponse(isConsented), act()]);
  const { decisions } = (await response.json()) as OptimizeResponse;
  return Object.fromEntries(decisions.map((decision) => [decision.placement, decision]));
}

export const grant = (page: Page) => decisionsOf(page, () => page.click('[data-consent-choice=granted]'));
export const title = (page: Page) => page.locator('h1').textContent();
export const seen = (page: Page) => page.locator('[data-decisions] .seen').count();

/** A visitor who has consented and is not held out, with the hero's decision. */
export async function visitorInCampaign(): Promise<{ page: Page; hero: DecisionAnswer }> {
  for (let i = 0; i < MAX_VISITORS; i++) {
    const page = await openShop();
    const { hero } = await grant(page);
    if (hero?.outcome === 'campaign') return { page, hero };
    expect(await title(page)).toBe(DEFAULT_TITLE);
    await newVisitor();
  }
  throw new Error(`${MAX_VISITORS} visitors in a row were held out`);
}

export async function performance(campaign: string): Promise<PerformanceResponse> {
  const response = await fetch(`${shop.stack.url}/v1/campaigns/${campaign}/performance`, {
    headers: { authorization: `Bearer ${shop.stack.keys.secretKey}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as PerformanceResponse;
}
export const armOf = async (campaign: string, arm: string | undefined) =>
  (await performance(campaign)).arms.find((one) => one.arm === arm);

/** A question for the model that the shop scores on the page: the key, and nothing else. */
export const isModel = (request: Request): boolean =>
  request.method() === 'GET' && /\/v1\/models\/purchase-intent\/(device|files\/\w{64})\?key=\w+$/.test(request.url());

/** Ways in which the API may be out of reach. */
export const FAILING_APIS: readonly (readonly [how: string, fail: (one: BrowserContext) => Promise<unknown>])[] = [
  ['blocked', (one) => one.route('**/v1/**', (route) => route.abort('blockedbyclient'))],
  ['broken', (one) => one.route('**/v1/**', (route) => route.fulfill({ status: 503, body: 'no' }))],
];

/** How much of the page has shifted so far without anybody's doing. */
export const layoutShift = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) =>
          resolve(list.getEntries().reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0)),
        ).observe({ type: 'layout-shift', buffered: true });
        setTimeout(resolve, 300, 0);
      }),
  );

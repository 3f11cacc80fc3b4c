/**
 * Page views by the hundred on the real runtime: exposures on the server are those that browsers saw. `npm run prove:views` plays 1,000 of
 * them; `VIEWS` and `VIEWS_SEED` choose.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../scripts/start/stack.ts';
import { launchBrowser } from './browser.ts';
import { ownPort } from './ports.ts';
import { type Site, startSite } from './views/site.ts';

const VIEWS = Number(process.env.VIEWS ?? 60);
const SEED = process.env.VIEWS_SEED ?? '5eed'.repeat(8);
/** Tabs at a time: what two cores can do without being late for everything. */
const TABS = 6;
/** Of what was seen. */
const MAX_LOST = 0.005;

let browser: Browser;
let stack: Stack;
let folder: string;
let site: Site;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyperedge-views-'));
  [browser, stack] = await Promise.all([
    launchBrowser({ keepsPages: true }),
    startStack({
      root: fileURLToPath(new URL('../../', import.meta.url)),
      port: await ownPort(),
      stateDir: join(folder, 'state'),
      demoFile: join(folder, 'demo.json'),
      vars: { DECIDE_DEADLINE_MS: '20000' },
    }),
  ]);
  site = await startSite({ views: VIEWS, seed: SEED, api: stack.url, key: stack.keys.publishableKey });
  await openToSite();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await stack?.runtime.stop();
  await rm(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: answers of several endpoints, of which a field or two is read
async function call(method: string, path: string, body?: object, headers: object = {}): Promise<any> {
  const response = await fetch(stack.url + path, {
    method,
    headers: { authorization: `Bearer ${stack.keys.secretKey}`, 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (response.status === 404) return undefined;
  const answer = await response.json();
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return { ...(answer as object), etag: response.headers.get('etag') };
}

/** Three placements, each with a campaign of two arms that everybody may see, and the site's own origin. */
async function openToSite(): Promise<void> {
  const documents = ['view-top', 'view-side', 'view-low'].flatMap((id) => [
    { kind: 'placement', id, name: id },
    {
      kind: 'campaign',
      id,
      name: id,
      objective: { goal: 'click' },
      placements: [id],
      arms: ['a', 'b'].map((arm) => ({ id: arm, name: arm, content: { text: `${id} ${arm}` } })),
    },
  ]);
  const path = `/v1/sites/${stack.keys.site}`;
  const { etag, ...own } = await call('GET', path);
  await call('PUT', path, { ...own, origins: [...own.origins, site.origin] }, { 'if-match': etag });
  await call('POST', '/v1/push', { documents, publish: true });
}

/** One visitor after the other in one tab after the other; some keep their tab's context, some are new. */
async function walk(tab: number): Promise<void> {
  let context: BrowserContext = await browser.newContext({ viewport: { width: 800, height: 600 } });
  let closes = 0;
  while (site.record.views < VIEWS) {
    const page: Page = await context.newPage();
    const closed = new Promise<void>((resolve) => closing.set(tab, resolve));
    await page.goto(`${site.origin}/page?tab=${tab}`);
    await Promise.race([closed, rested()]);
    closes += 1;
    // As a person closes it: what listens for the end is heard.
    const gone = new Promise((resolve) => page.once('close', resolve));
    await page.close({ runBeforeUnload: true });
    await gone;
    if (closes % 2 === 0) {
      await sleep(300); // a visitor's last requests are no part of what they take away
      await context.close();
      context = await browser.newContext({ viewport: { width: 800, height: 600 } });
    }
  }
  await sleep(1_000);
  await context.close();
}
const closing = new Map<number, () => void>();

/** All views were had, and what was seen in the last of them has been told. */
async function rested(): Promise<void> {
  while (site.record.views <= VIEWS) await sleep(50);
  await sleep(3_000);
}

test(`of ${VIEWS} page views every exposure arrives, and none twice`, async () => {
  const startedMs = Date.now();
  site.onClose = (tab) => closing.get(tab)?.();
  await Promise.all(Array.from({ length: TABS }, (_, tab) => walk(tab)));
  const tookMs = Date.now() - startedMs;
  const { record } = site;
  const seen = new Set(record.exposed);
  expect(seen.size).toBe(record.exposed.length);
  const arrived = new Set<string>();
  for (const id of record.decided) if ((await call('GET', `/v1/decisions/${id}`))?.exposedAt) arrived.add(id);
  const lost = [...seen].filter((id) => !arrived.has(id));
  const invented = [...arrived].filter((id) => !seen.has(id));
  const counted = await counts(arrived.size);
  console.log(
    `${record.views} views, seed ${SEED}: ${JSON.stringify(record.acts)}; ${record.decided.size} decisions, ${seen.size} seen, ` +
      `${arrived.size} arrived, ${lost.length} lost, ${invented.length} not told, ${counted} counted, ${Math.round(tookMs / 1_000)} s`,
  );
  expect(seen.size).toBeGreaterThan(VIEWS / 4);
  expect(lost.length).toBeLessThanOrEqual(Math.floor(seen.size * MAX_LOST));
  expect(invented).toEqual([]);
  expect(counted).toBe(arrived.size);
  if (VIEWS >= 60)
    for (const act of ['restored', 'back', 'reload', 'route', 'away', 'close'] as const)
      expect(record.acts[act], act).toBeGreaterThan(0);
}, 600_000);

/** Exposures that the campaigns counted, once all outboxes are delivered. */
async function counts(expected: number): Promise<number> {
  const deadlineMs = Date.now() + 15_000;
  for (;;) {
    let sum = 0;
    for (const id of ['view-top', 'view-side', 'view-low'])
      sum += (await call('GET', `/v1/campaigns/${id}/performance`)).totals.exposures;
    if (sum >= expected || Date.now() > deadlineMs) return sum;
    await sleep(200);
  }
}

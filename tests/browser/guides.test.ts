/** The guides as a reader sees them: every page fits, every picture can be read, on a phone and on a desk, by day and by night. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildGuides } from '../../scripts/guides/build.ts';
import { launchBrowser } from './browser.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};
/** CSS pixels of the smallest text that people read without effort at arm's length. */
const SMALLEST_TEXT_PX = 10;
/** WCAG 2.2, success criterion 1.4.3. */
const LEAST_CONTRAST = 4.5;

/** The file of an address, as the platform finds it. */
const fileAt = (path: string): string =>
  path.endsWith('/') ? `${path}index.html` : extname(path) === '' ? `${path}.html` : path;

let browser: Browser;
let server: Server;
let folder: string;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyperedge-guides-'));
  await cp(join(root, 'worker/assets/docs'), join(folder, 'docs'), { recursive: true });
  await cp(join(root, 'worker/assets/favicon.svg'), join(folder, 'favicon.svg'));
  await buildGuides(root, await readFile(join(root, 'worker/assets/guide.html'), 'utf8'), join(folder, 'docs'));
  server = createServer(async (request, response) => {
    const path = fileAt(new URL(request.url ?? '/', 'http://guides').pathname);
    const body = await readFile(join(folder, path)).catch(() => undefined);
    response.writeHead(body ? 200 : 404, { 'content-type': TYPES[extname(path)] ?? 'text/plain' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What is wrong with the drawings of an open page: text too small, too faint, over other text or beyond the edge. */
function faultsIn(page: Page): Promise<string[]> {
  return page.evaluate(
    ({ smallest, least }) => {
      const luminance = (rgb: readonly number[]): number => {
        const [r, g, b] = rgb.map((part) =>
          part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const parts = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
      const paper = parts(getComputedStyle(document.documentElement).backgroundColor);
      const faults: string[] = [];
      for (const drawing of document.querySelectorAll('svg.drawing')) {
        const frame = drawing.getBoundingClientRect();
        const texts = [...drawing.querySelectorAll('text')].map((text) => ({
          text,
          box: text.getBoundingClientRect(),
        }));
        for (const [i, { text, box }] of texts.entries()) {
          const words = text.textContent ?? '';
          const { fill, fillOpacity, fontSize } = getComputedStyle(text);
          const px = (Number.parseFloat(fontSize) * frame.width) / (drawing as SVGSVGElement).viewBox.baseVal.width;
          if (px < smallest) faults.push(`"${words}" is ${px.toFixed(1)} px`);
          const ink = parts(fill).map(
            (part, at) => part * Number(fillOpacity) + paper[at]! * (1 - Number(fillOpacity)),
          );
          const [light, dark] = [luminance(ink), luminance(paper)].sort((a, b) => b - a);
          const contrast = (light! + 0.05) / (dark! + 0.05);
          if (contrast < least) faults.push(`"${words}" has a contrast of ${contrast.toFixed(1)}`);
          if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
            faults.push(`"${words}" leaves the picture`);
          for (const other of texts.slice(i + 1)) {
            const apart =
              box.right <= other.box.left ||
              other.box.right <= box.left ||
              box.bottom <= other.box.top + 2 ||
              other.box.bottom <= box.top + 2;
            if (!apart) faults.push(`"${words}" lies over "${other.text.textContent}"`);
          }
        }
      }
      return faults;
    },
    { smallest: SMALLEST_TEXT_PX, least: LEAST_CONTRAST },
  );
}

test.each([
  [390, 'light'],
  [390, 'dark'],
  [1_200, 'light'],
  [1_200, 'dark'],
] as const)(
  'at %i pixels, %s: every page for marketers fits, and its picture can be read',
  async (width, colorScheme) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    const policies = (await readdir(join(folder, 'docs/guides/policies'))).filter((file) => file.endsWith('.html'));
    expect(policies.length).toBeGreaterThan(7);
    const others = ['success', 'phases', 'parameters', 'simulation', 'words'].map((name) => `${name}.html`);
    const pages = [...policies.map((file) => `policies/${file}`), ...others];
    let drawings = 0;
    for (const file of pages) {
      await page.goto(`${url}/docs/guides/${file}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), file).toBe(width);
      expect(await faultsIn(page), file).toEqual([]);
      drawings += await page.locator('svg.drawing').count();
    }
    // All but the index of policies and the words.
    expect(drawings).toBe(pages.length - 2);
    expect(errors).toEqual([]);
    await context.close();
  },
);

test('on a phone the header opens the list of pages, Escape closes it, and a choice leads to the page', async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await page.goto(`${url}/docs/guides/success`);
  const list = page.getByRole('navigation', { name: 'Pages' });
  expect(await list.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Guides' }).click();
  expect(await list.isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await list.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Guides' }).click();
  await list.getByRole('link', { name: 'Linear Thompson' }).click();
  await page.waitForURL(/linear-thompson$/);
  expect(await page.getByRole('navigation', { name: 'Pages' }).isVisible()).toBe(false);
  await page.getByRole('link', { name: 'LinUCB' }).last().click();
  await page.waitForURL(/linear-ucb$/);
  await page.close();
});

test.each([320, 390])('at %i pixels the header leads to the shop and to the reference, and fits', async (width) => {
  const page = await browser.newPage({ viewport: { width, height: 844 } });
  await page.goto(`${url}/docs/guides/success`);
  for (const name of ['Demo', 'API'])
    expect(await page.getByRole('link', { name, exact: true }).isVisible()).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  const header = await page.evaluate(() =>
    [...document.querySelectorAll('.bar a, .bar button')]
      .map((element) => element.getBoundingClientRect())
      .filter(({ right }) => right > innerWidth),
  );
  expect(header).toEqual([]);
  await page.close();
});

test('on a phone a table needs no scrolling, and each of its cells says what it is', async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await page.goto(`${url}/docs/reference/limits`);
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('td')]
      .filter((cell) => cell.getBoundingClientRect().right > innerWidth)
      .map((cell) => cell.textContent),
  );
  expect(wide).toEqual([]);
  const before = await page.evaluate(() => getComputedStyle(document.querySelectorAll('td')[1]!, '::before').content);
  expect(before).toMatch(/: "$/);
  await page.close();
});

test('an address without a page has a list of those there are', async () => {
  const page = await browser.newPage();
  await page.goto(`${url}/docs/guides/404.html`);
  expect(await page.title()).toContain('No such page');
  await page
    .getByRole('navigation', { name: 'All pages' })
    .getByRole('link', { name: 'What counts as success' })
    .click();
  await page.waitForURL(/success$/);
  await page.close();
});

test('a picture whose words run into each other is found', async () => {
  const page = await browser.newPage();
  await page.setContent(
    '<svg class="drawing" width="100" height="40" viewBox="0 0 100 40"><text x="0" y="20">one word</text><text x="20" y="20">another</text><text x="90" y="35" font-size="6" fill="#999">far out</text></svg>',
  );
  const faults = (await faultsIn(page)).join('\n');
  for (const fault of ['lies over', 'leaves the picture', 'is 6.0 px', 'has a contrast of'])
    expect(faults).toContain(fault);
  await page.close();
});

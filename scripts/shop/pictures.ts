/** Pictures of the demo shop for the guides: what a visitor sees, taken from the shop as `npm start` runs it. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Stack } from '../start/stack.ts';

/** Answers come within milliseconds; what is shown after them settles within this. */
const SETTLE_MS = 1_800;

interface Shot {
  readonly file: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** What a visitor does before the picture. */
  readonly act?: (page: Page, stack: Stack) => Promise<void>;
}

const allow = async (page: Page): Promise<void> => {
  await page.click('[data-consent-choice=granted]');
  await page.waitForTimeout(SETTLE_MS);
};

/** Opens the shop's own panel: what was decided, seen and reported. */
const openPanel = async (page: Page): Promise<void> => {
  await allow(page);
  await page.click('summary');
};

/** A product after the home page, with the panel open: somebody who hesitates. */
const hesitate = async (page: Page, { url }: Stack): Promise<void> => {
  await allow(page);
  await page.goto(`${url}/demo/gear/dawn-shell/`);
  await page.waitForTimeout(SETTLE_MS);
  await page.click('summary');
};

const SHOTS: readonly Shot[] = [
  { file: 'demo.png', path: '/demo/', width: 1_100, height: 700, act: allow },
  { file: 'demo-product.png', path: '/demo/gear/dawn-shell/', width: 1_100, height: 700, act: allow },
  { file: 'demo-phone.png', path: '/demo/', width: 390, height: 780 },
  { file: 'qa.png', path: '/demo/gear/?hyperedge_debug', width: 900, height: 600, act: allow },
  { file: 'qa-preview.png', path: '/demo/', width: 900, height: 640, act: openPreview },
  { file: 'score.png', path: '/demo/', width: 1_280, height: 820, act: hesitate },
  { file: 'score-phone.png', path: '/demo/', width: 390, height: 844, act: hesitate },
  { file: 'install.png', path: '/demo/gear/', width: 900, height: 640, act: openPanel },
  { file: 'apps.png', path: '/docs/#/decisions', width: 900, height: 640 },
  { file: '../page-script.png', path: '/demo/', width: 940, height: 680, act: openPanel },
];

/** Opens the page once more by a preview link that tells why. */
async function openPreview(page: Page, { url, keys }: Stack): Promise<void> {
  const response = await fetch(`${url}/v1/campaigns/autumn-opening/preview`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ arm: 'first-light', reasons: true }),
  });
  const { query } = (await response.json()) as { query: string };
  await page.goto(`${url}/demo/?hyperedge_debug&${query}`);
}

/** Takes them all into `folder`. */
export async function takePictures(browser: Browser, stack: Stack, folder: string): Promise<void> {
  for (const { file, path, width, height, act } of SHOTS) {
    const page = await browser.newPage({ viewport: { width, height } });
    await page.goto(stack.url + path);
    await page.waitForTimeout(SETTLE_MS);
    await act?.(page, stack);
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: join(folder, file) });
    await page.close();
  }
}

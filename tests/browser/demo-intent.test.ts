/** The demo shop's purchase intent on the real runtime: it moves as one browses, by either engine, and who hesitates reads a word beside the price. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { withShop } from '../../scripts/shop/with-shop.ts';
import { until } from './browser.ts';

const shareOf = async (page: Page): Promise<number> =>
  Number.parseFloat((await page.locator('[data-intent-short]').textContent()) ?? '');
const nudge = (page: Page) => page.locator('.nudge').textContent();

test('intent rises from the home page to the basket, and the hesitant are addressed, without consent, too', () =>
  withShop(async ({ browser, stack }) => {
    const page = await browser.newPage();
    await page.goto(`${stack.url}/demo/`);
    expect(await until(async () => (await shareOf(page)) > 0)).toBe(true);
    const atHome = await shareOf(page);
    await page.evaluate(() => document.querySelector<HTMLElement>('a[href^="/demo/gear/"][href$="-shell/"]')?.click());
    expect(await until(async () => (await nudge(page).catch(() => ''))?.startsWith('Still thinking?'))).toBe(true);
    const hesitant = await shareOf(page);
    expect(hesitant).toBeGreaterThan(atHome);
    await page.click('summary');
    await page.click('[data-engine=onnxruntime-web]');
    const chosen = page.locator('[data-engine=onnxruntime-web][aria-pressed=true]');
    expect(await until(async () => (await chosen.count()) === 1)).toBe(true);
    expect(Math.abs((await shareOf(page)) - hesitant)).toBeLessThan(10);
    await page.evaluate(() => document.querySelector<HTMLElement>('.product [data-buy]')?.click());
    expect(
      await until(async () => (await shareOf(page)) > 50 && (await nudge(page))?.startsWith('Not sure of the size?')),
    ).toBe(true);
    expect(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }))).toEqual([]);
  }));

test('the bar of the panel is one line, also with two digits of decisions, down to 320 pixels', () =>
  withShop(async ({ browser, stack }) => {
    const page = await browser.newPage({ viewport: { width: 320, height: 700 } });
    await page.goto(`${stack.url}/demo/`);
    expect(await until(async () => (await shareOf(page)) > 0)).toBe(true);
    const [summary, status] = [page.locator('.inside summary'), page.locator('.inside [data-status]')];
    expect(await status.textContent()).toContain('made');
    await status.evaluate((element) => {
      element.textContent = '12 made · 12 seen';
    });
    for (const width of [320, 360, 375, 390, 412]) {
      await page.setViewportSize({ width, height: 700 });
      // Its own least height, of 2.75rem.
      expect((await summary.boundingBox())?.height, `${width}`).toBeLessThanOrEqual(44);
      expect((await status.boundingBox())?.height, `${width}`).toBeLessThan(24);
      expect(await summary.evaluate((bar) => bar.scrollWidth), `${width}`).toBeLessThanOrEqual(width);
    }
  }));

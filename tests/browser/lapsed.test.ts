/** Decisions whose claim has lapsed: asked for again, not shown. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { until } from './browser.ts';
import type { OpenOptions } from './page.ts';
import { eventsAreThere, usePages } from './pages.ts';

const { double, of, open, reported } = await usePages();

const show = async (options: OpenOptions, events: object = {}): Promise<Page> => {
  const { page } = await open({
    script: 'data-consent="granted"',
    ...options,
    before: `hyperedge('events', ${JSON.stringify(events)}); ${options.before ?? ''}`,
  });
  await until(() => of('optimize').length > 0);
  await eventsAreThere(page);
  return page;
};
const box = (id: string, style = 'height:100px', inside = 'own') =>
  `<div data-hyperedge="${id}" style="${style}">${inside}</div>`;

describe('a claim that has lapsed', () => {
  /** Ahead by as much as the page is told: Date is the page's own. */
  const later = (page: Page, ms: number) =>
    page.evaluate((ahead) => {
      const own = Date.now.bind(Date);
      Date.now = () => own() + ahead;
    }, ms);
  const decide = (text: string) => {
    const claimExpiresAt = new Date(Date.now() + 120_000).toISOString();
    double.decisions = { hero: { outcome: 'campaign', content: { text }, claimExpiresAt } };
  };
  const text = (page: Page) => page.locator('[data-hyperedge=hero]').first().textContent();

  test('is asked again when its element comes into view; what was seen in time stays', async () => {
    decide('early');
    double.decisions.top = {
      outcome: 'campaign',
      content: null,
      claimExpiresAt: new Date(Date.now() + 120_000).toISOString(),
    };
    const page = await show({ body: `${box('top')}<div style="height:3000px"></div>${box('hero')}` });
    await until(() => reported().length > 0);
    await later(page, 130_000);
    decide('fresh');
    await page.evaluate(() => scrollTo(0, 3_000));
    await page.waitForFunction(() => document.querySelector('[data-hyperedge=hero]')?.textContent === 'fresh');
    await until(() => reported().length > 1);
    expect(reported()).toEqual(['top exposure', 'hero exposure']);
    expect(of('optimize').map(({ body }) => body.placements)).toEqual([['top', 'hero'], ['hero']]);
  });

  test('is not rendered into an element that comes late, nor given to a renderer', async () => {
    decide('early');
    const page = await show({ body: box('hero') });
    await page.waitForFunction(() => document.querySelector('div')?.textContent === 'early');
    await later(page, 130_000);
    decide('fresh');
    await page.evaluate(() => {
      const seen: unknown[] = [];
      Object.assign(window, { seen });
      document.body.insertAdjacentHTML('beforeend', '<p data-hyperedge="hero">own</p>');
      new MutationObserver(() => seen.push(document.querySelector('p')?.textContent)).observe(
        document.querySelector('p') as Node,
        { childList: true },
      );
      hyperedge('get', 'hero', (content) => void seen.push((content as { text: string }).text));
    });
    await page.waitForFunction(() => document.querySelector('p')?.textContent === 'fresh');
    expect(await page.evaluate(() => (window as unknown as { seen: unknown[] }).seen)).toEqual(['fresh', 'fresh']);
    expect(await text(page)).toBe('fresh');
  });

  test('is not given to an element that comes late with the part `placements` alone', async () => {
    decide('early');
    const { page } = await open({
      script: 'data-consent="granted"',
      body: box('hero'),
      before: "hyperedge('placements')",
    });
    await page.waitForFunction(() => document.querySelector('div')?.textContent === 'early');
    await later(page, 130_000);
    decide('fresh');
    await page.evaluate(() => {
      const seen: unknown[] = [];
      Object.assign(window, { seen });
      document.body.insertAdjacentHTML('beforeend', '<p data-hyperedge="hero">own</p>');
      const late = document.querySelector('p') as Node;
      new MutationObserver(() => seen.push(late.textContent)).observe(late, { childList: true });
    });
    await page.waitForFunction(() => document.querySelector('p')?.textContent === 'fresh');
    expect(await page.evaluate(() => (window as unknown as { seen: unknown[] }).seen)).toEqual(['fresh']);
    expect(of('optimize')).toHaveLength(2);
  });

  test('without a new answer becomes the page’s own content, and is not reported', async () => {
    decide('early');
    const page = await show({ body: `<div style="height:3000px"></div>${box('hero')}` });
    await page.waitForFunction(() => document.querySelector('[data-hyperedge]')?.textContent === 'early');
    await later(page, 130_000);
    double.failures = { optimize: { status: 500 } };
    await page.evaluate(() => scrollTo(0, 3_000));
    await page.waitForFunction(() => document.querySelector('[data-hyperedge]')?.textContent === 'own');
    await page.waitForTimeout(1_700);
    expect(reported()).toEqual([]);
    expect(of('optimize')).toHaveLength(2);
  });

  test('on a device whose clock is wrong is not asked for in a loop', async () => {
    const claimExpiresAt = new Date(Date.now() - 3_600_000).toISOString();
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'x' }, claimExpiresAt } };
    const page = await show({ body: box('hero') });
    expect(await until(() => reported()[0])).toBe('hero exposure');
    await page.evaluate(() => scrollTo(0, 1));
    expect(of('optimize')).toHaveLength(1);
  });
});

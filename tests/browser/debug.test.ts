/** The overlay that shows on a page what was decided for it. */
import { expect, test } from 'vitest';
import type { DecisionAnswer } from '../../contract/decisions.ts';
import { until } from './browser.ts';
import type { OpenOptions } from './page.ts';
import { usePages } from './pages.ts';

const { double, open } = await usePages();

/** The one style that the test's page has itself. */
const OWN_STYLE = 'sha256-IAdwN3biDCQ3brrgp1m8kBEsPQYyqfREKOEfeoREopc=';
const HOSTILE = '<img src=x onerror="window.ran = true">';
const WHY: DecisionAnswer['why'] = [
  { campaign: 'spring', outcome: 'refused', reason: 'capped_campaign', detail: 'a cap is reached' },
  { campaign: 'summer', outcome: 'chosen' },
];

async function show(options: Partial<OpenOptions> = {}) {
  const content = { text: 'shown' };
  double.decisions = {
    hero: { outcome: 'campaign', campaign: 'spring', arm: HOSTILE, content, propensity: { campaign: 1, arm: 0.25 } },
    banner: { outcome: 'holdout', campaign: 'summer', content: null },
    foot: { why: WHY },
    ...double.decisions,
  };
  const body = '<p data-hyperedge="hero">own</p><p data-hyperedge="banner">own</p><p data-hyperedge="foot">own</p>';
  const { page } = await open({ body, script: 'data-consent="granted"', ...options });
  await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
  return page;
}

type Page = Awaited<ReturnType<typeof show>>;
const overlay = async (page: Page): Promise<string | null> => {
  await page.evaluate(() => hyperedge('debug'));
  await page.locator('hyperedge-debug .decisions li').nth(2).waitFor();
  return page.locator('hyperedge-debug .panel').textContent();
};

test('names every decision with its arm, odds and state, in words that are text whatever a campaign is called', async () => {
  const page = await show();
  const text = await overlay(page);
  expect(text).toContain(`spring / ${HOSTILE}`);
  expect(text).toContain('P 100 % × 25 %');
  expect(text).toContain('held out of summer');
  expect(text).toContain('the page’s own content');
  expect(text).toContain('Consent granted, an anonymous visitor.');
  expect(await page.evaluate(() => (window as { ran?: boolean }).ran)).toBeUndefined();
});

test('tells as it happens what is seen and sent, and what became of it', async () => {
  const page = await show();
  await overlay(page);
  const panel = page.locator('hyperedge-debug .panel');
  expect(await until(async () => /feedback[\s\S]*200 in \d+ ms/.test((await panel.textContent()) ?? ''))).toBe(true);
  expect(await panel.textContent()).toContain('3 decided, 3 seen');
});

test('moves nothing of the page, takes no click beside its panel, and folds with Escape wherever the focus is', async () => {
  const page = await show();
  const boxes = () =>
    page.$$eval('[data-hyperedge]', (all) =>
      all.map((element) => JSON.stringify(element.getBoundingClientRect().toJSON())),
    );
  const before = await boxes();
  await overlay(page);
  expect(await boxes()).toEqual(before);
  const hit = await page.evaluate(() => document.elementFromPoint(20, 20)?.localName);
  expect(hit).toBe('p');
  await page.keyboard.press('Escape'); // the focus is the page's
  expect(await page.locator('hyperedge-debug .decisions').isVisible()).toBe(false);
});

test('frames the placements where they are, and called twice it is there once', async () => {
  const page = await show();
  await overlay(page);
  await overlay(page);
  expect(await page.locator('hyperedge-debug').count()).toBe(1);
  const frame = await page.locator('hyperedge-debug .frame.campaign').boundingBox();
  const hero = await page.locator('p').first().boundingBox();
  expect(frame).toEqual(hero);
});

test('tells reasons where the answer has them: in a preview that was signed to tell', async () => {
  const page = await show();
  const text = await overlay(page);
  expect(text).toContain('spring capped_campaign: a cap is reached');
  expect(text).toContain('summer would be chosen');
});

test('stays readable under a policy that forbids inline styles', async () => {
  double.headers = { 'content-security-policy': `style-src '${OWN_STYLE}'` };
  const page = await show();
  await overlay(page);
  const position = () =>
    page.locator('hyperedge-debug .panel').evaluate((element) => getComputedStyle(element).position);
  expect(await position()).toBe('absolute');
});

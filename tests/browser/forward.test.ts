/** Forwarding: which tool gets what, when it may, and how often. */
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { until } from './browser.ts';
import { usePages } from './pages.ts';

const { double, open } = await usePages();

beforeEach(() => {
  const spring = { campaign: 'spring', content: { text: 'shown' } } as const;
  double.decisions = {
    hero: { ...spring, outcome: 'campaign', arm: 'short', decisionId: 'd1' },
    held: { outcome: 'holdout', campaign: 'summer', arm: 'holdout', decisionId: 'd2', content: null },
  };
});

const HERO = '<div data-hyperedge="hero" style="height:100px">own</div>';
const HELD = '<div data-hyperedge="held" style="height:100px">own</div>';
/** Every tool as its own snippet begins; what they are told stands in `told`. */
const TOOLS = `window.told = []; const tell = (tool) => (...values) => void told.push([tool, ...values]);
  window.dataLayer = { push: tell('dataLayer') }; window.gtag = tell('gtag'); window.analytics = { track: tell('segment') }; window.posthog = { capture: tell('posthog') };`;
const GIVEN = "hyperedge('purposes', { personalization: true, analytics: true, ads: true });";
const ALL = '{ dataLayer: true, gtag: true, segment: true, posthog: true }';

interface Scene {
  told: [tool: string, ...values: unknown[]][];
  seen: number;
}
const COUNT = "window.seen = 0; addEventListener('hyperedge:exposure', () => (seen += 1));";
const visit = async (before: string, body = HERO): Promise<Page> => {
  const { page } = await open({ body, before: COUNT + before });
  return page;
};
const seen = (page: Page, count = 1) =>
  page.waitForFunction((wanted) => (window as unknown as Scene).seen === wanted, count);
const told = (page: Page) => page.evaluate(() => (window as unknown as Scene).told);

test('what was seen is told to each tool once, under the names of its reports; a holdout is a variation', async () => {
  const page = await visit(`${TOOLS} ${GIVEN} hyperedge('forward', ${ALL});`, HERO + HELD);
  await seen(page, 2);
  const viewed = (experiment: string, variation: string) => {
    const properties = { event_category: 'experiment', experiment_id: experiment, variation_id: variation };
    return [
      ['dataLayer', { event: 'experiment_viewed', ...properties }],
      ['gtag', 'event', 'experiment_viewed', properties],
      ['segment', 'Experiment Viewed', { experimentId: experiment, variationId: variation }],
      [
        'posthog',
        '$feature_flag_called',
        { $feature_flag: experiment, $feature_flag_response: variation, [`$feature/${experiment}`]: variation },
      ],
      ['posthog', '$experiment_started', { 'Experiment name': experiment, 'Variant name': variation }],
    ];
  };
  expect(await told(page)).toEqual([...viewed('spring', 'short'), ...viewed('summer', 'holdout')]);
  // Seen again, for example after the page came back: it is the same decision.
  await page.evaluate(() =>
    dispatchEvent(
      new CustomEvent('hyperedge:exposure', {
        detail: { campaign: 'spring', arm: 'short', decisionId: 'd1' } as never,
      }),
    ),
  );
  await page.click('div');
  expect(await told(page)).toHaveLength(10);
});

test('clicks where asked for; nothing of previews and of decisions without a campaign', async () => {
  double.decisions.other = { outcome: 'default', content: null, decisionId: 'd3' };
  const body = `${HERO}<div data-hyperedge="other" style="height:100px">own</div>`;
  const page = await visit(`${TOOLS} ${GIVEN} hyperedge('forward', { dataLayer: true, clicks: true });`, body);
  await seen(page, 2);
  await page.click('div');
  await page.click('div + div');
  expect((await told(page)).map(([, entry]) => (entry as { event: string }).event)).toEqual([
    'experiment_viewed',
    'experiment_clicked',
  ]);
  await page.evaluate(() =>
    dispatchEvent(
      new CustomEvent('hyperedge:exposure', {
        detail: { campaign: 'c', arm: 'a', decisionId: 'p', preview: true } as never,
      }),
    ),
  );
  expect(await told(page)).toHaveLength(2);
});

test.each([
  ['it is not asked for', GIVEN, '{}', 0],
  ['analytics is refused', "hyperedge('purposes', { personalization: true, analytics: false, ads: true });", ALL, 0],
  ['nothing was said of analytics', "hyperedge('purposes', { personalization: true });", ALL, 0],
  [
    'ads are refused: tools for ads alone',
    "hyperedge('purposes', { personalization: true, analytics: true });",
    "{ gtag: true, segment: true, ads: ['gtag'] }",
    1,
  ],
  [
    'consent was given in one word',
    "hyperedge('consent', 'granted');",
    "{ gtag: true, segment: true, ads: ['gtag'] }",
    2,
  ],
])('%s', async (_, given, tools, count) => {
  const page = await visit(`${TOOLS} ${given} hyperedge('forward', ${tools});`);
  await seen(page);
  expect(await told(page)).toHaveLength(count);
});

test('a tool that comes late is waited for, one that throws is left alone, and consent that is withdrawn meanwhile stops it', async () => {
  const page = await visit(
    `window.told = []; window.gtag = () => { throw new Error('broken tool') }; ${GIVEN} hyperedge('forward', ${ALL});`,
  );
  await seen(page);
  await page.evaluate(() =>
    Object.assign(window, {
      analytics: {
        track: (...values: unknown[]) => void (window as unknown as Scene).told.push(['segment', ...values]),
      },
    }),
  );
  await until(async () => (await told(page)).length > 0);
  expect(await told(page)).toHaveLength(1);
  await page.evaluate(() => hyperedge('purposes', { analytics: false }));
  await page.evaluate(() =>
    Object.assign(window, { posthog: { capture: () => void (window as unknown as Scene).told.push(['posthog']) } }),
  );
  await page.waitForTimeout(1_200);
  expect(await told(page)).toHaveLength(1);
});

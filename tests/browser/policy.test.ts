/** Pages under a strict Content Security Policy with Trusted Types enforced: everything works, and the browser reports no violation. */
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { settle, usePages } from './pages.ts';
import { callsOf, PARTS } from './parts.ts';

const { double, open } = await usePages();

const NONCE = 'bm9uY2U';
/** A script must carry the nonce, text must not become script, and only these two policies may make trusted values. */
const POLICY = [
  `script-src 'nonce-${NONCE}'`,
  "require-trusted-types-for 'script'",
  'trusted-types hyperedge dompurify',
  `style-src 'nonce-${NONCE}'`,
].join('; ');

beforeEach(() => {
  double.headers = { 'content-security-policy': POLICY };
});

/** A page whose scripts carry the nonce, with `violations` that the browser reported. */
async function show(before = '', body = '<p data-hyperedge="hero">own</p>'): Promise<Page> {
  const watch = `window.violations = [];
    addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));`;
  const { page } = await open({
    body,
    nonce: NONCE,
    before: watch + before,
    script: 'data-consent="granted" data-timeout-ms="9000"',
  });
  return page;
}
const violations = (page: Page) => page.evaluate(() => (window as unknown as { violations: string[] }).violations);

test('the script decides and renders', async () => {
  double.decisions = { hero: { outcome: 'campaign', campaign: 'spring', arm: 'a', content: { text: 'shown' } } };
  const page = await show();
  await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
  expect(await violations(page)).toEqual([]);
});

test.each(PARTS)('the part %s is loaded, and started with what a site gives it', async (part) => {
  double.decisions = { hero: { outcome: 'campaign', campaign: 'spring', arm: 'a', content: { text: 'shown' } } };
  const page = await show(callsOf([part]), '<h1 id="late">own</h1><form></form><p data-hyperedge="hero">own</p>');
  await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
  // A script that a policy blocks is never run: what it asks for afterwards would not come.
  const status = await page.waitForFunction(
    (file) =>
      performance
        .getEntriesByType('resource')
        .find(({ name }) => name.endsWith(file))
        ?.toJSON().responseStatus,
    `/${part}.js`,
  );
  expect(await status.jsonValue()).toBe(200);
  await settle(page);
  expect(await violations(page)).toEqual([]);
});

test('markup goes through the sanitizer and its policy into the page', async () => {
  const html = 'As <b>bold</b> as that<img src="x" onerror="window.ran = true">';
  double.decisions = { hero: { outcome: 'campaign', campaign: 'spring', arm: 'a', content: { html } } };
  const page = await show(`hyperedge('placements', [{ id: 'hero', html: true }]);`);
  await page.waitForFunction(() => document.querySelector('p b')?.textContent === 'bold');
  expect(await page.evaluate(() => (window as { ran?: boolean }).ran)).toBeUndefined();
  expect(await violations(page)).toEqual([]);
});

/** Pages that change without being left: undone at once, decided anew. */
import { describe, expect, test } from 'vitest';
import { until } from './browser.ts';
import { listed, settle, usePages, waitFor } from './pages.ts';

const { asked, decide, double, show } = await usePages();

describe.each([
  ['with the Navigation API', ''],
  ['without it', "Object.defineProperty(window, 'navigation', { value: undefined });"],
])('pages that change without being left, %s', (_, without) => {
  const body = '<div id="a">own</div>';
  const before = without + listed({ id: 'a', selector: '#a' });

  test('another address takes everything back at once and asks anew, once for several changes; Back does, too', async () => {
    decide({ a: { text: 'one' } });
    const page = await show({ body, before });
    await waitFor(page, '#a', 'one');
    decide({ a: { text: 'two' } });
    const atOnce = await page.evaluate(() => {
      history.pushState({}, '', '/two?x=1&utm_source=m');
      history.replaceState({}, '', '/two?utm_source=n');
      return document.querySelector('#a')?.textContent;
    });
    expect(atOnce).toBe('own');
    await waitFor(page, '#a', 'two');
    expect(asked().map(({ body }) => body.context.url)).toEqual([
      `${double.pages}/`,
      `${double.pages}/two?utm_source=n`,
    ]);
    decide({ a: { text: 'three' } });
    await page.evaluate(() => history.back());
    await waitFor(page, '#a', 'three');
    expect(asked()).toHaveLength(3);
  });

  test('the same address again, and a jump on the page, change nothing; a fragment like a path does', async () => {
    decide({ a: { text: 'one' } });
    const page = await show({ body, before });
    await waitFor(page, '#a', 'one');
    await page.evaluate(() => {
      history.replaceState({ x: 1 }, '', location.href);
      history.pushState({ x: 2 }, '', location.href);
      location.hash = 'top';
    });
    await settle(page);
    expect(await page.locator('#a').textContent()).toBe('one');
    expect(asked()).toHaveLength(1);
    await page.evaluate(() => {
      location.hash = '#/two';
    });
    await until(() => asked().length === 2);
    await waitFor(page, '#a', 'one');
  });

  test('an answer for the page before is dropped, and not waited for', async () => {
    decide({ a: { text: 'one' } });
    double.failures = { optimize: { delayMs: 250 } };
    const page = await show({ body, before });
    await until(() => asked().length === 1);
    decide({ a: { text: 'two' } });
    double.failures = {};
    const shown = await page.evaluate(async () => {
      const texts: (string | null | undefined)[] = [];
      new MutationObserver(() => texts.push(document.querySelector('#a')?.textContent)).observe(document.body, {
        childList: true,
        subtree: true,
      });
      history.pushState({}, '', '/two');
      await new Promise((done) => addEventListener('hyperedge:decision', done, { once: true }));
      await new Promise((done) => setTimeout(done, 300));
      return texts;
    });
    expect(shown).toEqual(['two']);
  });
});

test('navigation can be left to the site', async () => {
  decide({ a: { text: 'one' } });
  const page = await show({
    body: '<div id="a">own</div>',
    before: `hyperedge('placements', [{ id: 'a', selector: '#a' }], { navigation: false })`,
  });
  await waitFor(page, '#a', 'one');
  await page.evaluate(() => history.pushState({}, '', '/two'));
  await settle(page);
  expect(await page.locator('#a').textContent()).toBe('one');
});

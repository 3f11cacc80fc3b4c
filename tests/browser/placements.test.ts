/** The part `placements`: by selector, late, leaving, and after the entry. */
import { describe, expect, test } from 'vitest';
import { until } from './browser.ts';
import { listed, usePages, waitFor } from './pages.ts';

const { asked, decide, exposures, show } = await usePages();

describe('placements by selector', () => {
  test('fill every element that matches, in one request with those of the page, and are tracked', async () => {
    decide({ hero: { text: 'H' }, side: { text: 'S' }, own: { text: 'O' } });
    const page = await show({
      body: '<div class="hero"><h1>own</h1></div><p class="side">own</p><p class="side">own</p><i data-hyperedge="own">own</i>',
      before: listed(
        { id: 'hero', selector: '.hero h1' },
        { id: 'side', selector: '.side' },
        { id: 'x', selector: '((' },
      ),
      script: 'data-consent="granted" data-timeout-ms="9000"',
    });
    await waitFor(page, 'h1', 'H');
    expect(await page.locator('.side').allTextContents()).toEqual(['S', 'S']);
    expect(await page.locator('i').textContent()).toBe('O');
    expect(
      asked()
        .flatMap(({ body }) => body.placements)
        .toSorted(),
    ).toEqual(['hero', 'own', 'side']);
    await until(() => exposures().length === 3);
    expect(
      exposures()
        .map(({ token }) => token.split('.')[1])
        .toSorted(),
    ).toEqual(['hero', 'own', 'side']);
  });

  test('elements that come late are filled within some frames, without another request; those that leave get their own back', async () => {
    decide({ card: { text: 'C' } });
    const page = await show({ body: '<p class="card">own</p>', before: listed({ id: 'card', selector: '.card' }) });
    await waitFor(page, '.card', 'C');
    await page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<p class="card" id="late">own</p>');
    });
    await waitFor(page, '#late', 'C');
    expect(asked()).toHaveLength(1);
    const handle = await page.locator('#late').elementHandle();
    await handle?.evaluate((element) => element.remove());
    await expect.poll(() => handle?.textContent()).toBe('own');
    await handle?.evaluate((element) => document.body.append(element));
    await waitFor(page, '#late', 'C');
  });

  test('late attributes and placements nobody has asked for are asked for', async () => {
    decide({ first: { text: '1' }, second: { text: '2' } });
    const page = await show({ body: '<p data-hyperedge="first">own</p>', before: listed() });
    await waitFor(page, 'p', '1');
    await page.evaluate(() => document.body.append(Object.assign(document.createElement('b'), { textContent: 'own' })));
    await page.evaluate(() => document.querySelector('b')?.setAttribute('data-hyperedge', 'second'));
    await waitFor(page, 'b', '2');
    expect(asked().map(({ body }) => body.placements)).toEqual([['first'], ['second']]);
  });

  test('at most fifty elements of a placement', async () => {
    decide({ row: { text: 'R' } });
    const page = await show({
      body: '<p class="row">own</p>'.repeat(60),
      before: listed({ id: 'row', selector: '.row' }),
    });
    await waitFor(page, '.row', 'R');
    const texts = await page.locator('.row').allTextContents();
    expect(texts.filter((text) => text === 'R')).toHaveLength(50);
  });

  test('a page that changes in a loop spends at most a few percent of its time on looking', async () => {
    decide({ row: { text: 'R' } });
    const page = await show({
      body: `<ul>${'<li><b class="x">own</b></li>'.repeat(5_000)}</ul>`,
      before: `${listed(...Array.from({ length: 20 }, (_, i) => ({ id: `p${i}`, selector: `ul li:nth-child(odd) .never${i}` })))}
        window.spentMs = window.looks = 0; const plain = document.querySelectorAll;
        document.querySelectorAll = function (what) { const start = performance.now(); looks++; try { return plain.call(this, what) } finally { spentMs += performance.now() - start } };`,
    });
    await page.waitForFunction(() => (window as unknown as { looks: number }).looks >= 20);
    const { share, looks } = await page.evaluate(async () => {
      const scope = window as unknown as { spentMs: number; looks: number };
      const [start, before, looksBefore] = [performance.now(), scope.spentMs, scope.looks];
      while (performance.now() - start < 1_000) {
        document.body.append(document.createElement('i'));
        document.querySelector('i')?.remove();
        await new Promise(requestAnimationFrame);
      }
      return {
        share: (scope.spentMs - before) / (performance.now() - start),
        looks: scope.looks - looksBefore,
      };
    });
    expect(looks).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.1);
  });
});

test('the part that comes after decisions takes over what was shown, and adds the rest', async () => {
  decide({ a: { text: 'A', classes: { add: ['x'] } } });
  const page = await show({ body: '<div id="a" data-hyperedge="a">own</div>', script: 'data-consent="granted"' });
  await waitFor(page, '#a', 'A');
  expect(await page.locator('#a.x').count()).toBe(0);
  await page.evaluate(() => hyperedge('placements'));
  await page.waitForSelector('#a.x');
  await page.evaluate(() => hyperedge('consent', 'denied'));
  expect(await page.locator('#a').textContent()).toBe('own');
  expect(asked()).toHaveLength(1);
});

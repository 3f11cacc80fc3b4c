/** The part `placements`: by selector, late, of every kind, taken back, and on pages that change without being left. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, until } from './browser.ts';
import { type Double, startDouble } from './double.ts';
import { type Opened, type OpenOptions, open } from './page.ts';

let browser: Browser;
let double: Double;
let opened: Opened | undefined;

beforeAll(async () => {
  [browser, double] = await Promise.all([launchBrowser(), startDouble()]);
});
beforeEach(() => double.reset());
afterEach(async () => {
  await opened?.context.close();
  expect(double.received.map(({ problem }) => problem).filter(Boolean)).toEqual([]);
  expect(opened?.errors).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await double?.close();
});

const show = async (options: OpenOptions): Promise<Page> => {
  opened = await open(browser, double, options);
  return opened.page;
};
const decide = (contents: Record<string, unknown>): void => {
  double.decisions = Object.fromEntries(
    Object.entries(contents).map(([id, content]) => [
      id,
      { outcome: 'campaign', decisionId: `d-${id}`, content: content as never },
    ]),
  );
};
const asked = () => double.received.filter(({ endpoint }) => endpoint === 'optimize');
const exposures = () =>
  double.received.filter(({ endpoint }) => endpoint === 'feedback').flatMap(({ body }) => body.events);
const listed = (...rules: object[]) => `hyperedge('placements', ${JSON.stringify(rules)});`;
const html = (page: Page, selector: string) => page.locator(selector).evaluate((element) => element.outerHTML);
const waitFor = (page: Page, selector: string, text: string) =>
  page.waitForFunction(([where, what]) => document.querySelector(where)?.textContent === what, [selector, text] as [
    string,
    string,
  ]);
/** Two frames and what they caused. */
const settle = (page: Page) =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  );

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
      script: 'data-consent="granted"',
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

describe('kinds of content', () => {
  const before = listed({ id: 'a', selector: '#a' });

  test('links, images with sets, attributes, classes, parts; and all of it is taken back in reverse order', async () => {
    decide({
      a: {
        classes: { add: ['is-new', 'there'], remove: ['old', 'absent'] },
        attributes: { title: 'T', onclick: 'hit()' },
        parts: {
          go: { text: 'Go', href: '/sale', classes: { add: ['x'] } },
          pic: { src: '/a.png', srcset: '/a.png 1x, /b.png 2x', alt: 'A' },
        },
      },
    });
    const body = `<div id="a" class="there old"><a data-hyperedge-part="go" href="/own">own</a><picture><source srcset="/big.webp"><img data-hyperedge-part="pic" src="/own.png" srcset="/own2.png 2x"></picture></div>`;
    const page = await show({ body, before });
    await waitFor(page, '#a a', 'Go');
    expect(await html(page, '#a')).toBe(
      '<div id="a" class="there is-new" data-hyperedge="a" title="T"><a data-hyperedge-part="go" href="/sale" class="x">Go</a><picture><source><img data-hyperedge-part="pic" src="/a.png" alt="A" srcset="/a.png 1x, /b.png 2x"></picture></div>',
    );
    await page.evaluate(() => hyperedge('consent', 'denied'));
    expect((await html(page, '#a')).replace(' data-hyperedge="a"', '')).toBe(body);
  });

  test.each([
    ['before', '<section><div id="a">own</div><b>t</b></section>'],
    ['after', '<section><b>t</b><div id="a">own</div></section>'],
    ['prepend', '<section><b><div id="a">own</div>t</b></section>'],
    ['append', '<section><b>t<div id="a">own</div></b></section>'],
    ['replace', '<section><div id="a">own</div></section>'],
  ])('a move %s an element of the page, and back to its place', async (place, moved) => {
    decide({ a: { move: { to: 'section b', place } } });
    const page = await show({ body: '<main>1<div id="a">own</div>2</main><section><b>t</b></section>', before });
    await page.waitForFunction(() => document.querySelector('section #a'));
    expect((await html(page, 'section')).replace(' data-hyperedge="a"', '')).toBe(moved);
    await page.evaluate(() => hyperedge('consent', 'denied'));
    expect((await html(page, 'main')).replace(' data-hyperedge="a"', '')).toBe('<main>1<div id="a">own</div>2</main>');
    expect(await html(page, 'section')).toBe('<section><b>t</b></section>');
  });

  test.each([
    ['nowhere', 'before'],
    ['((', 'before'],
    ['#a i', 'append'],
    ['main', 'replace'],
    ['body', 'after'],
    ['html', 'replace'],
    ['style', 'append'],
    ['section', 'inside'],
  ])(
    'a move that cannot be done (%s, %s) leaves the element where it is, with its other content',
    async (to, place) => {
      decide({ a: { text: 'A', attributes: { title: 'T' }, move: { to, place } } });
      const page = await show({
        body: '<style></style><main><div id="a"><i></i>own</div></main><section></section>',
        before,
      });
      await waitFor(page, '#a', 'A');
      expect(await html(page, 'main')).toBe('<main><div id="a" data-hyperedge="a" title="T">A</div></main>');
    },
  );

  test('markup is shown where the page allows it, sanitised, from a file that is loaded for it alone', async () => {
    const content = {
      html: 'Two <b onclick="hit()">for</b> <a href="/x" id="y">one</a><script>hit()</script>',
      text: 'plain',
    };
    decide({ a: content, b: content });
    const page = await show({
      body: '<div id="a">own</div><div id="b">own</div>',
      before: listed({ id: 'a', selector: '#a', html: true }, { id: 'b', selector: '#b' }),
      script: 'data-consent="granted"',
    });
    await waitFor(page, '#a', 'Two for one');
    expect(await page.locator('#a').innerHTML()).toBe('Two <b>for</b> <a href="/x">one</a>');
    expect(await page.locator('#b').innerHTML()).toBe('plain');
    await until(() => exposures().length === 2);
    await page.evaluate(() => hyperedge('consent', 'denied'));
    expect(await page.locator('#a').innerHTML()).toBe('own');
  });

  test('a page without markup never loads the sanitiser; blocked, the text stands in or the page keeps its own, untracked', async () => {
    decide({ a: { text: 'A' } });
    const loaded = (page: Page) =>
      page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => /html\.js/.test(name)));
    const page = await show({ body: '<div id="a">own</div>', before });
    await waitFor(page, '#a', 'A');
    expect(await loaded(page)).toBe(false);
    await opened?.context.close();

    decide({ a: { html: '<b>A</b>' }, b: { html: '<b>B</b>', text: 'B' } });
    const context = await browser.newContext();
    await context.route('**/html.js', (route) => route.abort());
    const blocked = await show({
      body: '<div id="a">own</div><div id="b">own</div>',
      before: listed({ id: 'a', selector: '#a', html: true }, { id: 'b', selector: '#b', html: true }),
      script: 'data-consent="granted"',
      context,
    });
    await waitFor(blocked, '#b', 'B');
    expect(await blocked.locator('#a').textContent()).toBe('own');
    await until(() => exposures().length > 0);
    expect(exposures().map(({ token }) => token.split('.')[1])).toEqual(['b']);
  });

  test("a site's own renderer gets element, content and decision, and its way back is gone", async () => {
    decide({ a: { data: { n: 3 } }, b: { text: 'B' } });
    const page = await show({
      body: '<div id="a">own</div><div id="b">own</div>',
      before: `hyperedge('placements', [
        { id: 'a', selector: '#a', render: (element, content, decision) => { element.textContent = content.n + decision.placement; return () => { element.textContent = 'back' } } },
        { id: 'b', selector: '#b' }])`,
    });
    await waitFor(page, '#a', '3a');
    await page.evaluate(() => hyperedge('consent', 'denied'));
    expect(await page.locator('#a').textContent()).toBe('back');
    expect(await page.locator('#b').textContent()).toBe('own');
  });

  test('what the site has changed meanwhile stays as the site has left it', async () => {
    decide({
      a: { text: 'A', attributes: { title: 'T', lang: 'de' }, classes: { add: ['x', 'y'] } },
      b: { move: { to: 'section', place: 'append' } },
    });
    const page = await show({
      body: '<main><div id="a" title="own">own</div><p id="b">own</p></main><section></section><footer></footer>',
      before: listed({ id: 'a', selector: '#a' }, { id: 'b', selector: '#b' }),
    });
    await waitFor(page, '#a', 'A');
    await page.evaluate(() => {
      const [a, b] = ['#a', '#b'].map((selector) => document.querySelector(selector) as HTMLElement);
      (a as HTMLElement).textContent = 'site';
      a?.setAttribute('title', 'site');
      a?.classList.remove('x');
      a?.classList.add('z');
      document.querySelector('footer')?.append(b as HTMLElement);
      hyperedge('consent', 'denied');
    });
    expect(await html(page, '#a')).toBe('<div id="a" title="site" data-hyperedge="a" class="z">site</div>');
    expect(await page.locator('footer #b').count()).toBe(1);
    expect(await page.locator('main').evaluate((main) => main.childNodes.length)).toBe(1);
  });

  test('an element whose place is gone goes with it', async () => {
    decide({ a: { move: { to: 'section', place: 'append' } } });
    const page = await show({ body: '<main><div id="a">own</div></main><section></section>', before });
    await page.waitForFunction(() => document.querySelector('section #a'));
    await page.evaluate(() => {
      (document.querySelector('main') as HTMLElement).innerHTML = 'other';
      hyperedge('consent', 'denied');
    });
    expect(await page.locator('#a').count()).toBe(0);
  });
});

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

test('the part that comes after decisions takes over what was shown, and adds the rest', async () => {
  decide({ a: { text: 'A', classes: { add: ['x'] } } });
  const page = await show({ body: '<div id="a" data-hyperedge="a">own</div>' });
  await waitFor(page, '#a', 'A');
  expect(await page.locator('#a.x').count()).toBe(0);
  await page.evaluate(() => hyperedge('placements'));
  await page.waitForSelector('#a.x');
  await page.evaluate(() => hyperedge('consent', 'denied'));
  expect(await page.locator('#a').textContent()).toBe('own');
  expect(asked()).toHaveLength(1);
});

/** React: the same on the server and while hydrating, asked once, seen as it is on any page. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Bootstrap, Decision } from '../../client-snippet/npm/index.ts';
import {
  HyperedgeProvider,
  type HyperedgeProviderProps,
  Placement,
  PlacementPart,
} from '../../client-snippet/react/index.ts';
import { until } from './browser.ts';
import { usePages } from './pages.ts';
import { App } from './react-app.ts';
import type { Handle } from './react-page.ts';

const { browser, double, exposures: reports, of } = await usePages();

let code: string;
let page: Page;
let errors: string[];

beforeAll(async () => {
  const bundled = build({
    entryPoints: [fileURLToPath(new URL('./react-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"development"' }, // in which React says what does not match
  });
  code = ((await bundled).outputFiles[0]?.text ?? '').replaceAll(/<(?=\/?script|!--)/g, '\\x3c');
});
beforeEach(() => {
  errors = [];
});
afterEach(async () => {
  await page?.context().close();
  expect(errors).toEqual([]);
});

const SEEN_MS = 2_000;
const textOf = (selector: string) => page.locator(selector).textContent();

const decision = (placement: string, more: Partial<Decision>): Decision => ({
  placement,
  outcome: 'campaign',
  content: null,
  token: `ht1.${placement}.handed`,
  ...more,
});
const HANDED: Bootstrap = {
  consent: 'granted',
  anonymousId: 'a1.k1.handed.s',
  decisions: [
    decision('hero', { content: { text: 'decided hero', href: '/decided', attributes: { class: 'decided' } } }),
    decision('banner', { content: { parts: { text: { text: 'decided text' }, action: { text: 'go', href: '/go' } } } }),
    decision('names', { content: { data: ['Ada', 'Grace'] } }),
  ],
};

async function openApp(options: { bootstrap?: Bootstrap; consent?: string }, isRendered: boolean): Promise<void> {
  const all = { publishableKey: 'pk_test', api: double.api, ...options } as never;
  const html = isRendered ? renderToString(createElement(App, all)) : '';
  const data = JSON.stringify(all).replaceAll('<', '\\u003c');
  double.html['/'] = `<!doctype html><html><body><div id="root">${html}</div>
<script type="application/json" id="options">${data}</script><script>${code}</script></body></html>`;
  page = await (await browser.newContext({ viewport: { width: 800, height: 600 } })).newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  await page.addInitScript(() => {
    const texts = new Set<string>();
    Object.assign(window, { texts });
    const note = () => {
      if (document.getElementById('options')) texts.add(document.getElementById('root')?.textContent ?? '');
    };
    new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.goto(double.pages);
}

/** Every text that the application showed, from the first on. */
const textsShown = () => page.evaluate(() => [...(window as never as { texts: Set<string> }).texts]);

describe('on the server', () => {
  const render = (bootstrap?: Bootstrap) =>
    renderToString(
      createElement(App, { publishableKey: 'pk_test', api: 'https://x.example', ...(bootstrap && { bootstrap }) }),
    );

  test('the decisions that were handed over are in the HTML, the page’s own content where there are none', () => {
    const html = render(HANDED);
    expect(html).toContain('<a href="/decided" class="decided" style="display:block;height:100px">decided hero</a>');
    expect(html).toContain('<p>decided text</p><a href="/go">go</a><span>own last</span>');
    expect(html).toContain('<p>Ada, Grace</p>');
    expect(render()).toContain('own hero');
    expect(render({ consent: 'pending', decisions: [] })).toContain('<p>own names</p>');
  });

  test('what one visitor was handed is not there for the next', () => {
    render(HANDED);
    expect(render()).not.toContain('decided');
  });

  test('text for an element that holds none is left out, and the rest of its content shown', () => {
    const bootstrap: Bootstrap = {
      consent: 'pending',
      decisions: [decision('picture', { content: { text: 'x', alt: 'Decided', parts: { own: { text: 'y' } } } })],
    };
    const options = { publishableKey: 'pk_test', api: 'https://x.example', bootstrap } as HyperedgeProviderProps;
    const picture = createElement(Placement, { id: 'picture', as: 'img', alt: 'Own' });
    expect(renderToString(createElement(HyperedgeProvider, options, picture))).toBe('<img alt="Decided"/>');
    const inside = createElement(PlacementPart, { name: 'own', as: 'input' });
    const around = createElement(Placement, { id: 'picture', as: 'p' }, inside);
    expect(() => renderToString(createElement(HyperedgeProvider, options, around))).not.toThrow();
  });

  test('addresses and attributes that are not safe are left out, one by one', () => {
    const content = {
      text: 'x',
      href: 'javascript:alert(1)',
      attributes: { onclick: 'alert(1)', style: 'color:red', dangerouslySetInnerHTML: 'x', title: 'fine' },
    };
    const html = render({ consent: 'pending', decisions: [decision('hero', { content })] });
    expect(html).toContain('<a href="/own" class="hero" style="display:block;height:100px" title="fine">x</a>');
    const onSection = { href: 'https://x.example', src: 'https://x.example', text: '<b>' };
    const banner = render({ consent: 'pending', decisions: [decision('banner', { content: onSection })] });
    expect(banner).toContain('<section title="own title">&lt;b&gt;</section>');
  });
});

describe('in the browser', () => {
  test('what was decided for a visitor is taken back with their consent, and nothing of theirs is stored or reported', async () => {
    await openApp({ bootstrap: HANDED }, true);
    expect(await textOf('section')).toBe('decided textgoown last');
    await page.evaluate(() => (window as never as Handle).client.consent('denied'));
    await page.waitForFunction(() => document.querySelector('section')?.textContent === 'own textown actionown last');
    expect(await textOf('.hero')).toBe('own hero');
    await page.waitForTimeout(SEEN_MS);
    expect([reports(), await page.evaluate(() => ({ ...localStorage }))]).toEqual([[], {}]);
  });

  test('content of which nothing fits is not reported as seen; of parts that fit, and of the holdout’s own content, it is', async () => {
    const decisions = [
      decision('hero', { content: { redirect: '/elsewhere' } as never }),
      decision('banner', { content: { title: 7, parts: { nowhere: { text: 'x' } } } as never }),
      decision('names', { outcome: 'holdout' }),
    ];
    await openApp({ bootstrap: { ...HANDED, decisions } }, true);
    await page.waitForTimeout(SEEN_MS);
    expect(reports().map(({ token }) => token)).toEqual(['ht1.names.handed']);
    expect(await textOf('section')).toBe('own textown actionown last');
  });

  test('a page that came with its decisions hydrates without a word, asks nothing, and reports what is seen and clicked', async () => {
    await openApp({ bootstrap: HANDED }, true);
    await page.waitForTimeout(SEEN_MS);
    expect(of('optimize')).toEqual([]);
    const text = 'decided herodecided textgoown lastAda, Gracedecided hero';
    expect(await textsShown()).toEqual([text]); // no flash of anything else
    expect(
      reports()
        .map(({ token, kind }) => `${token} ${kind}`)
        .sort(),
    ).toEqual(['ht1.banner.handed exposure', 'ht1.hero.handed exposure', 'ht1.names.handed exposure']);
    expect(await page.evaluate(() => localStorage.hyperedge)).toBe('a1.k1.handed.s');
    await page.evaluate(() => addEventListener('click', (event) => event.preventDefault()));
    await page.click('section a');
    await until(() => reports().length > 3);
    expect(reports()[3]).toMatchObject({ token: 'ht1.banner.handed', kind: 'goal', goal: 'click' });
  });

  test('a page that came without asks once for all, in StrictMode too, and every element shows the same', async () => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'asked hero' } } };
    await openApp({ consent: 'granted' }, true);
    expect(await textOf('.menu')).toMatch(/hero/);
    await until(async () => (await textOf('.hero')) === 'asked hero');
    expect(await textOf('.menu')).toBe('asked hero');
    expect(await textOf('section p')).toBe('own text');
    await page.waitForTimeout(SEEN_MS);
    expect(of('optimize').map(({ body }) => body.placements)).toEqual([['hero', 'banner', 'names']]);
    expect(reports().filter(({ token }) => token.startsWith('ht1.hero.'))).toHaveLength(1);
  });

  test('a claim that has expired on the way is asked for again', async () => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'newer hero' } } };
    const [hero, ...others] = HANDED.decisions as [Decision, ...Decision[]];
    const bootstrap = { ...HANDED, decisions: [{ ...hero, claimExpiresAt: '2020-01-01T00:00:00Z' }, ...others] };
    await openApp({ bootstrap }, true);
    await until(async () => (await textOf('a >> nth=0')) === 'newer hero');
    expect(of('optimize').map(({ body }) => body.placements)).toEqual([['hero']]);
  });

  test('decisions that were made for another state of consent are not taken; they stay until others are there', async () => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'newer hero' } } };
    await openApp({ bootstrap: { ...HANDED, consent: 'pending' }, consent: 'granted' }, true);
    await until(async () => (await textOf('a >> nth=0')) === 'newer hero');
    expect(of('optimize').map(({ body }) => body.placements)).toEqual([['hero', 'banner', 'names']]);
    expect((await textsShown()).map((text) => text.slice(0, 10))).toEqual(['decided he', 'newer hero']);
  });

  test('consent given later asks anew; what is shown stays until the answer is there', async () => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'before' } } };
    await openApp({}, false);
    await until(async () => (await textOf('.hero')) === 'before');
    await page.waitForTimeout(SEEN_MS);
    expect(reports()).toEqual([]);
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'after' } } };
    await page.evaluate(() => {
      const seen: (string | null)[] = [];
      new MutationObserver(() => seen.push(document.querySelector('.hero')?.textContent ?? null)).observe(
        document.body,
        {
          subtree: true,
          characterData: true,
          childList: true,
        },
      );
      Object.assign(window, { seen });
      (window as never as Handle).again({ consent: 'granted' });
    });
    await until(async () => (await textOf('.hero')) === 'after');
    expect(await page.evaluate(() => [...new Set((window as never as { seen: string[] }).seen)])).toEqual(['after']);
    await until(() => reports().length > 0);
    expect(of('optimize').map(({ body }) => body.consent)).toEqual(['pending', 'granted']);
  });

  test('an API that fails leaves the page’s own content; nothing is watched after components are gone', async () => {
    double.failures = { optimize: { status: 500 } };
    await openApp({ consent: 'granted' }, true);
    await until(() => of('optimize').length > 0);
    await page.waitForTimeout(200);
    expect(await textOf('.hero')).toBe('own hero');
    double.failures = {};
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'now' } } };
    await page.evaluate(() => (window as never as Handle).client.refresh());
    await until(async () => (await textOf('.hero')) === 'now');
    await page.evaluate(() => (window as never as Handle).leave());
    await page.waitForTimeout(SEEN_MS);
    expect(reports()).toEqual([]);
  });
});

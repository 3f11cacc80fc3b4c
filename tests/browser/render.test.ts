/** What the page script shows, and what it does when it gets nothing to show. */
import { describe, expect, test } from 'vitest';
import { until } from './browser.ts';
import type { Failure } from './double.ts';
import { type Opened, type OpenOptions, PATIENT } from './page.ts';
import { NOTE_WAITS, usePages, waitsOf } from './pages.ts';

const { browser, double, open } = await usePages({ errors: false });

let opened: Opened | undefined;

const show = async (options: OpenOptions) => {
  opened = await open(options);
  return opened.page;
};
const asked = () => double.received.filter(({ endpoint }) => endpoint === 'optimize');

describe('rendering', () => {
  test('asks once for all placements of a page, without a preflight, and fills every element of each', async () => {
    double.decisions = {
      hero: { outcome: 'campaign', content: { text: 'Hello <b>you</b>' } },
      link: {
        outcome: 'campaign',
        content: { text: 'Sale', href: '/sale', attributes: { title: 'Now', 'aria-label': 'x' } },
      },
      card: {
        outcome: 'campaign',
        content: {
          parts: { title: { text: 'T' }, image: { src: '/a.png', alt: 'A' }, action: { href: 'https://x.example/' } },
        },
      },
    };
    const page = await show({
      body: `<h1 data-hyperedge="hero">own</h1><p data-hyperedge="hero">own</p><a data-hyperedge="link" href="/own">own</a>
        <div data-hyperedge="card"><h2 data-hyperedge-part="title">own</h2>
        <img data-hyperedge-part="image" src="/own.png" srcset="/big.png 2x"><a data-hyperedge-part="action">go</a></div>
        <i data-hyperedge="Bad Id">own</i>`,
    });
    await page.waitForFunction(() => document.querySelector('h2')?.textContent === 'T');
    expect(await page.locator('[data-hyperedge=hero]').allTextContents()).toEqual([
      'Hello <b>you</b>',
      'Hello <b>you</b>',
    ]);
    expect(await page.locator('a[data-hyperedge]').evaluate((a) => a.outerHTML)).toBe(
      '<a data-hyperedge="link" href="/sale" title="Now" aria-label="x">Sale</a>',
    );
    expect(await page.locator('img').evaluate((image) => image.outerHTML)).toBe(
      '<img data-hyperedge-part="image" src="/a.png" alt="A">',
    );
    expect(await page.locator('[data-hyperedge-part=action]').getAttribute('href')).toBe('https://x.example/');
    expect(await page.locator('i').textContent()).toBe('own');
    expect(asked()).toHaveLength(1);
    expect(asked()[0]).toMatchObject({ method: 'POST', origin: double.pages, contentType: 'text/plain;charset=UTF-8' });
    expect(asked()[0]?.body).toMatchObject({
      key: 'pk_test',
      placements: ['hero', 'link', 'card'],
      consent: 'pending',
    });
    expect(opened?.errors).toEqual([]);
  });

  test('asks for more than twenty placements twenty at a time', async () => {
    const ids = Array.from({ length: 43 }, (_, i) => `p${i}`);
    for (const id of ids) double.decisions[id] = { outcome: 'campaign', content: { text: `shown ${id}` } };
    const page = await show({ body: ids.map((id) => `<p data-hyperedge="${id}"></p>`).join('') });
    await page.waitForFunction(() => document.querySelector('[data-hyperedge=p42]')?.textContent === 'shown p42');
    expect(asked().map(({ body }) => body.placements.length)).toEqual([20, 20, 3]);
  });

  test('leaves parts of a placement inside a placement to the inner one', async () => {
    double.decisions = { outer: { outcome: 'campaign', content: { parts: { title: { text: 'outer' } } } } };
    const page = await show({
      body: `<div data-hyperedge="outer"><b data-hyperedge-part="title">own</b>
        <div data-hyperedge="inner"><i data-hyperedge-part="title">own</i></div></div>`,
    });
    await page.waitForFunction(() => document.querySelector('b')?.textContent === 'outer');
    expect(await page.locator('i').textContent()).toBe('own');
  });

  test('gives the page its own content back when a later decision is to show that', async () => {
    const content = { attributes: { class: 'c' }, parts: { t: { text: 'shown', attributes: { title: 'x' } } } };
    double.decisions = { hero: { outcome: 'campaign', content } };
    const page = await show({
      body: '<div data-hyperedge="hero"><p data-hyperedge-part="t" title="own"><b>own</b></p></div>',
    });
    await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
    double.decisions = { hero: { outcome: 'holdout', content: null } };
    await page.evaluate(() => hyperedge('consent', 'granted'));
    await page.waitForFunction(() => document.querySelector('b')?.textContent === 'own');
    expect(await page.locator('div').evaluate((div) => div.outerHTML)).toBe(
      '<div data-hyperedge="hero"><p data-hyperedge-part="t" title="own"><b>own</b></p></div>',
    );
  });

  test('get: data, else content, else null; a callback that throws keeps none from theirs and shows as its own error', async () => {
    double.decisions = {
      list: { outcome: 'campaign', content: { data: [1, 2] } },
      plain: { outcome: 'campaign', content: { text: 'x' } },
      held: { outcome: 'holdout', content: null },
    };
    const page = await show({
      body: '',
      before: `window.got = {};
        hyperedge('get', 'list', () => { throw new Error('of the site') });
        for (const id of ['list', 'plain', 'held', 'none', 'Bad Id', 'constructor', 'prototype']) hyperedge('get', id, (c, d) => { got[id] = [c, d && d.outcome] });`,
    });
    await page.waitForFunction(() => Object.keys((window as unknown as { got: object }).got).length === 7);
    expect(await page.evaluate(() => (window as unknown as { got: object }).got)).toEqual({
      list: [[1, 2], 'campaign'],
      plain: [{ text: 'x' }, 'campaign'],
      held: [null, 'holdout'],
      none: [null, 'default'],
      'Bad Id': [null, null],
      // No body may have such a key.
      constructor: [null, null],
      prototype: [null, null],
    });
    expect(asked()).toHaveLength(1);
    expect(opened?.errors).toEqual(['of the site']);
    // Later: an answered placement at once, another by another request.
    const late = () =>
      page.evaluate(() =>
        Promise.all(['list', 'late'].map((id) => new Promise((done) => hyperedge('get', id, (c) => done(c))))),
      );
    double.decisions.late = { outcome: 'campaign', content: { data: 'l' } };
    expect(await late()).toEqual([[1, 2], 'l']);
    expect(asked().map(({ body }) => body.placements)).toEqual([['list', 'plain', 'held', 'none'], ['late']]);
  });

  test('get: with false a callback is called no more, and one that is given again takes its own place', async () => {
    double.decisions = { list: { outcome: 'campaign', content: { data: 1 } } };
    const page = await show({
      body: '',
      before: `window.got = []; window.again = () => { got.push('again') };
        hyperedge('get', 'list', async () => { got.push('ended'); return false });
        hyperedge('get', 'list', () => { got.push('kept'); return null });
        hyperedge('get', 'list', again); hyperedge('get', 'list', again);`,
    });
    const got = () => page.evaluate(() => (window as unknown as { got: string[] }).got);
    await until(async () => (await got()).length >= 3);
    expect(await got()).toEqual(['ended', 'kept', 'again']);
    await page.evaluate(() => hyperedge('consent', 'granted'));
    await until(async () => (await got()).length >= 5);
    expect(await got()).toEqual(['ended', 'kept', 'again', 'kept', 'again']);
  });

  test('init instead of attributes, a second copy of the script, and wrong calls', async () => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
    const page = await show({
      body: `<p data-hyperedge="hero">own</p><script src="${double.api}/hyperedge.js" data-key="pk_second"></script>`,
      before: `hyperedge('no-such-command'); hyperedge(); hyperedge('get'); hyperedge('convert'); hyperedge('constructor');
        hyperedge('init', { attributes: { plan: 'gold' }, timeoutMs: 5000 });`,
      script: 'data-timeout-ms="4000"',
    });
    await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
    expect(asked()).toHaveLength(1);
    expect(asked()[0]?.body.context).toMatchObject({ attributes: { plan: 'gold' }, url: `${double.pages}/` });
  });

  test('a preview link goes with the request and makes the page report nothing', async () => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
    const page = await show({
      body: '<p data-hyperedge="hero">own</p>',
      query: '?a=1&hyperedge_preview=hp1.abc&b=2',
      script: 'data-consent="granted"',
    });
    await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
    await page.evaluate(() => hyperedge('convert', 'purchase', { value: 1 }));
    await page.click('p');
    await page.waitForTimeout(1_700);
    expect(asked()[0]?.body).toMatchObject({ preview: 'hp1.abc' });
    expect(JSON.stringify(asked()[0]?.body.context)).not.toContain('hp1.abc');
    expect(double.received).toHaveLength(1);
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
  });

  test('works under a strict content security policy with Trusted Types enforced', async () => {
    double.headers = {
      'content-security-policy': `default-src 'none'; img-src data:; script-src 'nonce-n1'; connect-src ${double.api}; style-src 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types 'none'`,
    };
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown', attributes: { class: 'c' } } } };
    double.html['/'] = '';
    const context = await browser.newContext();
    const page = await context.newPage();
    opened = { page, context, errors: [] };
    page.on('pageerror', (error) => opened?.errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && opened?.errors.push(message.text()));
    // The empty icon: Firefox asks for one, and tells that the policy forbids it.
    double.html['/'] =
      `<link rel="icon" href="data:,"><p data-hyperedge="hero">own</p><script nonce="n1" async src="${double.api}/hyperedge.js" data-key="pk_test" ${PATIENT}></script>`;
    await page.goto(double.pages);
    await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
    expect(opened.errors).toEqual([]);
  });
});

describe('a broken API leaves the page as it is', () => {
  const failures: [string, Failure][] = [
    ['slow (1 s)', { delayMs: 1_000 }],
    ['an error', { status: 500 }],
    ['a refusal', { status: 403 }],
    ['a dropped connection', 'drop'],
    ['no JSON', { text: '<!doctype html><h1>Hi' }],
    ['half an answer', { text: '{"requestId":"r","customer":{},"decisions":[{"placement":"hero","content":{"te' }],
    ...['null', '7', '[]', '{}', '"x"'].map((text): [string, Failure] => [text, { text }]),
    ['decisions of another kind', { text: '{"customer":{},"decisions":{"hero":1}}' }],
    ['a decision that is null', { text: '{"customer":null,"decisions":[null,7,"hero"]}' }],
    ['content that is a number', { text: '{"decisions":[{"placement":"hero","content":5}]}' }],
    [
      'content of wrong types',
      { text: '{"decisions":[{"placement":"hero","content":{"text":{"a":1},"href":5,"attributes":[1],"parts":"x"}}]}' },
    ],
    ['parts that are null', { text: '{"decisions":[{"placement":"hero","content":{"parts":{"t":null}}}]}' }],
  ];

  test.each(failures)('%s', async (_name, failure) => {
    double.failures = { optimize: failure };
    const html = '<div data-hyperedge="hero"><p data-hyperedge-part="t">own</p></div>';
    const page = await show({
      body: html,
      before: `hyperedge('get', 'other', (c) => { window.other = [c] });`,
      hasUsualWait: true,
    });
    await page.waitForFunction(() => (window as unknown as { other?: unknown }).other);
    await page.waitForTimeout(100);
    expect(await page.evaluate(() => document.body.innerHTML)).toBe(html);
    expect(await page.evaluate(() => (window as unknown as { other?: unknown }).other)).toEqual([null]);
    expect(opened?.errors).toEqual([]);
  });

  test.each([
    ['300 ms unless told', '', 300],
    ['as long as it is told', 'data-timeout-ms="350"', 350],
  ])('the wait ends after a while, and a late answer changes nothing: %s', async (_, script, ms) => {
    double.failures = { optimize: { delayMs: 700 } };
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'late' } } };
    const page = await show({
      script,
      hasUsualWait: true,
      head: `<script>${NOTE_WAITS}</script>`,
      body: '<p data-hyperedge="hero">own</p>',
      before: `addEventListener('DOMContentLoaded', () => { window.t0 = performance.now() });
        hyperedge('get', 'hero', (c) => { window.waited = performance.now() - t0; window.content = c });`,
    });
    const waited = await (
      await page.waitForFunction(() => (window as unknown as { waited?: number }).waited)
    ).jsonValue();
    expect((await waitsOf(page)).signals).toEqual([ms]);
    expect(waited).toBeGreaterThan(ms - 50);
    expect(waited).toBeLessThan(650); // before the answer
    await page.waitForTimeout(700);
    expect(await page.locator('p').textContent()).toBe('own');
  });

  test('blocked by the network, or by the page’s own policy', async () => {
    const context = await browser.newContext();
    await context.route('**/v1/**', (route) => route.abort('blockedbyclient'));
    let page = await show({ body: '<p data-hyperedge="hero">own</p>', context, script: 'data-consent="granted"' });
    await page.evaluate(() => hyperedge('convert', 'purchase'));
    await page.waitForTimeout(400);
    expect(await page.locator('p').textContent()).toBe('own');
    expect(opened?.errors).toEqual([]);
    await context.close();

    double.headers = { 'content-security-policy': "connect-src 'none'" };
    page = await show({ body: '<p data-hyperedge="hero">own</p>' });
    await page.waitForTimeout(400);
    expect(await page.locator('p').textContent()).toBe('own');
    // The browser reports the refusal of the page's own policy; nothing else may appear.
    expect(
      opened?.errors.filter(
        (text) => !/Content Security Policy|page’s settings blocked|Fetch API cannot load/.test(text),
      ),
    ).toEqual([]);
    expect(await until(() => double.received.length === 0)).toBe(true);
  });

  test('storage that throws costs the visitor nothing but being remembered', async () => {
    double.decisions = { hero: { outcome: 'campaign', content: { text: 'shown' } } };
    const page = await show({
      head: `<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })</script>`,
      body: '<p data-hyperedge="hero">own</p>',
      script: 'data-consent="granted"',
    });
    await page.waitForFunction(() => document.querySelector('p')?.textContent === 'shown');
    await page.evaluate(() => hyperedge('convert', 'purchase'));
    expect(
      await until(() => double.received.find(({ endpoint }) => endpoint === 'events')?.body.customer.anonymousId),
    ).toBeTruthy();
    await page.evaluate(() => hyperedge('reset'));
    expect(opened?.errors).toEqual([]);
  });
});

/// <reference path="../../client-snippet/hyperedge.d.ts" />
/** A page of a test: opened in a context of its own, watched for errors, and asked what it has stored. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Double } from './double.ts';

export interface OpenOptions {
  readonly body: string;
  /** Attributes of the script tag beside `src` and `data-key`. */
  readonly script?: string;
  /** Runs before the script, in an inline script after the stub. */
  readonly before?: string;
  readonly head?: string;
  /** Query string of the page, with its question mark. */
  readonly query?: string;
  readonly context?: BrowserContext;
  readonly path?: string;
  /** Of the page's policy: its own scripts and styles carry it. */
  readonly nonce?: string;
  /** Waits no longer for an answer than pages of others do; for tests of that wait alone. */
  readonly hasUsualWait?: boolean;
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Uncaught errors, and console errors that are not the browser's own about a failed request. */
  readonly errors: string[];
}

const STUB = 'window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };';

/** For a machine that is busy: how long a page waits before it shows its own content is not what most tests are about. */
export const PATIENT = 'data-timeout-ms="9000"';

/** HTML of a page with stub and script. */
export function pageHtml(double: Double, options: OpenOptions): string {
  const { body, script = '', before = '', head = '', nonce, hasUsualWait } = options;
  const mark = nonce ? ` nonce="${nonce}"` : '';
  const wait = hasUsualWait || script.includes('data-timeout-ms') ? '' : PATIENT;
  return `<!doctype html><html><head>${head}<script${mark}>${STUB}${before}</script>
<script async${mark} src="${double.api}/hyperedge.js" data-key="pk_test" ${script} ${wait}></script>
<style${mark}>body{margin:0}</style></head><body>${body}</body></html>`;
}

/** How browsers report by themselves that a request failed: Chromium, and Firefox of a request to another origin. */
export const FAILED_REQUEST = /^Failed to load resource|CORS request did not succeed/;

/** Opens a page; a new context (a new visitor) unless one is given. */
export async function open(browser: Browser, double: Double, options: OpenOptions): Promise<Opened> {
  const path = options.path ?? '/';
  double.html[path] = pageHtml(double, options);
  const context = options.context ?? (await browser.newContext({ viewport: { width: 800, height: 600 } }));
  const page = await context.newPage();
  const errors: string[] = [];
  const note = (text: string) => FAILED_REQUEST.test(text) || errors.push(text);
  page.on('pageerror', ({ message }) => note(message));
  page.on('console', (message) => message.type() === 'error' && note(message.text()));
  await page.goto(double.pages + path + (options.query ?? ''));
  return { page, context, errors };
}

/** Everything a page may keep on a device. */
export async function stored(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(async () => ({
    cookie: document.cookie,
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: await indexedDB.databases(),
    caches: 'caches' in window ? await caches.keys() : [],
  }));
}

/** What `stored` says of a page that kept nothing. */
export const NOTHING_STORED = { cookie: '', local: {}, session: {}, databases: [], caches: [] };

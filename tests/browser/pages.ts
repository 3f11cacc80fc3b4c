/** What the tests of the part `placements` share: a browser and a double per file, and looks at the page. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Double, type Received, startDouble } from './double.ts';
import { type Opened, type OpenOptions, open } from './page.ts';

/** The call that a page makes before the script is there. */
export const listed = (...rules: object[]): string => `hyperedge('placements', ${JSON.stringify(rules)});`;

export const html = (page: Page, selector: string): Promise<string> =>
  page.locator(selector).evaluate((element) => element.outerHTML);

/** Waits until the first element that matches says exactly this. */
export const waitFor = (page: Page, selector: string, text: string): Promise<unknown> =>
  page.waitForFunction(([where, what]) => document.querySelector(where)?.textContent === what, [selector, text] as [
    string,
    string,
  ]);

/** Two frames and what they caused. */
export const settle = (page: Page): Promise<unknown> =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  );

interface Pages {
  readonly browser: () => Browser;
  readonly double: () => Double;
  readonly show: (options: OpenOptions) => Promise<Page>;
  /** Closes the page of this test before another is opened. */
  readonly close: () => Promise<void>;
  /** Content by placement; what is not here gets none. */
  readonly decide: (contents: Record<string, unknown>) => void;
  readonly asked: () => Received[];
  readonly exposures: () => { readonly token: string }[];
}

/** Starts both for a file; after each test no request was against the contract, and the page had no error. */
export function usePages(): Pages {
  let browser: Browser;
  let double: Double;
  let opened: Opened | undefined;
  const close = async () => opened?.context.close();
  beforeAll(async () => {
    [browser, double] = await Promise.all([launchBrowser(), startDouble()]);
  });
  beforeEach(() => double.reset());
  afterEach(async () => {
    await close();
    expect(double.received.map(({ problem }) => problem).filter(Boolean)).toEqual([]);
    expect(opened?.errors).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await double?.close();
  });
  const of = (endpoint: string) => double.received.filter((request) => request.endpoint === endpoint);
  return {
    browser: () => browser,
    double: () => double,
    close,
    show: async (options) => {
      opened = await open(browser, double, options);
      return opened.page;
    },
    decide: (contents) => {
      double.decisions = Object.fromEntries(
        Object.entries(contents).map(([id, content]) => [
          id,
          { outcome: 'campaign', decisionId: `d-${id}`, content: content as never },
        ]),
      );
    },
    asked: () => of('optimize'),
    exposures: () => of('feedback').flatMap(({ body }) => body.events),
  };
}

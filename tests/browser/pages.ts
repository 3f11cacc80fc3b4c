/** What tests on pages share: a browser and a double per file, and looks at the page. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Double, type Endpoint, type Received, startDouble } from './double.ts';
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

/** Waits until the part `events` is there; it runs by the next turn. */
export const eventsAreThere = async (page: Page): Promise<void> => {
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/events.js')),
  );
  await page.waitForTimeout(50);
};

/**
 * For a script before all others: notes the milliseconds of every wait that the page begins. How long a wait really took says more of the
 * machine than of the page; what it was told to take is exact.
 */
export const NOTE_WAITS = `window.waits = { timers: [], signals: [] };
  const ownTimer = setTimeout; window.setTimeout = (run, ms, ...rest) => { waits.timers.push(Number(ms)); return ownTimer(run, ms, ...rest) };
  const ownSignal = AbortSignal.timeout; AbortSignal.timeout = (ms) => { waits.signals.push(Number(ms)); return ownSignal.call(AbortSignal, ms) };`;

/** Of `setTimeout` and of `AbortSignal.timeout`, in their order. */
export const waitsOf = (page: Page): Promise<{ readonly timers: number[]; readonly signals: number[] }> =>
  page.evaluate(() => (window as unknown as { waits: { timers: number[]; signals: number[] } }).waits);

/** Two frames and what they caused. */
export const settle = (page: Page): Promise<unknown> =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  );

export interface Reported {
  readonly token: string;
  readonly kind: string;
  readonly goal?: string;
}

interface Pages {
  readonly browser: Browser;
  readonly double: Double;
  /** Opens a page that is closed after its test. */
  readonly open: (options: OpenOptions) => Promise<Opened>;
  readonly show: (options: OpenOptions) => Promise<Page>;
  /** Closes the pages of this test before others are opened. */
  readonly close: () => Promise<void>;
  /** Content by placement; what is not here gets none. */
  readonly decide: (contents: Record<string, unknown>) => void;
  /** Requests to one endpoint, and what they said. */
  readonly of: (endpoint: Endpoint) => Received[];
  readonly bodies: (endpoint: Endpoint) => Received['body'][];
  readonly asked: () => Received[];
  readonly exposures: () => Reported[];
  /** What was told of decisions, as `placement exposure` or `placement goal`. */
  readonly reported: () => string[];
}

interface Checks {
  /** Whether a request against the contract fails its test. */
  readonly requests?: boolean;
  /** Whether an error on a page does; a file without it looks at them itself. */
  readonly errors?: boolean;
}

/**
 * Starts a browser and a double for the file that awaits this at its top; the double is as new for each test. After it the pages that it
 * opened here are closed, no request was against the contract, and none of the pages had an error.
 */
export async function usePages({ requests = true, errors = true }: Checks = {}): Promise<Pages> {
  const [browser, double] = await Promise.all([launchBrowser(), startDouble()]);
  let opened: Opened[] = [];
  const close = async () => {
    for (const { context } of opened) await context.close();
  };
  beforeEach(() => {
    double.reset();
    opened = [];
  });
  afterEach(async () => {
    await close();
    if (requests) expect(double.received.map(({ problem }) => problem).filter(Boolean)).toEqual([]);
    if (errors) expect(opened.flatMap((one) => one.errors)).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await double.close();
  });
  const openHere = async (options: OpenOptions) => {
    const one = await open(browser, double, options);
    opened.push(one);
    return one;
  };
  const of = (endpoint: Endpoint) => double.received.filter((request) => request.endpoint === endpoint);
  const bodies = (endpoint: Endpoint) => of(endpoint).map(({ body }) => body);
  const exposures = (): Reported[] => bodies('feedback').flatMap(({ events }) => events);
  return {
    browser,
    double,
    close,
    open: openHere,
    show: async (options) => (await openHere(options)).page,
    decide: (contents) => {
      double.decisions = Object.fromEntries(
        Object.entries(contents).map(([id, content]) => [
          id,
          { outcome: 'campaign', decisionId: `d-${id}`, content: content as never },
        ]),
      );
    },
    of,
    bodies,
    asked: () => of('optimize'),
    exposures,
    reported: () => exposures().map(({ token, kind, goal }) => `${token.split('.')[1]} ${goal ?? kind}`),
  };
}

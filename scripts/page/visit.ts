/** One visit of a page in Chromium, measured from inside and by the browser's own trace. */
import type { Browser, Page } from 'playwright-core';

export interface Visit {
  /** Sum of the layout shifts that no input explains, as the Cumulative Layout Shift counts them. */
  readonly layoutShift: number;
  /** The part of it from the first decision on the page onwards, whatever moved: all that the script can have caused. */
  readonly shiftAfterDecision: number;
  /** Longest run of code from a file of the page script, milliseconds of the main thread. */
  readonly longestTaskMs: number;
  /** From asking to the end of the answer; 0 without the script. */
  readonly roundTripMs: number;
  /** From asking to the changed text on the page; 0 without the script. */
  readonly renderedMs: number;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What a page sees of itself until its placement has changed, and a little longer: shifts come with the next frames. */
const SETTLE_MS = 600;
/** The page waits for an answer for 300 ms; past this nothing comes any more. */
const MAX_WAIT_MS = 3_000;

interface Trace {
  readonly traceEvents: readonly {
    readonly name: string;
    readonly dur?: number;
    readonly args?: { readonly data?: { readonly url?: string } };
  }[];
}

/** Files that are ours: the entry and its parts, at the root of the API's origin. */
const OURS = /^https?:\/\/[^/]+\/(v\/[^/]+\/)?[a-z-]+\.js$/;

function longestTask(trace: Trace): number {
  const ours = trace.traceEvents.filter(
    ({ name, args }) => /^(EvaluateScript|FunctionCall)$/.test(name) && OURS.test(args?.data?.url ?? ''),
  );
  return Math.max(0, ...ours.map(({ dur = 0 }) => dur / 1_000));
}

interface LayoutShift {
  readonly hadRecentInput: boolean;
  readonly value: number;
}
interface Seen {
  readonly shifts: { readonly at: number; readonly value: number }[];
  changedAt: number;
}

/** Runs in the page before anything else: notes shifts and the moment the placement's words change. */
function observe(): void {
  const seen: Seen = { shifts: [], changedAt: 0 };
  Object.assign(window, { measured: seen });
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, startTime, value } of list.getEntries() as (PerformanceEntry & LayoutShift)[])
      if (!hadRecentInput) seen.shifts.push({ at: startTime, value });
  }).observe({ type: 'layout-shift', buffered: true });
  addEventListener('hyperedge:decision', () => {
    seen.changedAt ||= performance.now(); // told when the placements have been rendered
  });
}

async function readPage(page: Page): Promise<Omit<Visit, 'longestTaskMs'>> {
  return page.evaluate(() => {
    const { shifts, changedAt } = (window as unknown as { measured: Seen }).measured;
    const sum = (from: number) => shifts.reduce((total, { at, value }) => total + (at >= from ? value : 0), 0);
    const shift = { layoutShift: sum(0), shiftAfterDecision: changedAt ? sum(changedAt) : 0 };
    const asked = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/v1/optimize')) as
      | PerformanceResourceTiming
      | undefined;
    if (!asked) return { ...shift, roundTripMs: 0, renderedMs: 0 };
    return {
      ...shift,
      roundTripMs: asked.responseEnd - asked.startTime,
      renderedMs: changedAt - asked.startTime,
    };
  });
}

/** A desk's screen unless another is named; the script unless it is kept away. */
export interface VisitOptions {
  readonly hasScript: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Visits as a new visitor who has chosen nothing yet. */
export async function visit(browser: Browser, address: string, options: VisitOptions): Promise<Visit> {
  const { hasScript, viewport = { width: 1_280, height: 800 } } = options;
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.addInitScript(observe);
  if (!hasScript) await page.route('**/hyperedge.js', (route) => route.abort());
  await browser.startTracing(page, { categories: ['devtools.timeline', 'v8.execute'] });
  await page.goto(address);
  const isDecided = () => (window as unknown as { measured: { changedAt: number } }).measured.changedAt > 0;
  if (hasScript) await page.waitForFunction(isDecided, undefined, { timeout: MAX_WAIT_MS });
  await page.waitForTimeout(SETTLE_MS);
  const facts = await readPage(page);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as Trace;
  await context.close();
  return { ...facts, longestTaskMs: longestTask(trace) };
}

/** One visit of a page in Chromium, measured from inside and by the browser's own trace. */
import { type Browser, errors, type Page } from 'playwright-core';

export interface Visit {
  /** Sum of the layout shifts that no input explains, as the Cumulative Layout Shift counts them. */
  readonly layoutShift: number;
  /** The part of it from the first decision on the page onwards, whatever moved: all that the script can have caused. */
  readonly shiftAfterDecision: number;
  /** Whether a decision was told in time; without one there is neither a round trip nor a rendering. */
  readonly isDecided: boolean;
  /** Longest run of code, milliseconds of the main thread: see {@link longestTask} for whose. */
  readonly longestTaskMs: number;
  /** The most processor time that one of them took: what is left of it where the machine does nothing else. */
  readonly dearestTaskMs: number;
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

export interface Trace {
  readonly traceEvents: readonly {
    readonly name: string;
    /** Microseconds from begin to end, and those of them that its thread ran. */
    readonly dur?: number;
    readonly tdur?: number;
    readonly pid?: number;
    readonly args?: { readonly fileName?: string; readonly data?: { readonly url?: string } };
  }[];
}

/** Files that are ours: the entry and its parts, at the root of the API's origin. */
const OURS = /^https?:\/\/[^/]+\/(v\/[^/]+\/)?[a-z-]+\.js$/;

/** What a trace says of a run with its address … */
const NAMED = /^(EvaluateScript|FunctionCall|v8\.compileModule)$/;
/** … and what it says without: promises that were waited for, and the bodies of lazy parts. */
const UNNAMED = /^(RunMicrotasks|v8\.evaluateModule)$/;

/**
 * The longest run of code of the page script, in milliseconds by the clock or of its thread. Runs that the trace gives no address are counted whoever's they are, the page's own among them:
 * an upper bound, beside which the same page without the script shows what is the page's.
 */
export function longestTask({ traceEvents }: Trace, by: 'dur' | 'tdur' = 'dur'): number {
  const page = traceEvents.find(({ name, args }) => NAMED.test(name) && args?.data?.url)?.pid;
  const counted = traceEvents.filter(
    ({ name, args, pid }) =>
      (NAMED.test(name) && OURS.test(args?.data?.url ?? args?.fileName ?? '')) || (UNNAMED.test(name) && pid === page),
  );
  return Math.max(0, ...counted.map((run) => (run[by] ?? 0) / 1_000));
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

async function readPage(page: Page): Promise<Omit<Visit, 'longestTaskMs' | 'dearestTaskMs' | 'isDecided'>> {
  return page.evaluate(() => {
    const { shifts, changedAt } = (window as unknown as { measured: Seen }).measured;
    const sum = (from: number) => shifts.reduce((total, { at, value }) => total + (at >= from ? value : 0), 0);
    const shift = { layoutShift: sum(0), shiftAfterDecision: changedAt ? sum(changedAt) : 0 };
    const questions = performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('/v1/optimize')) as PerformanceResourceTiming[];
    // With consent that is told a moment later a page asks twice: the one that was answered.
    const asked = questions.findLast(({ responseEnd }) => responseEnd <= changedAt) ?? questions[0];
    if (!asked) return { ...shift, roundTripMs: 0, renderedMs: 0 };
    return {
      ...shift,
      roundTripMs: asked.responseEnd - asked.startTime,
      renderedMs: changedAt - asked.startTime,
    };
  });
}

/** The first visit of all may find the runtime too cold for an answer in time. */
async function decisionComes(page: Page): Promise<boolean> {
  const isHere = () => (window as unknown as { measured: Seen }).measured.changedAt > 0;
  try {
    await page.waitForFunction(isHere, undefined, { timeout: MAX_WAIT_MS });
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}

/** A desk's screen unless another is named; the script unless it is kept away. */
export interface VisitOptions {
  readonly hasScript: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** What the visitor chose on an earlier page. */
  readonly cookie?: { readonly name: string; readonly value: string };
}

/** Visits as a new visitor, who has chosen nothing yet unless a cookie says so. A visit without a decision in time is one, too. */
export async function visit(browser: Browser, address: string, options: VisitOptions): Promise<Visit> {
  const { hasScript, cookie, viewport = { width: 1_280, height: 800 } } = options;
  const context = await browser.newContext({ viewport });
  if (cookie) await context.addCookies([{ ...cookie, url: new URL(address).origin }]);
  const page = await context.newPage();
  await page.addInitScript(observe);
  if (!hasScript) await page.route('**/hyperedge.js', (route) => route.abort());
  await browser.startTracing(page, { categories: ['devtools.timeline', 'v8', 'v8.execute'] });
  await page.goto(address);
  const isDecided = hasScript && (await decisionComes(page));
  await page.waitForTimeout(SETTLE_MS);
  const facts = await readPage(page);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as Trace;
  await context.close();
  return { ...facts, isDecided, longestTaskMs: longestTask(trace), dearestTaskMs: longestTask(trace, 'tdur') };
}

/**
 * `npm run bench:page`: what the page script costs a visitor of the demo shop, in Chromium against the real runtime: layout shift, its
 * longest task, the most processor time of a task, and how long after the answer the decision is on the page. Home, a list, a product and
 * the basket, before consent and with it, beside the same pages without the script. Prints a table for docs/reference/measurements.md:
 * medians, largest in brackets.
 * `VISITS=3` for a shorter run; `-- --json FILE` writes the medians as one flat object.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { writeFigures } from './figures.ts';
import { median, type Visit, type VisitOptions, visit } from './page/visit.ts';
import { withShop } from './shop/with-shop.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });

/** Of each kind, each page and each state of consent. */
const VISITS = Number(process.env.VISITS ?? 10);
const PHONE = { width: 390, height: 844 };
const PAGES = { home: '/demo/', gear: '/demo/gear/', product: '/demo/gear/dawn-shell/', basket: '/demo/basket/' };
/** As the shop's banner writes it. */
const AGREED = { name: 'northlight', value: 'personalization.analytics.ads' };

const KINDS = {
  with: { hasScript: true },
  without: { hasScript: false },
  phone: { hasScript: true, viewport: PHONE },
} satisfies Record<string, VisitOptions>;
type Kind = keyof typeof KINDS;

const figures: Record<string, number> = {};

const figure = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(value < 1 ? 3 : 1));
const both = (values: readonly number[]): string =>
  values.length === 0 ? '–' : `${figure(median(values))} (${figure(Math.max(...values))})`;

function row(name: string, seen: Readonly<Record<Kind, readonly Visit[]>>): string {
  const decided = seen.with.filter(({ isDecided }) => isDecided);
  const read: readonly (readonly [id: string, values: readonly number[]])[] = [
    ['without.shift', seen.without.map((one) => one.layoutShift)],
    ['with.shift', seen.with.map((one) => one.layoutShift)],
    ['with.shift_after_decision', seen.with.map((one) => one.shiftAfterDecision)],
    ['phone.shift', seen.phone.map((one) => one.layoutShift)],
    ['without.longest_task_ms', seen.without.map((one) => one.longestTaskMs)],
    ['with.longest_task_ms', seen.with.map((one) => one.longestTaskMs)],
    ['with.processor_ms', seen.with.map((one) => one.dearestTaskMs)],
    ['round_trip_ms', decided.map((one) => one.roundTripMs)],
    ['answer_to_page_ms', decided.map((one) => one.renderedMs - one.roundTripMs)],
  ];
  const id = `page.${name.replaceAll(/\W+/g, '_')}`;
  for (const [what, of] of read) figures[`${id}.${what}`] = median(of);
  const cells = [name, ...read.map(([, of]) => both(of)), `${decided.length} of ${seen.with.length}`];
  return `| ${cells.join(' | ')} |`;
}

const HEADS = [
  'page',
  'shift without the script',
  'with it',
  'from the decision on',
  'with it, phone',
  'longest task without, ms',
  'with it, ms',
  'processor time, ms',
  'round trip, ms',
  'answer to page, ms',
  'decided',
];

await withShop(
  async ({ browser, stack }) => {
    const rows: string[] = [];
    for (const [name, path] of Object.entries(PAGES))
      for (const cookie of [undefined, AGREED]) {
        const address = stack.url + path;
        const more = cookie ? { cookie } : {};
        await visit(browser, address, { hasScript: true, ...more }); // the first finds everything cold
        const seen: Record<Kind, Visit[]> = { with: [], without: [], phone: [] };
        for (let i = 0; i < VISITS; i++)
          for (const kind of Object.keys(KINDS) as Kind[])
            seen[kind].push(await visit(browser, address, { ...KINDS[kind], ...more }));
        rows.push(row(`${name}, ${cookie ? 'with' : 'before'} consent`, seen));
      }
    const [load = 0] = loadavg();
    console.log(`${VISITS} visits each, in turns; ${cpus().length} cores, load ${load.toFixed(1)}\n`);
    console.log(`| ${HEADS.join(' | ')} |\n|${'---|'.repeat(HEADS.length)}`);
    console.log(rows.join('\n'));
  },
  { DECIDE_DEADLINE_MS: '20000' },
);
writeFigures(values.json, figures);

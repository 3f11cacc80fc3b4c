/** Where pools, stocks and capacities stand, as tables with bars. */
import type { Budget, CapacityStanding, Inventory } from '../../contract/ledgers.ts';
import { momentText, NOTHING, shareText, whole } from '../performance/figures.ts';
import { counted, paint, table } from '../terminal.ts';
import { barOf, LEGEND, paintBars } from './bar.ts';

/** Everything that one look shows. */
export interface Standings {
  readonly budgets: readonly Budget[];
  readonly inventory: readonly Inventory[];
  readonly capacity: readonly CapacityStanding[];
  /** Keys of ledgers that did not answer. */
  readonly unavailable: readonly string[];
}

/** One line of a table: figures in whole units, and how they are told. */
interface Row {
  readonly title: string;
  readonly key: string;
  readonly figures: Figures;
  readonly standing: Pick<Budget, 'aheadShare' | 'alerts' | 'start' | 'end' | 'asOf'>;
  readonly told: (units: number) => string;
  readonly currency?: string;
}

interface Figures {
  readonly total: number;
  readonly configured: number;
  readonly posted: number;
  readonly pending: number;
  readonly leased: number;
  readonly remaining: number;
  readonly planned: number | null;
  readonly uncharged: number;
}

/** Text of everything; what to declare where there is nothing. */
export function formatStandings({ budgets, inventory, capacity, unavailable }: Standings): string {
  const rows = { money: budgets.map(moneyRow), things: inventory.map(thingsRow), contacts: capacity.map(contactsRow) };
  const all = [...rows.money, ...rows.things, ...rows.contacts];
  if (all.length === 0 && unavailable.length === 0)
    return 'Nothing published limits money, things or contacts: declare a pool, a stock or a capacity.\n';
  const asOf = all
    .map(({ standing }) => standing.asOf)
    .toSorted()
    .at(-1);
  return [
    ...(asOf === undefined ? [] : [`As of ${momentText(asOf)}`, '']),
    ...(all.length > 0 ? [tableOf(rows), '', paintBars(`  ${LEGEND}`)] : []),
    ...remarks(all).map((line) => paint('yellow', `  ! ${line}`)),
    ...unavailable.map((key) => paint('yellow', `  ! ${key} does not answer just now`)),
    '',
  ].join('\n');
}

interface Rows {
  readonly money: readonly Row[];
  readonly things: readonly Row[];
  readonly contacts: readonly Row[];
}

/** One table, so that its parts stand in line. */
function tableOf({ money, things, contacts }: Rows): string {
  const parts = [
    [`Budgets, ${money[0]?.currency}`, money],
    ['Stocks', things],
    ['Contacts today', contacts],
  ] as const;
  const paced = [...money, ...things, ...contacts].some(({ figures }) => figures.planned !== null);
  const used = parts.filter(([, rows]) => rows.length > 0);
  const text = table(used.flatMap(([title, rows], i) => [...(i > 0 ? [[]] : []), ...section(title, rows, paced)]));
  const heads = new Map(used.map(([title]) => [`  ${title} `, paint('bold', title)]));
  return paintBars(text)
    .split('\n')
    .map((line) => {
      const found = [...heads].find(([start]) => line.startsWith(start));
      return (found ? `  ${found[1]}${line.slice(found[0].length - 1)}` : line).trimEnd();
    })
    .join('\n');
}

function section(title: string, rows: readonly Row[], paced: boolean): readonly (readonly string[])[] {
  // Bars come last: a narrow screen cuts those and not the figures.
  const head = [title, 'spent', 'of', 'share', 'reserved', 'in hand', 'left', ...(paced ? ['plan'] : []), ''];
  const lines = rows.map(({ title: name, figures, standing, told }) => {
    const { total, posted, pending, leased, remaining } = figures;
    const share = total === 0 ? NOTHING : shareText(posted / total);
    return [
      ...[name, told(posted), told(total), share, told(pending), told(leased), told(remaining)],
      ...[...(paced ? [planText(standing.aheadShare)] : []), barOf(sharesOf(figures))],
    ];
  });
  return [head, ...lines];
}

function sharesOf({ total, posted, pending, leased, planned }: Figures) {
  if (total === 0) return { spent: 0, held: 0, planned: null };
  return { spent: posted / total, held: (pending + leased) / total, planned: planned && planned / total };
}

/** `3 % behind`; within half a percent it is on plan. */
function planText(aheadShare: number | null): string {
  if (aheadShare === null) return NOTHING;
  const percent = Math.round(Math.abs(aheadShare) * 100);
  if (percent === 0) return 'on plan';
  return `${percent} % ${aheadShare > 0 ? 'ahead' : 'behind'}`;
}

/** What a table does not show: times, posts without money, alerts that wait for somebody. */
function remarks(rows: readonly Row[]): string[] {
  const lines = rows.flatMap((row) => {
    const { key, figures, standing, told } = row;
    const { start, end, asOf } = standing;
    const unit = unitOf(row);
    return [
      ...(start !== null && asOf < start ? [`${key} opens ${momentText(start)}`] : []),
      ...(end !== null && asOf >= end ? [`${key} is over since ${momentText(end)}`] : []),
      ...(figures.total > figures.configured ? [loweredText(row)] : []),
      ...(figures.uncharged > 0
        ? [`${key}: ${told(figures.uncharged)}${unit} were seen or sent with nothing left for them`]
        : []),
    ];
  });
  const open = rows.flatMap(({ standing }) => standing.alerts ?? []).filter(({ acknowledged }) => !acknowledged);
  if (open.length > 0)
    lines.push(`${counted(open.length, 'alert')} that nobody acknowledged: npm run hyperedge -- alerts`);
  return lines;
}

const unitOf = ({ currency }: Row): string => (currency === undefined ? '' : ` ${currency}`);

/** Published, and not reached: without a word it looks as if the publish was lost. */
function loweredText(row: Row): string {
  const { key, figures, told } = row;
  const committed = `${told(figures.total)}${unitOf(row)} are spent, reserved or in hand`;
  return `${key}: ${told(figures.configured)}${unitOf(row)} are published; the total stays at what is committed: ${committed}`;
}

function moneyRow(one: Budget): Row {
  const places = one.total.amount.split('.')[1]?.length ?? 0;
  const format = new Intl.NumberFormat('en', { minimumFractionDigits: places, maximumFractionDigits: places });
  const { total, configured, posted, pending, leased, remaining, planned, uncharged } = one;
  const figures = {
    ...{
      total: total.minor,
      configured: configured.minor,
      posted: posted.minor,
      pending: pending.minor,
      leased: leased.minor,
    },
    ...{ remaining: remaining.minor, planned: planned?.minor ?? null, uncharged: uncharged.minor },
  };
  const told = (minor: number): string => format.format(minor / 10 ** places);
  return { title: one.pool, key: `pool:${one.pool}`, figures, standing: one, told, currency: one.currency };
}

function thingsRow(one: Inventory): Row {
  return { title: one.stock, key: `stock:${one.stock}`, figures: one, standing: one, told: whole };
}

function contactsRow(one: CapacityStanding): Row {
  return { title: `${one.of} ${one.id}`, key: `${one.of}:${one.id}`, figures: one, standing: one, told: whole };
}

/** Figures as people read them, and intervals as they see them. */

export type Interval = readonly [low: number, high: number];

/** Cells of a drawn interval: enough to tell a tenth of the axis apart, and a table still fits a terminal. */
const PLOT_CELLS = 24;
/** A share that is not quite none, or not quite all, is not rounded to either. */
const SMALLEST_SHARE = 0.01;

export const NOTHING = '-';

const grouped = new Intl.NumberFormat('en');

/** `1,240`. */
export function whole(count: number): string {
  return grouped.format(Math.round(count));
}

/** Text of the rates of one column, all with as many digits as its largest is told apart by. */
export interface RateTexts {
  /** `5.08 %`; `-` before the first trial. */
  readonly rate: (rate: number | null) => string;
  /** `4.12 to 6.38`, in percent. */
  readonly range: (interval: Interval) => string;
}

/** @param rates of the column, to choose the digits by: one from 10 % on, two from 1 % on, else three. */
export function rateTexts(rates: readonly (number | null)[]): RateTexts {
  const largest = Math.max(0, ...rates.map((rate) => Math.abs(rate ?? 0)));
  const digits = largest >= 0.1 || largest === 0 ? 1 : largest >= 0.01 ? 2 : 3;
  const text = (rate: number) => (rate * 100).toFixed(digits);
  return {
    rate: (rate) => (rate === null ? NOTHING : `${text(rate)} %`),
    range: ([low, high]) => `${text(low)} to ${text(high)}`,
  };
}

/** `71 %`; what is nearly none is `< 1 %`, what is nearly all `> 99 %`. */
export function shareText(share: number): string {
  if (share > 0 && share < SMALLEST_SHARE) return '< 1 %';
  if (share < 1 && share > 1 - SMALLEST_SHARE) return '> 99 %';
  return `${(share * 100).toFixed(0)} %`;
}

/** Three digits that count: `1.12`, `0.034`, `1,713`. */
export function valueText(value: number | null): string {
  if (value === null) return NOTHING;
  return Math.abs(value) >= 100 ? whole(value) : String(Number(value.toPrecision(3)));
}

/** `0.98 to 1.28`. */
export function valueRange(interval: Interval | null): string {
  return interval === null ? '' : `${valueText(interval[0])} to ${valueText(interval[1])}`;
}

/** What rewards are counted in, in words that fit the head of a column. */
export function rewardUnit({ kind, unit }: { readonly kind: string; readonly unit: string }): string {
  if (unit === 'money') return 'minor units';
  return kind === 'count' ? 'times' : unit;
}

/** `27 Nov 2026, 09:00 UTC`. */
export function momentText(iso: string): string {
  const moment = new Date(iso);
  const day = moment.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${iso.slice(11, 16)} UTC`;
}

/** An estimate and how sure it is, to be drawn; null leaves its line empty. */
export interface Drawn {
  readonly estimate: number;
  readonly interval: Interval;
}

/** The rate of a block of figures and its interval. */
export function drawnRate(block: { readonly rate: number | null; readonly credibleInterval: Interval }): Drawn | null {
  return block.rate === null ? null : { estimate: block.rate, interval: block.credibleInterval };
}

/** The estimate of a block's mean reward and its interval, where both are known. */
export function drawnReward({
  reward,
}: {
  readonly reward?: { readonly mean: number | null; readonly interval: Interval | null } | undefined;
}): Drawn | null {
  const { mean = null, interval = null } = reward ?? {};
  return mean === null || interval === null ? null : { estimate: mean, interval };
}

/**
 * Intervals on one axis, a line for each: `  ├───●────┤    `. The axis reaches from the lowest end to the highest.
 *
 * @param mark a value of the axis that is drawn in every line, such as 1 for "no effect"
 */
export function drawIntervals(rows: readonly (Drawn | null)[], mark?: number): string[] {
  const all = rows.flatMap((row) => (row ? [...row.interval, row.estimate] : []));
  if (mark !== undefined) all.push(mark);
  const [from, to] = [Math.min(...all), Math.max(...all)];
  const cellOf = (value: number): number =>
    to > from ? Math.round(((value - from) / (to - from)) * (PLOT_CELLS - 1)) : 0;
  return rows.map((row) => {
    const cells = new Array<string>(PLOT_CELLS).fill(' ');
    const ends = row?.interval.map(cellOf) as [number, number] | undefined;
    if (ends) cells.fill('─', ends[0], ends[1] + 1);
    if (mark !== undefined) cells[cellOf(mark)] = '┊';
    if (!row || !ends) return cells.join('');
    cells[ends[0]] = '├';
    cells[ends[1]] = '┤';
    cells[cellOf(row.estimate)] = '●';
    return cells.join('');
  });
}

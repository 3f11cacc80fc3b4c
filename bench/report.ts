/** Times as a table that people read: each in the unit that suits it. */
import type { BenchFigure, BenchRow } from './clock.ts';

/** From here on milliseconds are easier to read. */
const MS_FROM_US = 1_000;

/** Three digits that count: `0.62 µs`, `18.4 µs`, `23.3 ms`. @param timeUs microseconds, not negative */
export function timeText(timeUs: number): string {
  const [time, unit] = timeUs < MS_FROM_US ? [timeUs, 'µs'] : [timeUs / MS_FROM_US, 'ms'];
  const digits = time < 9.995 ? 2 : time < 99.95 ? 1 : 0;
  return `${time.toFixed(digits)} ${unit}`;
}

/** The rows as lines, numbers to the right, below a head; nothing where there are none. */
export function benchTable(rows: readonly BenchRow[]): string {
  if (rows.length === 0) return '';
  const head = ['in process', 'median', '95 %', 'fastest'] as const;
  const cells = rows.map(({ what, time: { median, p95, fastest } }) => {
    return [what, timeText(median), p95 === undefined ? '' : timeText(p95), timeText(fastest)] as const;
  });
  return linesOf([head, ...cells]);
}

/** The same for what is no time. */
export function figureTable(figures: readonly BenchFigure[]): string {
  return linesOf(figures.map(({ what, value, unit }) => [what, `${Math.round(value).toLocaleString('en')} ${unit}`]));
}

/** Columns as wide as their widest cell: the first to the left, the others to the right. */
function linesOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const cell = (text: string, i: number): string => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!));
  return rows.map((row) => `  ${row.map(cell).join('  ')}\n`).join('');
}

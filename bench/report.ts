/** Times as a table that people read: each in the unit that suits it. */
import type { BenchRow } from './clock.ts';

/** From here on milliseconds are easier to read. */
const MS_FROM_US = 1_000;

/** Three digits that count: `0.62 µs`, `18.4 µs`, `23.3 ms`. @param timeUs microseconds, not negative */
export function timeText(timeUs: number): string {
  const [time, unit] = timeUs < MS_FROM_US ? [timeUs, 'µs'] : [timeUs / MS_FROM_US, 'ms'];
  const digits = time < 9.995 ? 2 : time < 99.95 ? 1 : 0;
  return `${time.toFixed(digits)} ${unit}`;
}

/** The rows as lines, numbers to the right, below a head. */
export function benchTable(rows: readonly BenchRow[]): string {
  const head = ['in process', 'median', 'fastest'] as const;
  const cells = [head, ...rows.map(({ what, time }) => [what, timeText(time.median), timeText(time.fastest)] as const)];
  const [whats, medians, fastest] = [0, 1, 2].map((i) => Math.max(...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    `  ${row[0]!.padEnd(whats!)}  ${row[1]!.padStart(medians!)}  ${row[2]!.padStart(fastest!)}\n`;
  return cells.map(line).join('');
}

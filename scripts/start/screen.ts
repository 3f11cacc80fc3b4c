/** What `npm start` shows: one line per step while it lasts, then one screen that stays. */
import { styleText } from 'node:util';
import { clip } from '../terminal.mjs';

type Style = Parameters<typeof styleText>[0];

/** Refreshes of the running step's line. */
const TICK_MS = 100;
/** Steps faster than this are not worth a figure. */
const NOTABLE_MS = 400;
/** Every line begins with two blanks. */
const MARGIN = 2;
/** Where the width of the terminal is not known. */
const USUAL_COLUMNS = 80;
const columns = (): number => process.stdout.columns ?? USUAL_COLUMNS;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true });
}

/** Runs one step under its title; its line shows that it lives, and how long it took when that is worth telling. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const live = process.stdout.isTTY === true;
  let frame = 0;
  const draw = () => {
    const seconds = (performance.now() - startedMs) / 1_000;
    const line = clip(`${FRAMES[frame++ % FRAMES.length]} ${title} ${seconds.toFixed(0)} s`, columns() - MARGIN);
    process.stdout.write(`\r\u001b[K  ${paint('cyan', line.slice(0, 1))}${line.slice(1)}`);
  };
  const ticker = live ? setInterval(draw, TICK_MS) : undefined;
  try {
    const result = await work();
    const tookMs = performance.now() - startedMs;
    const time = tookMs >= NOTABLE_MS ? paint('gray', `  ${(tookMs / 1_000).toFixed(1)} s`) : '';
    process.stdout.write(`${live ? '\r\u001b[K' : ''}  ${paint('green', '✓')} ${title}${time}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${live ? '\r\u001b[K' : ''}  ${paint('red', '✗')} ${title}\n`);
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

/** One line of a panel. */
export type Row = readonly [label: string, value: string];

/** The addresses and files that matter: label and value beside each other, an empty line between groups, all values in one column. */
export function panel(groups: readonly (readonly Row[])[]): string {
  const width = Math.max(...groups.flat().map(([label]) => label.length));
  const line = ([label, value]: Row) => `  ${paint('gray', label.padEnd(width))}  ${value}`;
  return groups.map((rows) => rows.map(line).join('\n')).join('\n\n');
}

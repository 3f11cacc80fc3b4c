/** What `npm start` shows: one line per step while it lasts, then one screen that stays. */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Refreshes of the running step's line. */
const TICK_MS = 100;
/** Steps faster than this are not worth a figure. */
const NOTABLE_MS = 400;
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
    process.stdout.write(
      `\r\u001b[K  ${paint('cyan', FRAMES[frame++ % FRAMES.length]!)} ${title} ${seconds.toFixed(0)} s`,
    );
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

/** The addresses and files that matter, label and value beside each other. */
export function panel(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${paint('gray', label.padEnd(width))}  ${value}`).join('\n');
}

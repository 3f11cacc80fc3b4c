/** What the commands write to a terminal: colours and progress where a person looks, plain lines everywhere else. */
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Redraws a second: smooth to the eye, and nothing to the work that is measured. */
const REDRAWS_PER_S = 10;
const BAR_CELLS = 30;

/** Paints text when the stream is a terminal that shows colours (NO_COLOR is honoured). */
export function paint(style: Style, text: string, stream: WriteStream = process.stdout): string {
  return styleText(style, text, { stream, validateStream: true });
}

/** `1 document`, `2 documents`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** A progress bar on standard error: silent unless that is a terminal, gone when it is done. */
export interface Progress {
  /** @param done of `total`. */
  update(done: number, total: number, note?: string): void;
  end(): void;
}

/** @param nowMs a clock; the bar redraws at most {@link REDRAWS_PER_S} times a second of it. */
export function progressBar(
  label: string,
  stream: WriteStream = process.stderr,
  nowMs: () => number = Date.now,
): Progress {
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  return {
    update(done, total, note = '') {
      const at = nowMs();
      if (!stream.isTTY || at - drawnAtMs < 1_000 / REDRAWS_PER_S) return;
      drawnAtMs = at;
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const filled = Math.round(share * BAR_CELLS);
      const bar = paint('cyan', '━'.repeat(filled), stream) + paint('gray', '━'.repeat(BAR_CELLS - filled), stream);
      stream.write(`\r\u001b[K  ${label} ${bar} ${String(Math.round(share * 100)).padStart(3)} % ${note}`);
    },
    end() {
      if (stream.isTTY) stream.write('\r\u001b[K');
    },
  };
}

/** A table with its first column to the left and the others to the right, two spaces between. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return rows.map((row) => `  ${line(row).trimEnd()}`).join('\n');
}

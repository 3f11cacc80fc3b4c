/** Comma-separated logs, plain or gzipped, row by row: RFC 4180 with quotes, any line ends, a header first. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommandFailure } from '../failure.ts';

/** A row with more than a megabyte is not a log but a file without line ends, or with a quote that is never closed. */
const MAX_ROW_CHARS = 1_048_576;
const MAX_COLUMNS = 10_000;

export interface CsvRow {
  /** Line on which the row begins, from 1; the header's is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** What the reader is in the middle of. */
interface ReaderState {
  line: number;
  rowLine: number;
  cells: string[];
  cell: string;
  /** Characters of the row so far. */
  length: number;
  quoted: boolean;
  /** Inside quotes the last character was a quote: the end of them, or the first half of a doubled one. */
  quoteEnded: boolean;
  /** The cell has begun, with a quote or without. */
  begun: boolean;
  carriageReturn: boolean;
}

/** Rows of CSV text that comes in pieces. Blank lines are left out. Throws CommandFailure with `file:line`. */
export async function* parseCsv(file: string, chunks: AsyncIterable<string>): AsyncGenerator<CsvRow> {
  const state: ReaderState = {
    line: 1,
    rowLine: 1,
    cells: [],
    cell: '',
    length: 0,
    quoted: false,
    quoteEnded: false,
    begun: false,
    carriageReturn: false,
  };
  let first = true;
  for await (const chunk of chunks) {
    // The mark that some spreadsheets put first is no part of the first column's name.
    const text = first && chunk.startsWith('\ufeff') ? chunk.slice(1) : chunk;
    first = false;
    for (const char of text) {
      const row = step(file, state, char);
      if (row) yield row;
    }
  }
  if (state.quoted && !state.quoteEnded) throw new CommandFailure(`${file}:${state.rowLine}: a quote is never closed`);
  const last = endRow(state);
  if (last) yield last;
}

/** Rows of a file; gzip is told by its first bytes, whatever the name. */
export async function* readCsv(file: string): AsyncGenerator<CsvRow> {
  const zipped = isGzip(file);
  const stream = createReadStream(file);
  const text: Readable = zipped ? stream.on('error', (error) => text.destroy(error)).pipe(createGunzip()) : stream;
  text.setEncoding('utf8');
  try {
    yield* parseCsv(file, text);
  } catch (error) {
    if (error instanceof CommandFailure || !(error instanceof Error)) throw error;
    throw new CommandFailure(`${file}: cannot be read: ${error.message}`);
  }
}

function isGzip(file: string): boolean {
  const head = Buffer.alloc(2);
  try {
    const fd = openSync(file, 'r');
    try {
      readSync(fd, head, 0, 2, 0);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new CommandFailure(`${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Takes one character; returns the row that it ends. */
function step(file: string, state: ReaderState, char: string): CsvRow | undefined {
  if (++state.length > MAX_ROW_CHARS) {
    throw new CommandFailure(`${file}:${state.rowLine}: this row is longer than ${MAX_ROW_CHARS} characters`);
  }
  const afterReturn = state.carriageReturn;
  state.carriageReturn = false;
  if (state.quoted && !state.quoteEnded) {
    if (char === '"') state.quoteEnded = true;
    else {
      state.cell += char;
      if (char === '\n') state.line++;
    }
    return undefined;
  }
  if (char === '"') return quote(file, state);
  if (char === ',') {
    endCell(state);
    if (state.cells.length > MAX_COLUMNS) {
      throw new CommandFailure(`${file}:${state.rowLine}: more than ${MAX_COLUMNS} columns`);
    }
    return undefined;
  }
  if (char === '\n' || char === '\r') {
    // CR LF is one line end; the LF alone would make an empty row.
    if (char === '\n' && afterReturn) {
      state.rowLine = state.line;
      state.length = 0;
      return undefined;
    }
    state.carriageReturn = char === '\r';
    state.line++;
    return endRow(state);
  }
  if (state.quoteEnded) {
    throw new CommandFailure(
      `${file}:${state.line}: column ${state.cells.length + 1}: "${char}" after a closing quote; only a comma may follow`,
    );
  }
  state.begun = true;
  state.cell += char;
  return undefined;
}

function quote(file: string, state: ReaderState): undefined {
  if (state.quoteEnded) {
    // Doubled: one quote of the text, and the quotes are still open.
    state.quoteEnded = false;
    state.cell += '"';
  } else if (state.begun) {
    throw new CommandFailure(
      `${file}:${state.line}: column ${state.cells.length + 1}: a quote inside an unquoted cell`,
    );
  } else {
    state.quoted = true;
    state.begun = true;
  }
}

function endCell(state: ReaderState): void {
  state.cells.push(state.cell);
  state.cell = '';
  state.quoted = false;
  state.quoteEnded = false;
  state.begun = false;
}

function endRow(state: ReaderState): CsvRow | undefined {
  const blank = state.cells.length === 0 && !state.begun;
  endCell(state);
  const row = { line: state.rowLine, cells: state.cells };
  state.cells = [];
  state.length = 0;
  state.rowLine = state.line;
  return blank ? undefined : row;
}

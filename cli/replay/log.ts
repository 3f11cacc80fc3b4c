/** A log in memory, as a replay plays it: per row what was shown, what came of it, and the row's attributes. */
import { CommandFailure } from '../failure.ts';
import type { CsvRow } from './csv.ts';
import type { ReplayMap } from './map.ts';

/** Rows are kept in memory, about 100 bytes each, so that several runs read the file once. */
const MAX_ROWS = 5_000_000;

export interface LogRow {
  /** Index of the arm that was shown; -1 when every arm's outcome is known. */
  readonly shown: number;
  /** Reward of the shown arm, or of every arm in the campaign's order; 0 or more. */
  readonly rewards: readonly number[];
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** Reads rows by the map. Throws CommandFailure with `file:line` and the column for the first cell that does not fit. */
export async function readLog(file: string, rows: AsyncIterable<CsvRow>, map: ReplayMap): Promise<LogRow[]> {
  let read: ((row: CsvRow) => LogRow) | undefined;
  let width = 0;
  const log: LogRow[] = [];
  for await (const row of rows) {
    if (!read) {
      width = row.cells.length;
      read = rowReader(file, row.cells, map);
      continue;
    }
    if (row.cells.length !== width) {
      throw new CommandFailure(`${file}:${row.line}: ${row.cells.length} columns, the header has ${width}`);
    }
    if (log.length === MAX_ROWS) throw new CommandFailure(`${file}: more than ${MAX_ROWS} rows`);
    log.push(read(row));
  }
  if (log.length === 0) throw new CommandFailure(`${file}: holds no rows`);
  return log;
}

type Cell = (row: CsvRow) => string;

function rowReader(file: string, header: readonly string[], map: ReplayMap): (row: CsvRow) => LogRow {
  const cellOf = (column: string): Cell => {
    const index = header.indexOf(column);
    if (index !== header.lastIndexOf(column)) throw new CommandFailure(`${file}:1: has two columns "${column}"`);
    if (index < 0) throw new CommandFailure(`${file}:1: has no column "${column}", only ${header.join(', ')}`);
    return (row) => row.cells[index]!;
  };
  const attributes = Object.entries(map.attributes).map(([name, { column, type }]) => {
    const cell = cellOf(column);
    return [name, (row: CsvRow) => convert(file, row, column, cell(row), type)] as const;
  });
  const attributesOf = (row: CsvRow) => Object.fromEntries(attributes.map(([name, read]) => [name, read(row)]));
  const rewardReader = (column: string) => {
    const cell = cellOf(column);
    return (row: CsvRow) => rewardOf(file, row, column, cell(row));
  };
  const armIds = map.campaign.arms.map((arm) => arm.id);
  if (map.mode === 'full-feedback') {
    const rewards = armIds.map((armId) => rewardReader(map.rewards[armId]!));
    return (row) => ({ shown: -1, rewards: rewards.map((reward) => reward(row)), attributes: attributesOf(row) });
  }
  const arms = new Map(Object.entries(map.arms.values).map(([value, armId]) => [value, armIds.indexOf(armId)]));
  const shownCell = cellOf(map.arms.column);
  const reward = rewardReader(map.reward.column);
  return (row) => {
    const shown = arms.get(shownCell(row));
    if (shown === undefined) {
      throw new CommandFailure(
        `${file}:${row.line}: column "${map.arms.column}": "${shownCell(row)}" is not one of ${[...arms.keys()].join(', ')}`,
      );
    }
    return { shown, rewards: [reward(row)], attributes: attributesOf(row) };
  };
}

function rewardOf(file: string, row: CsvRow, column: string, text: string): number {
  const reward = toNumber(text);
  if (reward === undefined || reward < 0) {
    throw new CommandFailure(`${file}:${row.line}: column "${column}": "${text}" is not a number of 0 or more`);
  }
  return reward;
}

function convert(file: string, row: CsvRow, column: string, text: string, type: 'string' | 'number' | 'boolean') {
  if (type === 'string') return text;
  if (type === 'boolean') {
    if (/^(1|true)$/i.test(text)) return true;
    if (/^(0|false)$/i.test(text)) return false;
  }
  const value = type === 'number' ? toNumber(text) : undefined;
  if (value === undefined) throw new CommandFailure(`${file}:${row.line}: column "${column}": "${text}" is no ${type}`);
  return value;
}

/** Decimal numbers only: neither blank nor hexadecimal text is one. */
function toNumber(text: string): number | undefined {
  const value = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;
  // 1e309 reads as infinity.
  return Number.isFinite(value) ? value : undefined;
}

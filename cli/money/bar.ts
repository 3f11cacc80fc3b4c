/** The accounts of a ledger as a bar: what is spent, what is promised or in hand, what is left, and where the plan is. */
import { paint } from '../terminal.ts';

/** Cells of a bar: with them a table of money is still as wide as a page of the guides. */
export const BAR_CELLS = 12;

const SPENT = '█';
const HELD = '▒';
const LEFT = '·';
const PLAN = '┃';

/** Shares of the total: `spent` + `held` ≤ 1; `planned` is null where nothing is paced. */
export interface BarShares {
  readonly spent: number;
  readonly held: number;
  readonly planned: number | null;
}

/** `█████▒▒···┃····`: what is a little above nothing has a cell, and what is not quite all leaves one. */
export function barOf({ spent, held, planned }: BarShares): string {
  const spentCells = cellsOf(spent);
  const both = Math.max(cellsOf(spent + held), Math.min(BAR_CELLS, spentCells + (held > 0 ? 1 : 0)));
  const cells = [...(SPENT.repeat(spentCells) + HELD.repeat(both - spentCells) + LEFT.repeat(BAR_CELLS - both))];
  if (planned !== null) cells[Math.min(BAR_CELLS - 1, Math.floor(planned * BAR_CELLS))] = PLAN;
  return cells.join('');
}

function cellsOf(share: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return BAR_CELLS;
  return Math.min(BAR_CELLS - 1, Math.max(1, Math.round(share * BAR_CELLS)));
}

/** What the parts of a bar mean, in one line. */
export const LEGEND = `${SPENT} spent   ${HELD} reserved or in hand   ${LEFT} left   ${PLAN} plan by now`;

/** Colours the bars of a finished text; nothing changes where no terminal shows colours. */
export function paintBars(text: string): string {
  return text
    .replaceAll(/█+/g, (cells) => paint('cyan', cells))
    .replaceAll(/▒+/g, (cells) => paint('yellow', cells))
    .replaceAll(/·+/g, (cells) => paint('gray', cells))
    .replaceAll(PLAN, (cell) => paint('bold', cell));
}

/** What a shard has committed since its tables were last brought up to date: its sums as they are now, and how far sources are counted. */
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { Changes } from './changes.ts';
import { SELECTED, type StatisticsRow, statisticsOf } from './columns.ts';
import { CountedSources } from './counted-sources.ts';
import {
  MAX_REPORT_CELLS,
  MAX_REPORT_ELEMENTS,
  MAX_REPORT_VECTORS,
  type StatisticsCell,
  type VectorCell,
} from './protocol.ts';
import { addSaturating, parseVector } from './vectors.ts';

/** Something with the commit that changed it last. */
export interface Changed<T> {
  readonly value: T;
  readonly changedSeq: number;
}

/** What a report holds: cells and vectors, and the last commit among theirs. */
export interface Page {
  readonly seq: number;
  readonly cells: readonly StatisticsCell[];
  readonly vectors: readonly VectorCell[];
}

export class Unfolded {
  readonly cells = new Map<string, Changed<StatisticsCell>>();
  readonly vectors = new Map<string, Changed<VectorCell>>();
  readonly sources = new CountedSources();
  /** Elements of all vectors. */
  elements = 0;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Adds a commit; what the tables hold of its cells is read once. */
  absorb(changes: Changes, changedSeq: number): void {
    for (const [key, { leaf, arm, hour, statistics }] of changes.cells) {
      const before = this.cells.get(key)?.value.statistics ?? this.#cellOnDisk(leaf, arm, hour);
      this.cells.set(key, { value: { leaf, arm, hour, statistics: addStatistics(before, statistics) }, changedSeq });
    }
    for (const [key, vector] of changes.vectors) {
      const known = this.vectors.get(key)?.value.sums;
      if (!known) this.elements += vector.sums.length;
      const before = known ?? this.#vectorOnDisk(vector);
      const sums = before ? addSaturating(before, vector.sums) : vector.sums;
      this.vectors.set(key, { value: { ...vector, sums }, changedSeq });
    }
    for (const [source, to] of changes.sources) this.sources.note(source, to);
  }

  /** The oldest changes after `ackedSeq`, as many as a report holds; ends between two commits, of which each fits. */
  page(ackedSeq: number): Page | null {
    const after = <T>(all: Iterable<Changed<T>>) =>
      [...all]
        .filter(({ changedSeq }) => changedSeq > ackedSeq)
        .sort((one, other) => one.changedSeq - other.changedSeq);
    const [cells, vectors] = [after(this.cells.values()), after(this.vectors.values())];
    const cutSeq = Math.min(cells[MAX_REPORT_CELLS]?.changedSeq ?? Number.MAX_SAFE_INTEGER, firstBeyond(vectors));
    const [toldCells, toldVectors] = [before(cells, cutSeq), before(vectors, cutSeq)];
    const seq = Math.max(toldCells.at(-1)?.changedSeq ?? 0, toldVectors.at(-1)?.changedSeq ?? 0);
    if (seq === 0) return null;
    return { seq, cells: toldCells.map(({ value }) => value), vectors: toldVectors.map(({ value }) => value) };
  }

  #cellOnDisk(leaf: string, arm: string, hour: number) {
    const text = `SELECT ${SELECTED} FROM cells WHERE leaf = ? AND arm = ? AND hour = ?`;
    const row = this.#sql.exec<StatisticsRow>(text, leaf, arm, hour).toArray()[0];
    return row ? statisticsOf(row) : emptyStatistics;
  }

  #vectorOnDisk({ leaf, arm, hour, name, sums }: VectorCell): readonly number[] | undefined {
    const text = 'SELECT sums FROM vectors WHERE leaf = ? AND arm = ? AND hour = ? AND name = ? AND length = ?';
    const row = this.#sql.exec<{ sums: string }>(text, leaf, arm, hour, name, sums.length).toArray()[0];
    return row && parseVector(row.sums);
  }
}

function before<T>(changed: readonly Changed<T>[], cutSeq: number): readonly Changed<T>[] {
  return changed.filter(({ changedSeq }) => changedSeq < cutSeq);
}

/** The commit of the first vector that a report has no room for. */
function firstBeyond(vectors: readonly Changed<VectorCell>[]): number {
  let elements = 0;
  for (const [i, { value, changedSeq }] of vectors.entries()) {
    elements += value.sums.length;
    if (i >= MAX_REPORT_VECTORS || elements > MAX_REPORT_ELEMENTS) return changedSeq;
  }
  return Number.MAX_SAFE_INTEGER;
}

/** What deliveries change, added up until it is committed: cells, named sums, and how far each source is counted. */
import { areMoments } from '../../decisioning/bandits/linear/moments.ts';
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { Verdict } from '../../decisioning/limits/network-trials.ts';
import { blockOf } from './blocks.ts';
import { statisticsFrom, valuesOf } from './columns.ts';
import { CountedSources, TIMELESS } from './counted-sources.ts';
import {
  type Delivery,
  MAX_REPORT_CELLS,
  MAX_REPORT_ELEMENTS,
  MAX_REPORT_VECTORS,
  type StatisticsCell,
  type StatisticsEvent,
  type VectorCell,
} from './protocol.ts';
import { addSaturating } from './vectors.ts';

/** A cell's key among others; names are told apart by their lengths, whatever they hold. */
export function cellKey(leaf: string, arm: string, hour: number): string {
  return `${leaf.length}:${leaf}${arm.length}:${arm}${hour}`;
}

/** A vector's key among others. */
export function vectorKey({ leaf, arm, hour, name, sums }: VectorCell): string {
  return `${cellKey(leaf, arm, hour)}:${sums.length}:${name}`;
}

/** Changes that are one commit. */
export class Changes {
  readonly cells = new Map<string, StatisticsCell>();
  readonly vectors = new Map<string, VectorCell>();
  readonly sources = new CountedSources();
  /** Elements of all vectors. */
  #elements = 0;

  get isEmpty(): boolean {
    return this.sources.size === 0;
  }

  /** Whether a delivery fits beside what is here: what one commit changes must fit into one report. */
  hasRoomFor({ events }: Delivery): boolean {
    if (this.isEmpty) return true;
    let [vectors, elements] = [this.vectors.size, this.#elements];
    for (const { sums } of events)
      for (const vector of Object.values(sums ?? {})) {
        vectors += 1;
        elements += vector.length;
      }
    return (
      this.cells.size + events.length <= MAX_REPORT_CELLS &&
      vectors <= MAX_REPORT_VECTORS &&
      elements <= MAX_REPORT_ELEMENTS
    );
  }

  /** Adds an event of a source. */
  add(source: string, event: StatisticsEvent): void {
    const { leaf, arm, hour, change, seq, atMs } = event;
    const key = cellKey(leaf, arm, hour);
    const statistics = addStatistics(this.cells.get(key)?.statistics ?? emptyStatistics, change);
    this.cells.set(key, { leaf, arm, hour, statistics });
    if (event.sums) this.#addSums(event, event.sums);
    this.sources.note(source, { seq, blocks: [atMs === undefined ? TIMELESS : blockOf(atMs)] });
  }

  #addSums({ leaf, arm, hour: ofEvent, momentsHour = ofEvent }: StatisticsEvent, named: StatisticsEvent['sums'] & {}) {
    for (const [name, sums] of Object.entries(named)) {
      const vector = { leaf, arm, hour: areMoments(name) ? momentsHour : ofEvent, name, sums };
      const key = vectorKey(vector);
      const before = this.vectors.get(key)?.sums;
      if (!before) this.#elements += sums.length;
      this.vectors.set(key, before ? { ...vector, sums: addSaturating(before, sums) } : vector);
    }
  }
}

/** A commit as its row holds it: lists, so that names are not written again and again. */
interface Body {
  readonly acked: number;
  readonly cells: readonly (readonly [leaf: string, arm: string, hour: number, ...sums: number[]])[];
  readonly vectors: readonly (readonly [
    leaf: string,
    arm: string,
    hour: number,
    name: string,
    sums: readonly number[],
  ])[];
  readonly sources: readonly (readonly [source: string, seq: number, ...blocks: number[]])[];
  /** Absent where no network told of a new trial, and from versions of before. */
  readonly verdicts?: readonly Verdict[];
}

/** Text of a commit; `acked` is how far the root has heard, `verdicts` what it changed of networks. */
export function textOf({ cells, vectors, sources }: Changes, acked: number, verdicts: readonly Verdict[]): string {
  const body: Body = {
    acked,
    cells: Array.from(cells.values(), ({ leaf, arm, hour, statistics }) => [leaf, arm, hour, ...valuesOf(statistics)]),
    vectors: Array.from(vectors.values(), ({ leaf, arm, hour, name, sums }) => [leaf, arm, hour, name, sums]),
    sources: Array.from(sources, ([source, { seq, blocks }]) => [source, seq, ...blocks]),
    ...(verdicts.length > 0 && { verdicts }),
  };
  return JSON.stringify(body);
}

/** What a text says. */
export function changesOf(text: string): {
  readonly changes: Changes;
  readonly acked: number;
  readonly verdicts: readonly Verdict[];
} {
  const { acked, cells, vectors, sources, verdicts = [] } = JSON.parse(text) as Body;
  const changes = new Changes();
  for (const [leaf, arm, hour, ...sums] of cells)
    changes.cells.set(cellKey(leaf, arm, hour), { leaf, arm, hour, statistics: statisticsFrom(sums) });
  for (const [leaf, arm, hour, name, sums] of vectors) {
    const vector = { leaf, arm, hour, name, sums };
    changes.vectors.set(vectorKey(vector), vector);
  }
  for (const [source, seq, ...blocks] of sources) changes.sources.note(source, { seq, blocks });
  return { changes, acked, verdicts };
}

/** Texts that were shown against each other, as rows of measures with what came of each. */
import { encodeInto, rowWidth } from '../../../decisioning/scoring/vector.ts';
import type { Rows } from '../rows.ts';
import { TrainingRefusal } from '../spec/read.ts';
import { readRecords } from '../spec/table.ts';
import type { TextSpec } from './spec.ts';

/** A test's texts of one variant: rows from `from` up to before `to`. */
export interface Contest {
  readonly test: string;
  readonly from: number;
  readonly to: number;
}

export interface TextTests {
  readonly contests: readonly Contest[];
  readonly texts: readonly string[];
  /** Test of each row: what folds keep together. */
  readonly tests: readonly string[];
  readonly rows: Rows;
  readonly shown: Float64Array;
  readonly clicked: Float64Array;
  /** Click rate over that of the contest, minus 1. */
  readonly lifts: Float64Array;
  /** Clicks that the contest's rate would have given, at most {@link MAX_CLICKS}, with a mean of 1: how much is known of each. */
  readonly weights: Float64Array;
  /** Clicks per view over everything. */
  readonly rate: number;
  readonly sha256: string;
}

/** Texts with more clicks than this weigh no more: what differs then is the story, not chance. */
const MAX_CLICKS = 200;
/** Half a click in fifty views: the rate of a contest that nobody clicked in. */
const PRIOR = { clicked: 0.5, shown: 50 } as const;

/** @throws TrainingRefusal if the table has not what the spec says, or no test has two texts */
export function readTests(file: string, spec: TextSpec): TextTests {
  const { columns } = spec.data;
  const { records, sha256 } = readRecords(file);
  const lacking = Object.values(columns).filter((column) => !Object.hasOwn(records[0]!, column));
  if (lacking.length > 0) throw new TrainingRefusal(`${spec.data.file}: no column ${lacking.join(', ')}`);
  const groups = new Map<string, (typeof records)[number][]>();
  for (const record of records) {
    const key = `${record[columns.test]}\n${record[columns.variant]}`;
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  const contests = [...groups.values()].filter(
    (group) => new Set(group.map((record) => record[columns.text])).size > 1,
  );
  const all = contests.flat();
  if (all.length === 0) throw new TrainingRefusal(`${spec.data.file}: no test has two texts of one variant`);
  const numbers = (column: string) => Float64Array.from(all, (record) => Number(record[column]));
  const [shown, clicked] = [numbers(columns.shown), numbers(columns.clicked)];
  const texts = all.map((record) => record[columns.text]!);
  const spans = spansOf(contests.map((group) => ({ test: group[0]![columns.test]!, size: group.length })));
  return {
    contests: spans,
    texts,
    tests: all.map((record) => record[columns.test]!),
    rows: rowsOf(spec, texts),
    shown,
    clicked,
    ...learned(spans, shown, clicked),
    rate: sum(clicked) / sum(shown),
    sha256,
  };
}

function spansOf(groups: readonly { readonly test: string; readonly size: number }[]): Contest[] {
  let at = 0;
  return groups.map(({ test, size }) => {
    at += size;
    return { test, from: at - size, to: at };
  });
}

function rowsOf({ input }: TextSpec, texts: readonly string[]): Rows {
  const width = rowWidth([input]);
  const values = new Float64Array(texts.length * width);
  for (const [i, text] of texts.entries()) encodeInto(values, i * width, [input], () => text);
  return { values, width };
}

function learned(contests: readonly Contest[], shown: Float64Array, clicked: Float64Array) {
  const lifts = new Float64Array(shown.length);
  const weights = new Float64Array(shown.length);
  for (const { from, to } of contests) {
    const rate = (sum(clicked.subarray(from, to)) + PRIOR.clicked) / (sum(shown.subarray(from, to)) + PRIOR.shown);
    for (let i = from; i < to; i++) {
      lifts[i] = clicked[i]! / shown[i]! / rate - 1;
      weights[i] = Math.min(MAX_CLICKS, rate * shown[i]!);
    }
  }
  const mean = sum(weights) / weights.length;
  return { lifts, weights: weights.map((weight) => weight / mean) };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

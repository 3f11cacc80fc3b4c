/** Texts that were shown against each other, as rows of measures with what came of each. */
import { encodeInto, rowWidth } from '../../../decisioning/scoring/vector.ts';
import type { Rows } from '../rows.ts';
import { TrainingRefusal } from '../spec/refusal.ts';
import { readRecords } from '../spec/table.ts';
import type { TextHeadSpec, TextSpec } from './spec.ts';

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
  /** What the other heads learn, in the order of the spec. */
  readonly heads: readonly HeadAnswers[];
  readonly sha256: string;
}

/** As the clicks are kept, of what else came. */
export type HeadAnswers = Pick<TextTests, 'lifts' | 'weights' | 'rate'> & { readonly came: Float64Array };

/** Texts with more clicks than this weigh no more: what differs then is the story, not chance. */
const MAX_CLICKS = 200;
/** Half a click in fifty views: the rate of a contest that nobody clicked in. */
const PRIOR = { clicked: 0.5, shown: 50 };

/** @throws TrainingRefusal if the table has not what the spec says, or no test has two texts */
export function readTests(file: string, spec: TextSpec): TextTests {
  const { columns } = spec.data;
  const { records, sha256 } = readRecords(file);
  const named = [...Object.values(columns), ...spec.heads.map(({ column }) => column)];
  const lacking = named.filter((column) => !Object.hasOwn(records[0]!, column));
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
    ...learned(spans, shown, clicked, PRIOR),
    rate: sum(clicked) / sum(shown),
    heads: spec.heads.map((head) => headAnswers(head, spans, shown, numbers(head.column))),
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

/** @throws TrainingRefusal for what is no number, or never came at all */
function headAnswers(
  { kind, column }: TextHeadSpec,
  contests: readonly Contest[],
  shown: Float64Array,
  came: Float64Array,
): HeadAnswers {
  const rate = sum(came) / sum(shown);
  const isRight = came.every((one, i) => one >= 0 && (kind === 'value' || one <= shown[i]!));
  if (!isRight || !(rate > 0)) {
    const wanted = kind === 'value' ? 'from 0 on' : 'from 0 to the views';
    throw new TrainingRefusal(`column ${column}: must hold numbers ${wanted}, and one above 0`);
  }
  const prior = { clicked: rate * PRIOR.shown, shown: PRIOR.shown };
  const { lifts, weights } = learned(contests, shown, came, prior);
  // Of amounts nobody knows how many events they are made of: what was shown more is known better.
  return {
    came,
    rate,
    lifts,
    weights: kind === 'value' ? shown.map((one) => (one * shown.length) / sum(shown)) : weights,
  };
}

function learned(contests: readonly Contest[], shown: Float64Array, clicked: Float64Array, prior: typeof PRIOR) {
  const lifts = new Float64Array(shown.length);
  const weights = new Float64Array(shown.length);
  for (const { from, to } of contests) {
    const rate = (sum(clicked.subarray(from, to)) + prior.clicked) / (sum(shown.subarray(from, to)) + prior.shown);
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

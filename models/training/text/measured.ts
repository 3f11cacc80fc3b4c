/** Whether the texts of one test are ranked rightly: over tests that were not trained on. */
import { quantileOf } from '../fit/losses.ts';
import { groupFolds } from '../measure/folds.ts';
import type { Estimate } from '../measure/interval.ts';
import { rawOf } from '../predictor.ts';
import { below, randomFor, shuffle } from '../random.ts';
import { type Rows, takeRows } from '../rows.ts';
import type { Metrics } from '../run/metrics.ts';
import { fitTextMembers, MEMBERS } from './members.ts';
import type { TextSpec } from './spec.ts';
import type { TextTests } from './tests.ts';

/** What one contest tells. */
interface ContestTally {
  readonly test: string;
  /** Pairs of different texts, and those ranked rightly; ties count half. */
  readonly pairs: number;
  readonly right: number;
  /** The same of pairs whose click rates differ beyond chance. */
  readonly decided: number;
  readonly decidedRight: number;
  /** Lift of the text with the highest score, and of the one that was clicked most. */
  readonly chosen: number;
  readonly best: number;
}

export interface RankFigures {
  readonly pairs: Estimate;
  readonly decided: Estimate;
  /** Lift of the click rate by showing the best-scored text of each test instead of a random one. */
  readonly chosen: Estimate;
}

export interface TextMeasured {
  /** Out of fold, before the calibration. */
  readonly raw: Float64Array;
  readonly whole: RankFigures;
  readonly members: readonly { readonly name: string; readonly figures: RankFigures }[];
  /** Longer text first: what a rule of thumb would do. */
  readonly length: RankFigures;
  readonly counts: { readonly pairs: number; readonly decided: number };
  /** Lift of the most clicked text of each test, chance included: more than anybody could choose beforehand. */
  readonly best: number;
  /** What lifts were per unit of the raw number. */
  readonly slope: number;
  /** Decided pairs lost when a measure is dealt out to other texts, largest first. */
  readonly importances: readonly { readonly name: string; readonly loss: number }[];
}

/** Standard errors beyond which a difference is hardly chance: 95 %. */
const DECIDED = 1.96;
const DRAWS = 200;

export function measureTexts(spec: TextSpec, tests: TextTests, tell: (fold: number) => void): TextMeasured {
  const folds = groupFolds(tests.tests, spec.folds);
  const whole = new Float64Array(tests.texts.length);
  const members = MEMBERS.map(() => new Float64Array(tests.texts.length));
  const names = spec.input.encoding.kind === 'text' ? spec.input.encoding.measures : [];
  const dealt = names.map(() => new Float64Array(tests.texts.length));
  for (const [i, { train, test }] of folds.entries()) {
    tell(i);
    const fitted = fitTextMembers(spec, tests, train);
    const rows = takeRows(tests.rows, test);
    const put = (into: Float64Array, from: Float64Array) => {
      for (const [at, place] of test.entries()) into[place] = from[at]!;
    };
    put(whole, rawOf(fitted.whole, rows.values));
    for (const [m, member] of fitted.members.entries()) put(members[m]!, rawOf(member, rows.values));
    for (const [column, name] of names.entries()) {
      put(dealt[column]!, rawOf(fitted.whole, dealtOut(rows, column, `${i}:${name}`, spec.seed)));
    }
  }
  const figures = (scores: Float64Array) => rankFigures(tally(tests, scores), spec.seed);
  const tallies = tally(tests, whole);
  const decided = shareOf(
    tallies,
    ({ decidedRight }) => decidedRight,
    ({ decided }) => decided,
  );
  return {
    raw: whole,
    whole: figures(whole),
    members: MEMBERS.map((name, m) => ({ name, figures: figures(members[m]!) })),
    length: figures(Float64Array.from(tests.texts, ({ length }) => length)),
    counts: { pairs: sum(tallies, ({ pairs }) => pairs), decided: sum(tallies, ({ decided }) => decided) },
    best: sum(tallies, ({ best }) => best) / tallies.length,
    slope: slopeOf(tests, whole),
    importances: names
      .map((name, column) => {
        const without = tally(tests, dealt[column]!);
        return {
          name,
          loss:
            decided -
            shareOf(
              without,
              ({ decidedRight }) => decidedRight,
              ({ decided }) => decided,
            ),
        };
      })
      .sort((a, b) => b.loss - a.loss || (a.name < b.name ? -1 : 1)),
  };
}

/**
 * For the registry. `auc` is the share of pairs with a clear winner that are ranked rightly: the chance that of two the better one scores higher, as any AUC,
 * but within tests.
 */
export function textMetrics(
  { whole, counts }: TextMeasured,
  { rate, texts }: Pick<TextTests, 'rate' | 'texts'>,
): Metrics {
  const [low, high] = whole.decided.interval;
  return {
    auc: whole.decided.value,
    ...{ auc_low: low, auc_high: high, pairs_right: whole.pairs.value, clicks_more: whole.chosen.value },
    ...{ click_rate: rate, pairs: counts.pairs, pairs_decided: counts.decided, rows: texts.length },
  };
}

function dealtOut(rows: Rows, column: number, use: string, seed: number): Float64Array {
  const { values, width } = rows;
  const order = Int32Array.from({ length: values.length / width }, (_, i) => i);
  shuffle(order, randomFor(seed, `importance:${use}`));
  const dealt = Float64Array.from(values);
  for (const [i, from] of order.entries()) dealt[i * width + column] = values[from * width + column]!;
  return dealt;
}

/** Contest by contest; one with a single text tells nothing and is not there. */
export function tally(
  { contests, texts, shown, clicked, lifts }: Pick<TextTests, 'contests' | 'texts' | 'shown' | 'clicked' | 'lifts'>,
  scores: Float64Array,
): ContestTally[] {
  return contests.map(({ test, from, to }) => {
    let [pairs, right, decided, decidedRight] = [0, 0, 0, 0];
    let [chosen, best] = [from, from];
    for (let i = from; i < to; i++) {
      if (scores[i]! > scores[chosen]!) chosen = i;
      if (lifts[i]! > lifts[best]!) best = i;
      for (let j = i + 1; j < to; j++) {
        if (texts[i] === texts[j]) continue;
        const [rateI, rateJ] = [clicked[i]! / shown[i]!, clicked[j]! / shown[j]!];
        const apart = rateI - rateJ;
        const agrees = Math.sign(scores[i]! - scores[j]!) * Math.sign(apart);
        const points = agrees > 0 ? 1 : agrees === 0 ? 0.5 : 0;
        const error = Math.sqrt((rateI * (1 - rateI)) / shown[i]! + (rateJ * (1 - rateJ)) / shown[j]!);
        [pairs, right] = [pairs + 1, right + points];
        if (Math.abs(apart) > DECIDED * error) [decided, decidedRight] = [decided + 1, decidedRight + points];
      }
    }
    return { test, pairs, right, decided, decidedRight, chosen: lifts[chosen]!, best: lifts[best]! };
  });
}

function sum(tallies: readonly ContestTally[], of: (one: ContestTally) => number): number {
  return tallies.reduce((total, one) => total + of(one), 0);
}

function shareOf(
  tallies: readonly ContestTally[],
  part: (one: ContestTally) => number,
  whole: (one: ContestTally) => number,
): number {
  return sum(tallies, part) / sum(tallies, whole);
}

/** Figures with intervals over which tests happened to be measured with. */
export function rankFigures(tallies: readonly ContestTally[], seed: number): RankFigures {
  const random = randomFor(seed, 'tests');
  const draws = Array.from({ length: DRAWS }, () => tallies.map(() => tallies[below(random, tallies.length)]!));
  const estimated = (of: (drawn: readonly ContestTally[]) => number): Estimate => {
    const values = Float64Array.from(draws, of);
    return { value: of(tallies), interval: [quantileOf(values, 0.025), quantileOf(values, 0.975)] };
  };
  return {
    pairs: estimated((drawn) =>
      shareOf(
        drawn,
        ({ right }) => right,
        ({ pairs }) => pairs,
      ),
    ),
    decided: estimated((drawn) =>
      shareOf(
        drawn,
        ({ decidedRight }) => decidedRight,
        ({ decided }) => decided,
      ),
    ),
    chosen: estimated((drawn) => sum(drawn, ({ chosen }) => chosen) / drawn.length),
  };
}

/** Weighted least squares through the origin: the raw number of an average text is 0. */
export function slopeOf({ lifts, weights }: Pick<TextTests, 'lifts' | 'weights'>, raw: Float64Array): number {
  let [both, square] = [0, 0];
  for (let i = 0; i < raw.length; i++) {
    both += weights[i]! * raw[i]! * lifts[i]!;
    square += weights[i]! * raw[i]! * raw[i]!;
  }
  return both / square;
}

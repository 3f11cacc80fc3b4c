/** Cross-validation: what a model says of rows that it has not seen. */
import { type Calibration, fitIsotonic, fitPlatt, NO_CALIBRATION } from '../fit/calibration.ts';
import { averageOf } from '../fit/ensemble.ts';
import { type Fold, groupFolds, rowFolds, shuffledFolds, timeSplit } from '../measure/folds.ts';
import { type Importance, type InputColumns, importances } from '../measure/importance.ts';
import type { Scored } from '../measure/metrics.ts';
import { rawOf, sigmoid } from '../predictor.ts';
import { type Rows, takeRows, takeValues } from '../rows.ts';
import type { MemberSpec, TrainingSpec } from '../spec/schema.ts';
import type { Table } from '../spec/table.ts';
import { fitMember } from './members.ts';
import type { TellProgress } from './progress.ts';

export interface Validated {
  readonly folds: readonly Fold[];
  /** Rows that were measured with, fold by fold. */
  readonly order: Int32Array;
  /** Calibrated scores of those rows; the calibration of a fold is fitted on the other folds. */
  readonly scored: Scored;
  readonly byFold: readonly Scored[];
  /** Of each member alone, before calibration. */
  readonly members: readonly Scored[];
  /** Of the whole, before calibration: log-odds of the measured rows, what the final calibration is fitted on. */
  readonly raw: Float64Array;
  /** Of boosting with `patience`, by member: the rounds of each fold. */
  readonly rounds: readonly (readonly number[])[];
  /** Mean over the folds. */
  readonly importances: readonly Importance[];
  /** Of rows that came later than all that was trained on, where the spec asks for it. Not calibrated. */
  readonly later?: Scored;
}

export function foldsOf(spec: TrainingSpec, { records }: Table): readonly Fold[] {
  const { folds, seed } = spec;
  switch (folds.by) {
    case 'row':
      return rowFolds(records.length, folds.count);
    case 'shuffle':
      return shuffledFolds(records.length, folds.count, seed);
    case 'group':
      return groupFolds(
        records.map((record) => record[folds.column]!),
        folds.count,
      );
    case 'time':
      return [
        timeSplit(
          records.map((record) => momentOf(record[folds.column]!)),
          folds.share,
        ),
      ];
  }
}

/** A number as it is, anything else as a date. */
function momentOf(text: string): number {
  const number = Number(text);
  return Number.isNaN(number) ? Date.parse(text) : number;
}

export function calibrationOf(
  kind: TrainingSpec['calibration'],
  raw: Float64Array,
  answers: Float64Array,
): Calibration {
  if (kind === 'none') return NO_CALIBRATION;
  return kind === 'platt' ? fitPlatt(raw, answers) : fitIsotonic(raw, answers);
}

/** Members that are part of the model, and their weights; those of weight 0 are only compared with. */
export function partsOf<Member>(specs: readonly MemberSpec[], members: readonly Member[]) {
  const parts = members.filter((_, i) => specs[i]!.weight !== 0);
  return { parts, weights: specs.filter(({ weight }) => weight !== 0).map(({ weight = 1 }) => weight) };
}

interface FoldResult {
  readonly raw: Float64Array;
  readonly members: readonly Float64Array[];
  readonly rounds: readonly (number | undefined)[];
  readonly importances: readonly Importance[];
}

export interface ValidateInput {
  readonly spec: TrainingSpec;
  readonly folds: readonly Fold[];
  readonly rows: Rows;
  readonly answers: Float64Array;
  readonly columns: readonly InputColumns[];
  readonly tell: TellProgress;
}

export function validate(input: ValidateInput): Validated {
  const { spec, folds, answers } = input;
  const results = folds.map((_, fold) => runFold(input, fold));
  const order = Int32Array.from(folds.flatMap(({ test }) => [...test]));
  const measured = takeValues(answers, order);
  const byFold = results.map(({ raw }, fold) => {
    const others = folds.flatMap(({ test }, other) => (other === fold ? [] : [...test]));
    const otherRaw = Float64Array.from(results.flatMap((result, other) => (other === fold ? [] : [...result.raw])));
    const { apply } = calibrationOf(spec.calibration, otherRaw, takeValues(answers, others));
    return { scores: raw.map((value) => sigmoid(apply(value))), answers: takeValues(answers, folds[fold]!.test) };
  });
  return {
    folds,
    order,
    byFold,
    scored: { scores: joined(byFold.map(({ scores }) => scores)), answers: measured },
    members: spec.members.map((_, member) => ({
      scores: joined(results.map(({ members }) => members[member]!)).map(sigmoid),
      answers: measured,
    })),
    raw: joined(results.map(({ raw }) => raw)),
    rounds: spec.members.map((_, member) =>
      results.flatMap(({ rounds }) => (rounds[member] === undefined ? [] : [rounds[member]])),
    ),
    importances: meanImportances(results.map((result) => result.importances)),
    ...(spec.later !== undefined && { later: laterScores(input, spec.later) }),
  };
}

function laterScores({ spec, rows, answers }: ValidateInput, share: number): Scored {
  const split = timeSplit(
    Float64Array.from(answers, (_, i) => i),
    share,
  );
  const [trainRows, trainAnswers] = [takeRows(rows, split.train), takeValues(answers, split.train)];
  const held = heldRows([split], 0);
  const fitted = spec.members.map(
    (member) => fitMember(member, { rows: trainRows, answers: trainAnswers, seed: spec.seed, held }).model,
  );
  const { parts, weights } = partsOf(spec.members, fitted);
  const raw = rawOf(averageOf(parts, weights), takeRows(rows, split.test).values);
  return { scores: raw.map(sigmoid), answers: takeValues(answers, split.test) };
}

function joined(lists: readonly Float64Array[]): Float64Array {
  return Float64Array.from(lists.flatMap((list) => [...list]));
}

function runFold({ spec, folds, rows, answers, columns, tell }: ValidateInput, fold: number): FoldResult {
  const { train, test } = folds[fold]!;
  const trainRows = takeRows(rows, train);
  const trainAnswers = takeValues(answers, train);
  const testRows = takeRows(rows, test);
  const held = heldRows(folds, fold);
  const fitted = spec.members.map((member, i) => {
    tell(fold * spec.members.length + i, (folds.length + 1) * spec.members.length, `fold ${fold + 1}, ${member.kind}`);
    return fitMember(member, { rows: trainRows, answers: trainAnswers, seed: spec.seed, held });
  });
  const { parts, weights } = partsOf(
    spec.members,
    fitted.map(({ model }) => model),
  );
  const whole = averageOf(parts, weights);
  return {
    raw: rawOf(whole, testRows.values),
    members: fitted.map(({ model }) => rawOf(model, testRows.values)),
    rounds: fitted.map(({ rounds }) => rounds),
    importances: importances(whole, testRows, takeValues(answers, test), columns, spec.seed),
  };
}

/** Rows, by their place among the fold's training rows, that boosting with `patience` ends by: the next fold's, or every fifth. */
function heldRows(folds: readonly Fold[], fold: number): Int32Array {
  const { train } = folds[fold]!;
  const next = folds.length > 1 ? new Set(folds[(fold + 1) % folds.length]!.test) : undefined;
  return Int32Array.from(train, (_, i) => i).filter((i) => (next ? next.has(train[i]!) : i % 5 === 4));
}

function meanImportances(folds: readonly (readonly Importance[])[]): Importance[] {
  const losses = new Map<string, number>();
  for (const { name, loss } of folds.flat()) losses.set(name, (losses.get(name) ?? 0) + loss / folds.length);
  return [...losses]
    .map(([name, loss]) => ({ name, loss }))
    .sort((one, other) => other.loss - one.loss || (one.name < other.name ? -1 : 1));
}

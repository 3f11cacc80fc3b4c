/** Members of an ensemble by what a spec says of them. */
import { fitBoosting } from '../fit/boosting.ts';
import { fitForest } from '../fit/forest.ts';
import { fitLogistic } from '../fit/logistic.ts';
import { fitMlp } from '../fit/mlp.ts';
import type { Predictor } from '../predictor.ts';
import { type Rows, takeRows, takeValues } from '../rows.ts';
import type { MemberSpec } from '../spec/schema.ts';

export interface Fitted {
  readonly model: Predictor;
  /** Of boosting with `patience`: the rounds that were kept. */
  readonly rounds?: number;
}

export interface FitInput {
  readonly rows: Rows;
  readonly answers: Float64Array;
  readonly seed: number;
  /** Rows of `rows` to end boosting by, where a member has `patience`; they are then not trained on. */
  readonly held?: Int32Array;
}

export function fitMember(member: MemberSpec, { rows, answers, seed, held }: FitInput): Fitted {
  switch (member.kind) {
    case 'logistic':
      return { model: fitLogistic(rows, answers, member) };
    case 'forest':
      return { model: fitForest(rows, answers, { ...member, seed }) };
    case 'mlp':
      return { model: fitMlp(rows, answers, { ...member, seed }) };
    case 'boosting': {
      if (member.patience === undefined || !held) return { model: fitBoosting(rows, answers, { ...member, seed }) };
      const isHeld = new Set(held);
      const rest = Int32Array.from(answers, (_, i) => i).filter((i) => !isHeld.has(i));
      const validation = { rows: takeRows(rows, held), answers: takeValues(answers, held) };
      const model = fitBoosting(takeRows(rows, rest), takeValues(answers, rest), { ...member, seed, validation });
      return { model, rounds: model.trees.length };
    }
  }
}

/** The member for all rows: boosting that ended by held rows goes as far as it did in the middle one of the folds. */
export function finalMember(member: MemberSpec, rounds: readonly number[]): MemberSpec {
  if (member.kind !== 'boosting' || rounds.length === 0) return member;
  const { patience: _, ...rest } = member;
  return { ...rest, rounds: Math.max(1, rounds.toSorted((a, b) => a - b)[rounds.length >> 1]!) };
}

/** Heads beside the clicks: what else a text brings, each by an ensemble of its own on the same measures. */
import type { ModelOutput } from '../../../decisioning/scoring/manifest.ts';
import { groupFolds } from '../measure/folds.ts';
import { rawOf } from '../predictor.ts';
import { takeRows } from '../rows.ts';
import { TrainingRefusal } from '../spec/refusal.ts';
import type { TextHead } from './graph.ts';
import { type RankFigures, rankFigures, slopeOf, tally } from './measured.ts';
import { fitTextMembers } from './members.ts';
import type { TextHeadSpec, TextSpec } from './spec.ts';
import type { TextTests } from './tests.ts';

export interface FittedHead {
  readonly spec: TextHeadSpec;
  readonly head: TextHead;
  readonly output: ModelOutput;
  /** Out of fold. Pairs that are apart beyond chance are those of rates alone: of amounts no spread is known. */
  readonly figures: Pick<RankFigures, 'pairs' | 'chosen'>;
}

/** @throws TrainingRefusal if one ranks worse than its spec demands */
export function fitTextHeads(spec: TextSpec, tests: TextTests): FittedHead[] {
  return spec.heads.map((head, i) => fitHead(spec, head, { ...tests, ...tests.heads[i]! }, tests.heads[i]!.came));
}

function fitHead(spec: TextSpec, head: TextHeadSpec, tests: TextTests, came: Float64Array): FittedHead {
  const raw = new Float64Array(tests.texts.length);
  for (const { train, test } of groupFolds(tests.tests, spec.folds)) {
    const { whole } = fitTextMembers(spec, tests, train);
    for (const [at, one] of rawOf(whole, takeRows(tests.rows, test).values).entries()) raw[test[at]!] = one;
  }
  const { pairs, chosen } = rankFigures(tally({ ...tests, clicked: came }, raw), spec.seed);
  const { rankedAtLeast = 0 } = head;
  if (pairs.value < rankedAtLeast) {
    throw new TrainingRefusal(
      `${spec.id}: ${head.name}: of the pairs ${pairs.value.toFixed(4)} are ranked rightly, and must be at least ${rankedAtLeast}`,
    );
  }
  const most = tests.rate * spec.liftRange[1];
  return {
    spec: head,
    head: { name: head.name, model: fitTextMembers(spec, tests).whole, slope: slopeOf(tests, raw), rate: tests.rate },
    output: {
      name: head.name,
      tensor: head.name,
      column: 0,
      // A hair of room for numbers of 32 bits.
      range: [0, head.kind === 'probability' ? Math.min(1, most * 1.001) : most * 1.001],
      kind: head.kind,
      ...(head.unit !== undefined && { unit: head.unit }),
    },
    figures: { pairs, chosen },
  };
}

/** For the registry: `conversion_pairs_right` and the like. */
export function headMetrics(heads: readonly FittedHead[]): Readonly<Record<string, number>> {
  return Object.fromEntries(heads.map(({ spec, figures }) => [`${spec.name}_pairs_right`, figures.pairs.value]));
}

/** Forest, boosting and a small network, averaged: what a text's measures make of its click rate, relative to the average text. */
import { fitBoosting } from '../fit/boosting.ts';
import { averageOf } from '../fit/ensemble.ts';
import { fitForest } from '../fit/forest.ts';
import { fitMlp } from '../fit/mlp.ts';
import { type Predictor, predictorOf } from '../predictor.ts';
import { type Rows, takeRows, takeValues } from '../rows.ts';
import type { TextSpec } from './spec.ts';
import type { TextTests } from './tests.ts';

/** In the order of the members. */
export const MEMBERS = ['forest', 'boosting', 'mlp'] as const;

export interface TextMembers {
  readonly members: readonly Predictor[];
  readonly whole: Predictor;
}

/** Lifts spread by about a quarter, a network begins with outputs that spread by 1: it learns them on that scale. */
const NETWORK_SCALE = 4;

/** @param places rows to train on; all of them when absent */
export function fitTextMembers(
  spec: TextSpec,
  tests: Pick<TextTests, 'rows' | 'lifts' | 'weights'>,
  places?: Int32Array,
): TextMembers {
  const rows: Rows = places ? takeRows(tests.rows, places) : tests.rows;
  const lifts = places ? takeValues(tests.lifts, places) : tests.lifts;
  const weights = places ? takeValues(tests.weights, places) : tests.weights;
  const rest = { loss: 'squared', weights, seed: spec.seed } as const;
  const network = fitMlp(
    rows,
    lifts.map((lift) => lift * NETWORK_SCALE),
    { ...spec.mlp, ...rest },
  );
  const members = [
    fitForest(rows, lifts, { ...spec.forest, ...rest }),
    fitBoosting(rows, lifts, { ...spec.boosting, ...rest }),
    scaled(network, 1 / NETWORK_SCALE),
  ];
  return {
    members,
    whole: averageOf(
      members,
      MEMBERS.map((name) => spec[name].weight),
    ),
  };
}

function scaled(model: Predictor, factor: number): Predictor {
  return predictorOf({
    ...model,
    raw: (row, offset) => factor * model.raw(row, offset),
    addTo: (graph, rows) => graph.node('Mul', [model.addTo(graph, rows), graph.floats([1], [factor])]),
  });
}

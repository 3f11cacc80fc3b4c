/** From a text's measures to its click rate: the members' average, calibrated, as a multiple of the average rate. */
import { addImputer, columnScale } from '../fit/standardize.ts';
import { GraphBuilder } from '../onnx/builder.ts';
import type { ModelGraph } from '../onnx/graph.ts';
import type { RawPredictor } from '../predictor.ts';
import type { Rows } from '../rows.ts';

export interface TextGraphInput {
  readonly model: RawPredictor;
  /** Rows that it was trained on: an arm without a text is scored as the average of them. */
  readonly rows: Rows;
  readonly slope: number;
  /** Clicks per view of the average text. */
  readonly rate: number;
  readonly liftRange: readonly [low: number, high: number];
}

export function textGraph({ model, rows, slope, rate, liftRange }: TextGraphInput): ModelGraph {
  const graph = new GraphBuilder();
  const known = addImputer(graph, 'row', { ...columnScale(rows), knowsMissing: true });
  const number = (value: number) => graph.floats([1], [value]);
  const apart = graph.node('Mul', [model.addTo(graph, known), number(slope)]);
  const lift = graph.node('Add', [apart, number(1)]);
  graph.named('Min', [graph.node('Max', [lift, number(liftRange[0])]), number(liftRange[1])], 'lift');
  graph.named('Mul', ['lift', number(rate)], 'probability');
  return graph.finish('creative-performance', { name: 'row', width: model.width }, ['probability', 'lift']);
}

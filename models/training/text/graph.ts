/** From a text's measures to its click rate: the members' average, calibrated, as a multiple of the average rate. */
import { addImputer, columnScale } from '../fit/standardize.ts';
import { GraphBuilder } from '../onnx/builder.ts';
import type { ModelGraph } from '../onnx/graph.ts';
import type { RawPredictor } from '../predictor.ts';
import type { Rows } from '../rows.ts';

/** One thing that a text brings. */
export interface TextHead {
  /** Of its output. */
  readonly name: string;
  readonly model: RawPredictor;
  readonly slope: number;
  /** Clicks, or what else it is, per view of the average text. */
  readonly rate: number;
}

export interface TextGraphInput {
  readonly clicks: Omit<TextHead, 'name'>;
  readonly heads: readonly TextHead[];
  /** Rows that it was trained on: an arm without a text is scored as the average of them. */
  readonly rows: Rows;
  readonly liftRange: readonly [low: number, high: number];
}

export function textGraph({ clicks, heads, rows, liftRange }: TextGraphInput): ModelGraph {
  const graph = new GraphBuilder();
  const known = addImputer(graph, 'row', { ...columnScale(rows), knowsMissing: true });
  const number = (value: number) => graph.floats([1], [value]);
  const bounded = ({ model, slope }: Omit<TextHead, 'name'>) => {
    const apart = graph.node('Mul', [model.addTo(graph, known), number(slope)]);
    const lift = graph.node('Add', [apart, number(1)]);
    return [graph.node('Max', [lift, number(liftRange[0])]), number(liftRange[1])];
  };
  graph.named('Min', bounded(clicks), 'lift');
  graph.named('Mul', ['lift', number(clicks.rate)], 'probability');
  for (const head of heads) graph.named('Mul', [graph.node('Min', bounded(head)), number(head.rate)], head.name);
  const outputs = ['probability', 'lift', ...heads.map(({ name }) => name)];
  return graph.finish('creative-performance', { name: 'row', width: clicks.model.width }, outputs);
}

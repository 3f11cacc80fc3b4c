/** What every trainer gives back: a prediction in process, and the same as a graph. */

import { GraphBuilder } from './onnx/builder.ts';
import type { ModelGraph } from './onnx/graph.ts';

/** From the raw number to what is predicted: itself, a probability from log-odds, or a rate from its logarithm. */
export type Link = 'identity' | 'logistic' | 'log';

/** The part that each trainer writes. */
export interface RawPredictor {
  readonly link: Link;
  /** Columns of a row. */
  readonly width: number;
  /** Before the link: log-odds, logarithm or the value. Members of an ensemble are averaged here, and contributions add up here. */
  readonly raw: (row: ArrayLike<number>, offset?: number) => number;
  /** Adds the nodes that compute the raw number of each row. @returns the name of its column, rows × 1. */
  readonly addTo: (graph: GraphBuilder, rows: string) => string;
}

export interface Predictor extends RawPredictor {
  /** A probability, a rate or a value. @param offset of the row's first column in a larger array */
  readonly predict: (row: ArrayLike<number>, offset?: number) => number;
  /** A model of its own: input `row`; outputs `probability` (or `value`) and, where there is a link, `raw`. */
  readonly toGraph: () => ModelGraph;
}

export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

export function logOdds(probability: number): number {
  return Math.log(probability / (1 - probability));
}

/** Names of the graph's tensors. */
export const ROW_TENSOR = 'row';
export const RAW_TENSOR = 'raw';

export function scoreTensor(link: Link): 'probability' | 'value' {
  return link === 'logistic' ? 'probability' : 'value';
}

export function applyLink(link: Link, raw: number): number {
  if (link === 'identity') return raw;
  return link === 'logistic' ? sigmoid(raw) : Math.exp(raw);
}

export function predictorOf(part: RawPredictor): Predictor {
  return {
    ...part,
    predict: (row, offset = 0) => applyLink(part.link, part.raw(row, offset)),
    toGraph: () => graphOf(part),
  };
}

function graphOf({ link, width, addTo }: RawPredictor): ModelGraph {
  const graph = new GraphBuilder();
  const raw = addTo(graph, ROW_TENSOR);
  if (link === 'identity') graph.named('Identity', [raw], 'value');
  else {
    graph.named('Identity', [raw], RAW_TENSOR);
    graph.named(link === 'logistic' ? 'Sigmoid' : 'Exp', [RAW_TENSOR], scoreTensor(link));
  }
  const outputs = link === 'identity' ? ['value'] : [scoreTensor(link), RAW_TENSOR];
  return graph.finish('model', { name: ROW_TENSOR, width }, outputs);
}

/** Raw numbers of many rows. */
export function rawOf(part: RawPredictor, values: Float64Array): Float64Array {
  const count = values.length / part.width;
  return Float64Array.from({ length: count }, (_, i) => part.raw(values, i * part.width));
}

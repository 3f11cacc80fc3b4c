/** From the bytes of an ONNX file to a model that scores, in the ES library alone: no generated code, no wasm. */
import type { OpenedModel, OpenModel } from '../engine.ts';
import { type Graph, graphOf } from './graph.ts';
import { MAX_BLOCK_ROWS, MAX_MODEL_BYTES } from './limits.ts';
import { type Plan, planOf } from './plan.ts';
import { readModel } from './proto.ts';
import { Refused, refusalOf, refuse } from './refuse.ts';
import { sizeOf, type Tensor } from './tensor.ts';

/**
 * Opens a model of the declared subset: docs/reference/models.md. A row's scores depend on that row alone. Outputs of text (labels that are
 * words) are left out.
 */
export const openModel: OpenModel = (bytes) => {
  let node = '';
  const enter = (label: string): void => {
    node = label;
  };
  try {
    if (bytes.length > MAX_MODEL_BYTES) refuse('too_large', `${bytes.length} bytes, at most ${MAX_MODEL_BYTES}`);
    const graph = graphOf(readModel(bytes), enter);
    const single = planOf(graph, 1, enter);
    node = '';
    return opened(graph, single);
  } catch (error) {
    if (error instanceof Refused) return refusalOf(error, node);
    throw error;
  }
};

function opened(graph: Graph, single: Plan): OpenedModel {
  const { width } = graph;
  const ports = graph.outputs
    .map((name, place) => ({ name, place, width: sizeOf(single.outputs[place]!.dims) }))
    .filter(({ place }) => !Array.isArray(single.outputs[place]!.data));
  if (ports.length === 0) refuse('unsupported', 'no output is of numbers');
  let block = single;
  let blockRows = 1;
  /** The plan for as many rows at a time as the graph takes. */
  const planFor = (count: number): void => {
    const rows = Math.min(count, MAX_BLOCK_ROWS);
    if (rows === blockRows) return;
    blockRows = rows;
    try {
      block = planOf(graph, rows, () => {});
      if (ports.some(({ place, width }) => sizeOf(block.outputs[place]!.dims) !== rows * width)) block = single;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      block = single;
    }
  };
  return {
    inputs: [{ name: graph.input, width }],
    outputs: ports.map(({ name, width }) => ({ name, width })),
    run: (rows, count) => {
      if (rows.length !== count * width)
        throw new RangeError(`${rows.length} numbers are not ${count} rows of ${width}`);
      const scores: Record<string, Float32Array> = {};
      for (const port of ports) scores[port.name] = new Float32Array(count * port.width);
      if (count > 1) planFor(count);
      let row = 0;
      while (row < count) {
        const taken = count > 1 && block !== single && count - row >= blockRows ? blockRows : 1;
        const { input, steps, outputs } = taken > 1 ? block : single;
        input.set(taken === count ? rows : rows.subarray(row * width, (row + taken) * width));
        for (const step of steps) step();
        for (const port of ports)
          scores[port.name]!.set((outputs[port.place] as Tensor).data as Float32Array, row * port.width);
        row += taken;
      }
      return scores;
    },
  };
}

/** From the bytes of an ONNX file to a model that scores, in the ES library alone: no generated code, no wasm. */
import type { OpenedModel, OpenModel } from '../engine.ts';
import { MAX_BLOCK_ROWS, MAX_MODEL_BYTES } from './limits.ts';
import { type Graph, graphOf, type Plan, planOf } from './plan.ts';
import { readModel } from './proto.ts';
import { Refused, refuse } from './refuse.ts';
import { sizeOf } from './tensor.ts';

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
    if (bytes.length > MAX_MODEL_BYTES) refuse('too_large', `${bytes.length} bytes`);
    const graph = graphOf(readModel(bytes));
    return opened(graph, planOf(graph, 1, enter));
  } catch (error) {
    const isRead = error instanceof RangeError || error instanceof URIError;
    if (!isRead && !(error instanceof Refused)) throw error;
    const refused = error instanceof Refused ? error.problem : 'malformed';
    const takenBy = refused === 'unsupported' || refused === 'too_large' ? 'onnxruntime-web' : null;
    return { refused, ...(node && { node }), detail: error.message, takenBy };
  }
};

function opened(graph: Graph, single: Plan): OpenedModel {
  const { width } = graph;
  const ports = graph.outputs
    .map((name, place) => ({ name, place, width: sizeOf(single.outputs[place]!.dims) }))
    .filter(({ place }) => !Array.isArray(single.outputs[place]!.data));
  if (ports.length === 0) refuse('unsupported', 'no output of numbers');
  let [block, blockRows] = [single, 1];
  /** Finds a plan for so many rows at a time, where the graph takes them. */
  const planFor = (rows: number): void => {
    if (rows === blockRows) return;
    [block, blockRows] = [single, rows];
    try {
      const plan = planOf(graph, rows, () => {});
      if (ports.every((port) => sizeOf(plan.outputs[port.place]!.dims) === rows * port.width)) block = plan;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  };
  return {
    inputs: [{ name: graph.input, width }],
    outputs: ports.map((port) => ({ name: port.name, width: port.width })),
    run: (rows, count) => {
      if (rows.length !== count * width)
        throw new RangeError(`${rows.length} numbers are not ${count} rows of ${width}`);
      const scores: Record<string, Float32Array> = {};
      for (const port of ports) scores[port.name] = new Float32Array(count * port.width);
      for (let row = 0; row < count; ) {
        const left = Math.min(count - row, MAX_BLOCK_ROWS);
        if (left > 1) planFor(left);
        const { input, steps, outputs } = left > 1 ? block : single;
        const taken = input.length / width;
        input.set(taken === count ? rows : rows.subarray(row * width, (row + taken) * width));
        for (const step of steps) step();
        for (const port of ports) scores[port.name]!.set(outputs[port.place]!.data as Float32Array, row * port.width);
        row += taken;
      }
      return scores;
    },
  };
}

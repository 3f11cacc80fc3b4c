/** Models for the comparison with onnxruntime-web: every operator of the subset, in the forms that exporters write. */
import type { Attribute, GraphNode, GraphPort, ModelGraph, Tensor } from '../../../../models/training/onnx/graph.ts';

type Attributes = Record<string, Attribute>;
type Output = readonly [name: string, type: GraphPort['type'], ...dims: (number | string)[]];

export const floats = (name: string, dims: readonly number[], values: ArrayLike<number>): Tensor => ({
  name,
  type: 'float',
  dims,
  values,
});
export const ints = (name: string, values: readonly number[], dims: readonly number[] = [values.length]): Tensor => ({
  name,
  type: 'int64',
  dims,
  values,
});

export const node = (op: string, inputs: string, outputs: string, attributes: Attributes = {}): GraphNode => ({
  op,
  inputs: inputs.split(' ').map((name) => (name === '-' ? '' : name)),
  outputs: outputs.split(' '),
  attributes,
});
export const ml = (op: string, inputs: string, outputs: string, attributes: Attributes = {}): GraphNode => ({
  ...node(op, inputs, outputs, attributes),
  domain: 'ai.onnx.ml',
});

/** A model over rows of `width` floats called `x`. */
export function model(
  width: number,
  nodes: readonly GraphNode[],
  initializers: readonly Tensor[] = [],
  outputs: readonly Output[] = [[nodes.at(-1)!.outputs[0]!, 'float', 'rows', 'columns']],
  opset = 15,
): ModelGraph {
  return {
    name: 'test',
    nodes,
    initializers,
    inputs: [{ name: 'x', type: 'float', dims: ['rows', width] }],
    outputs: outputs.map(([name, type, ...dims]) => ({ name, type, dims })),
    opset,
  };
}

/** Numbers that look random and are always the same. */
export function wave(count: number, scale = 1, phase = 1): number[] {
  return Array.from(
    { length: count },
    (_, i) => scale * Math.sin((i + phase) * 12.9898) * Math.cos((i + phase) * 4.1414),
  );
}

/** Models by what they are for. */
export type Catalogue = Readonly<Record<string, ModelGraph>>;

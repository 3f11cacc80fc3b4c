/** What a model file adds up: for each number that it gives, the sum of parts that it is a function of. */
import { openModel } from '../onnx/index.ts';
import { type ModelProto, readModel } from '../onnx/proto.ts';
import { constant, term, type Value, withinTerms } from './algebra.ts';
import { attributesOf, tensorNumbers } from './attributes.ts';
import { cutModel } from './cut.ts';
import { READERS } from './nodes.ts';
import type { Additive } from './parts.ts';

export interface Structure {
  /** One number of an output; undefined where there is none. */
  readonly additive: (tensor: string, column: number) => Additive | undefined;
}

/** A graph as far as it was understood: names → values of one row. */
type Values = Map<string, readonly Value[]>;

/** Tensors of a file that are no sums of parts: each is a model of its own. A network has one a layer. */
export const MAX_OPAQUE_TENSORS = 16;

/** Reads a file that the evaluator opens; undefined where a part of it is beyond this reader, or more than it is worth. */
export function structureOf(bytes: Uint8Array): Structure | undefined {
  const opened = openModel(bytes);
  if ('refused' in opened) return undefined;
  const [input] = opened.inputs;
  const values = input && withinTerms(() => valuesOf(bytes, readModel(bytes), input));
  return (
    values && {
      additive: (tensor, column) => {
        const value = values.get(tensor)?.[column];
        if (!value) return undefined;
        const { sum, link } = value;
        return { sum, link: link?.of ?? ((raw) => raw), space: link?.space ?? 'score' };
      },
    }
  );
}

/** Of the file's outputs alone; undefined where too much of it is no sum. */
function valuesOf(bytes: Uint8Array, proto: ModelProto, input: { name: string; width: number }): Values | undefined {
  const { nodes = [], tensors = [], outputs = [] } = proto.graph ?? {};
  const values: Values = new Map();
  for (const tensor of tensors) {
    const numbers = tensorNumbers(tensor);
    if (numbers) values.set(tensor.name ?? '', numbers.map(constant));
  }
  values.set(
    input.name,
    Array.from({ length: input.width }, (_, column) => term({ kind: 'column', column, value: (x) => x })),
  );
  let opaque = 0;
  let waiting = nodes;
  while (waiting.length > 0 && opaque <= MAX_OPAQUE_TENSORS) {
    const later = waiting.filter((node) => {
      if (!node.inputs.every((name) => name === '' || values.has(name))) return true;
      const reader = node.op !== undefined && Object.hasOwn(READERS, node.op) ? READERS[node.op] : undefined;
      const inputs = node.inputs.map((name) => values.get(name));
      const read = reader?.({ op: node.op ?? '', attributes: attributesOf(node), inputs });
      node.outputs.forEach((name, i) => {
        if (read?.[i]) values.set(name, read[i]);
        // What stands behind too many of them is not looked at any more.
        else if (++opaque <= MAX_OPAQUE_TENSORS) values.set(name, opaqueValues(bytes, proto, name));
      });
      return false;
    });
    // What waits for something that is no number of a row stays unknown.
    if (later.length === waiting.length) break;
    waiting = later;
  }
  if (opaque > MAX_OPAQUE_TENSORS) return undefined;
  return new Map(outputs.map(({ name = '' }) => [name, values.get(name) ?? []]));
}

/** A tensor that is no sum of parts: the evaluator works it out, from its part of the graph alone. */
function opaqueValues(bytes: Uint8Array, proto: ModelProto, name: string): readonly Value[] {
  const opened = openModel(cutModel(bytes, proto, name));
  if ('refused' in opened) return [];
  const { steps = 0 } = opened;
  return Array.from({ length: opened.outputs[0]?.width ?? 0 }, (_, at) =>
    term({ kind: 'opaque', value: (row) => opened.run(row, 1)[name]?.[at] ?? Number.NaN, steps }),
  );
}

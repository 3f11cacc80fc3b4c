/** From a graph to the bytes of a model file: ONNX's ModelProto (onnx/onnx.proto, IR version 8). */
import {
  type Attribute,
  ELEMENT_TYPES,
  type GraphNode,
  type GraphPort,
  type ModelGraph,
  type Tensor,
} from './graph.ts';
import { littleEndian, Wire } from './wire.ts';

/** Read by everything that knows opset 15. */
const IR_VERSION = 8;
const OPSET = 15;
const ML_OPSET = 3;

/** Field numbers of onnx.proto's messages. */
const MODEL = { irVersion: 1, producer: 2, graph: 7, opsetImport: 8 } as const;
const OPSET_ID = { domain: 1, version: 2 } as const;
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, name: 3, op: 4, attribute: 5, domain: 7 } as const;
const ATTRIBUTE = { name: 1, f: 2, i: 3, s: 4, t: 5, floats: 7, ints: 8, strings: 9, type: 20 } as const;
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;
const TENSOR = { dims: 1, type: 2, texts: 6, name: 8, raw: 9 } as const;
const PORT = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { element: 1, shape: 2 } as const;
const SHAPE = { dim: 1 } as const;
const DIM = { length: 1, word: 2 } as const;

/**
 * The file of a model: the same graph gives the same bytes on every machine, so its SHA-256 is its name.
 *
 * @throws RangeError if a tensor has not as many values as its dims say.
 */
export function writeModel(graph: ModelGraph): Uint8Array {
  const model = new Wire().int(MODEL.irVersion, IR_VERSION).text(MODEL.producer, 'hyperedge');
  model.message(MODEL.graph, graphBytes(graph));
  model.message(MODEL.opsetImport, opset('', graph.opset ?? OPSET));
  if (graph.nodes.some(({ domain }) => domain === 'ai.onnx.ml')) {
    model.message(MODEL.opsetImport, opset('ai.onnx.ml', graph.mlOpset ?? ML_OPSET));
  }
  return model.finish();
}

function opset(domain: string, version: number): Wire {
  return new Wire().text(OPSET_ID.domain, domain).int(OPSET_ID.version, version);
}

function graphBytes({ name, nodes, initializers, inputs, outputs }: ModelGraph): Wire {
  const wire = new Wire();
  for (const node of nodes) wire.message(GRAPH.node, nodeBytes(node));
  wire.text(GRAPH.name, name);
  for (const tensor of initializers) wire.message(GRAPH.initializer, tensorBytes(tensor));
  for (const port of inputs) wire.message(GRAPH.input, portBytes(port));
  for (const port of outputs) wire.message(GRAPH.output, portBytes(port));
  return wire;
}

function nodeBytes({ op, domain, name, inputs, outputs, attributes = {} }: GraphNode): Wire {
  const wire = new Wire();
  for (const input of inputs) wire.text(NODE.input, input);
  for (const output of outputs) wire.text(NODE.output, output);
  if (name !== undefined) wire.text(NODE.name, name);
  wire.text(NODE.op, op);
  for (const [key, value] of Object.entries(attributes)) wire.message(NODE.attribute, attributeBytes(key, value));
  if (domain !== undefined) wire.text(NODE.domain, domain);
  return wire;
}

function attributeBytes(name: string, value: Attribute): Wire {
  const wire = new Wire().text(ATTRIBUTE.name, name);
  const typed = (type: keyof typeof ATTRIBUTE_TYPE) => wire.int(ATTRIBUTE.type, ATTRIBUTE_TYPE[type]);
  if ('float' in value) return typed('float').float(ATTRIBUTE.f, value.float);
  if ('int' in value) return typed('int').int(ATTRIBUTE.i, value.int);
  if ('string' in value) return typed('string').text(ATTRIBUTE.s, value.string);
  if ('floats' in value) return typed('floats').floats(ATTRIBUTE.floats, value.floats);
  if ('ints' in value) return typed('ints').ints(ATTRIBUTE.ints, value.ints);
  if ('tensor' in value) return typed('tensor').message(ATTRIBUTE.t, tensorBytes(value.tensor));
  typed('strings');
  for (const text of value.strings) wire.text(ATTRIBUTE.strings, text);
  return wire;
}

function tensorBytes(tensor: Tensor): Wire {
  const { name, type, dims, values } = tensor;
  const expected = dims.reduce((product, dim) => product * dim, 1);
  if (values.length !== expected) {
    throw new RangeError(`tensor "${name}": ${values.length} values for dims [${dims.join(', ')}]`);
  }
  const wire = new Wire();
  for (const dim of dims) wire.int(TENSOR.dims, dim);
  wire.int(TENSOR.type, ELEMENT_TYPES[type]);
  if (type === 'string') for (const text of values as readonly string[]) wire.text(TENSOR.texts, text);
  wire.text(TENSOR.name, name);
  return type === 'string' ? wire : wire.bytes(TENSOR.raw, rawBytes(type, values as ArrayLike<number>));
}

function rawBytes(type: Exclude<Tensor['type'], 'string'>, values: ArrayLike<number>): Uint8Array {
  switch (type) {
    case 'float':
      return littleEndian(Float32Array.from(values));
    case 'double':
      return littleEndian(Float64Array.from(values));
    case 'int32':
      return littleEndian(Int32Array.from(values));
    case 'int64':
      return littleEndian(BigInt64Array.from(Array.from(values, BigInt)));
    case 'int8':
      return new Uint8Array(Int8Array.from(values).buffer);
    default:
      return Uint8Array.from(values);
  }
}

function portBytes({ name, type, dims }: GraphPort): Wire {
  const shape = new Wire();
  for (const dim of dims) {
    shape.message(
      SHAPE.dim,
      typeof dim === 'number' ? new Wire().int(DIM.length, dim) : new Wire().text(DIM.word, dim),
    );
  }
  const tensor = new Wire().int(TENSOR_TYPE.element, ELEMENT_TYPES[type]).message(TENSOR_TYPE.shape, shape);
  return new Wire().text(PORT.name, name).message(PORT.type, new Wire().message(TYPE.tensor, tensor));
}

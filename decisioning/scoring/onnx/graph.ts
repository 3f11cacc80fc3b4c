/** The graph of a file, checked for what every operator relies on: nodes in an order that works, and one input of rows. */
import { MAX_GRAPH_NODES } from './limits.ts';
import type { ModelProto, NodeProto } from './proto.ts';
import { refuse } from './refuse.ts';
import { FLOAT, sizeOf, type Tensor, tensorOf } from './tensor.ts';

export interface Graph {
  /** Each after those it reads from; `label` is what refusals call it. */
  readonly nodes: readonly { readonly proto: NodeProto; readonly label: string }[];
  /** Constants by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Name of the input of rows, and their columns. */
  readonly input: string;
  readonly width: number;
  readonly outputs: readonly string[];
  /** Versions of the operator sets by domain. */
  readonly opsets: ReadonlyMap<string, number>;
}

/** From here on shapes stretch to each other as the operators here have them. */
const OLDEST_OPSET = 7;
/** The newest that the operators here were compared with. */
const NEWEST_OPSET = 25;

/** @param enter told of each node that is looked at. @throws Refused */
export function graphOf({ graph, opsets }: ModelProto, enter: (label: string) => void): Graph {
  if (!graph) return refuse('malformed', 'there is no graph in it');
  const versions = new Map(opsets.map(({ domain = '', version = 0 }) => [domain, version]));
  const version = versions.get('') ?? versions.get('ai.onnx') ?? OLDEST_OPSET;
  if (version < OLDEST_OPSET || version > NEWEST_OPSET)
    refuse('unsupported', `opset ${version}, not ${OLDEST_OPSET} to ${NEWEST_OPSET}`);
  if (graph.sparse.length > 0) refuse('unsupported', 'sparse tensors');
  if (graph.nodes.length > MAX_GRAPH_NODES)
    refuse('too_large', `${graph.nodes.length} nodes, at most ${MAX_GRAPH_NODES}`);
  const tensors = new Map(graph.tensors.map((proto) => [proto.name ?? '', tensorOf(proto)]));
  const inputs = graph.inputs.filter(({ name = '' }) => !tensors.has(name));
  const [port] = inputs;
  if (!port || inputs.length > 1) return refuse('unsupported', `${inputs.length} inputs, not one`);
  const dims = port.type?.tensor?.shape?.dims ?? [];
  const width = dims[1]?.length;
  if (port.type?.tensor?.type !== FLOAT || dims.length !== 2 || !width)
    refuse('unsupported', 'the input is not of rows of floats with as many columns as it says');
  sizeOf([width!]);
  const name = port.name ?? '';
  const outputs = graph.outputs.map((output) => output.name ?? '');
  if (outputs.length === 0) refuse('malformed', 'there are no outputs');
  const nodes = sorted(graph.nodes, new Set([...tensors.keys(), name]), outputs, enter);
  return { nodes, tensors, input: name, width: width!, outputs, opsets: versions };
}

/** Nodes as a circle-free order has them. */
function sorted(
  protos: readonly NodeProto[],
  known: Set<string>,
  outputs: readonly string[],
  enter: (label: string) => void,
): Graph['nodes'] {
  const made = new Set(known);
  let waiting = protos.map((proto, i) => ({ proto, label: proto.name || `${proto.op} #${i + 1}` }));
  for (const { proto, label } of waiting) {
    enter(label);
    for (const name of proto.outputs) {
      if (name !== '' && made.has(name)) refuse('malformed', `${name} is there twice`);
      made.add(name);
    }
  }
  for (const { proto, label } of waiting) {
    enter(label);
    for (const name of proto.inputs)
      if (name !== '' && !made.has(name)) refuse('malformed', `nothing is called ${name}`);
  }
  enter('');
  for (const name of outputs) if (!made.has(name)) refuse('malformed', `nothing is called ${name}`);
  const nodes: Graph['nodes'][number][] = [];
  while (waiting.length > 0) {
    const later = waiting.filter((node) => {
      const isReady = node.proto.inputs.every((name) => name === '' || known.has(name));
      if (!isReady) return true;
      nodes.push(node);
      for (const name of node.proto.outputs) known.add(name);
      return false;
    });
    if (later.length === waiting.length) {
      enter(later[0]!.label);
      refuse('cyclic', 'it waits for what comes out of it');
    }
    waiting = later;
  }
  return nodes;
}

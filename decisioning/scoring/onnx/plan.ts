/** A graph worked out for a number of rows: every shape settled, every constant computed, and a list of steps for the rest. */
import { type Allowance, Call } from './call.ts';
import { MAX_ELEMENTS, MAX_GRAPH_NODES, MAX_STEPS } from './limits.ts';
import { OPERATORS } from './operators/all.ts';
import type { ModelProto, NodeProto } from './proto.ts';
import { must, refuse } from './refuse.ts';
import { FLOAT, type Tensor, tensorOf } from './tensor.ts';

/** What of a file does not depend on how many rows there are. */
export interface Graph {
  readonly nodes: readonly NodeProto[];
  /** Constants by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Name of the input of rows, and their columns. */
  readonly input: string;
  readonly width: number;
  readonly outputs: readonly string[];
  /** Versions of the operator sets by domain. */
  readonly opsets: ReadonlyMap<string, number>;
}

export interface Plan {
  /** Where the rows go before the steps. */
  readonly input: Float32Array;
  readonly steps: readonly (() => void)[];
  /** In the order of the graph's outputs; where the scores are after the steps. */
  readonly outputs: readonly Tensor[];
}

/** From here on shapes stretch to each other as the operators here have them; and the newest that they were compared with. */
const [OLDEST_OPSET, NEWEST_OPSET] = [7, 25];

/** @throws Refused */
export function graphOf({ graph, opsets }: ModelProto): Graph {
  must(graph !== undefined, 'there is no graph in it');
  const versions = new Map(opsets.map(({ domain = '', i = 0 }) => [domain, i]));
  const version = versions.get('') ?? versions.get('ai.onnx') ?? OLDEST_OPSET!;
  if (version < OLDEST_OPSET! || version > NEWEST_OPSET!) refuse('unsupported', `opset ${version}`);
  if (graph.sparse.length > 0) refuse('unsupported', 'sparse tensors');
  if (graph.nodes.length > MAX_GRAPH_NODES) refuse('too_large', `${graph.nodes.length} nodes`);
  const tensors = new Map(graph.tensors.map((proto) => [proto.name ?? '', tensorOf(proto)]));
  const [port, another] = graph.inputs.filter(({ name = '' }) => !tensors.has(name));
  const { type, shape } = port?.type?.tensor ?? {};
  const width = shape?.dims[1]?.i ?? 0;
  const isRows = type === FLOAT && shape?.dims.length === 2 && width > 0;
  if (another || !isRows) refuse('unsupported', 'other inputs than one of rows of floats with so many columns');
  return {
    nodes: graph.nodes,
    tensors,
    input: port?.name ?? '',
    width,
    outputs: graph.outputs.map(({ name = '' }) => name),
    opsets: versions,
  };
}

/**
 * @param enter told of each node before it is worked out, so that a refusal can name it
 * @throws Refused
 */
export function planOf(graph: Graph, rows: number, enter: (label: string) => void): Plan {
  const allowance: Allowance = { elements: MAX_ELEMENTS - rows * graph.width, steps: MAX_STEPS * rows };
  if (allowance.elements < 0) refuse('too_large', 'rows too wide');
  const values = new Map(graph.tensors);
  const input = new Float32Array(rows * graph.width);
  values.set(graph.input, { type: FLOAT, dims: [rows, graph.width], data: input });
  const steps: (() => void)[] = [];
  const work = (node: NodeProto): void => {
    const { op = '', domain = '' } = node;
    const operators = OPERATORS.get(domain) ?? {};
    const operator = Object.hasOwn(operators, op) && operators[op];
    if (!operator) refuse('unsupported', `operator ${domain} ${op}`);
    const inputs = node.inputs.map((name) => values.get(name));
    const call = new Call(node, graph.opsets.get(domain) ?? 0, inputs, allowance);
    const { outputs, run } = operator(call);
    call.finish();
    const fixed = inputs.every((tensor) => !tensor || tensor.fixed);
    if (fixed) run?.();
    else if (run) steps.push(run);
    node.outputs.forEach((name, i) => {
      const tensor = outputs[i];
      must(tensor !== undefined && !values.has(name), `output ${name}`);
      if (name) values.set(name, { ...tensor, fixed: fixed || tensor.fixed === true });
    });
  };
  const labelOf = ({ name, op }: NodeProto): string =>
    name || `${op} #${graph.nodes.findIndex((node) => node.name === name && node.op === op) + 1}`;
  let waiting = graph.nodes;
  while (waiting.length > 0) {
    const later = waiting.filter((node) => {
      if (node.inputs.some((name) => name && !values.has(name))) return true;
      enter(labelOf(node));
      work(node);
      return false;
    });
    if (later.length === waiting.length) {
      const made = new Set(later.flatMap(({ outputs }) => outputs));
      const lost = later.find(({ inputs }) => inputs.some((name) => name && !values.has(name) && !made.has(name)));
      enter(labelOf(lost ?? later[0]!));
      refuse(lost ? 'malformed' : 'cyclic', lost ? 'an input that is nowhere' : 'it waits for what comes out of it');
    }
    waiting = later;
  }
  enter('');
  return {
    input,
    steps,
    outputs: graph.outputs.map((name) => values.get(name) ?? refuse('malformed', `output ${name} is nowhere`)),
  };
}

/** A graph worked out for one row: every shape settled, every constant computed, and a list of steps for the rest. */
import { Call } from './call.ts';
import { ARRAY_BYTES, MAX_GRAPH_INPUTS, MAX_GRAPH_NODES, MAX_MEMORY, MAX_STEPS } from './limits.ts';
import { OPERATORS } from './operators/all.ts';
import type { ModelProto, PortProto } from './proto.ts';
import { must, refuse } from './refuse.ts';
import { FLOAT, type Numbers, type Tensor, tensorOf, zeros } from './tensor.ts';

/** Numbers of the graph, and what the file calls them. */
export interface Port {
  readonly name: string;
  readonly data: Numbers;
}

export interface Plan {
  /** Where a row goes before the steps. */
  readonly input: Port;
  readonly steps: readonly (() => void)[];
  /** What a row costs, out of {@link MAX_STEPS}. */
  readonly cost: number;
  /** Where the scores are after the steps. */
  readonly outputs: readonly Port[];
}

/** From here on shapes stretch to each other as the operators here have them. */
const OLDEST_OPSET = 7;
/** The newest that they were compared with. */
const NEWEST_OPSET = 25;
/** Sets of operators; the first two are one. */
const DOMAINS = ['', 'ai.onnx', 'ai.onnx.ml'];

/** The graph's only input that is no constant, as a value. @throws Refused */
function rowOf(inputs: readonly PortProto[], values: Map<string, Tensor>): Port {
  const [port, another] = inputs.filter(({ name = '' }) => !values.has(name));
  const { name = '', type } = port ?? {};
  const { type: element, shape } = type?.tensor ?? {};
  const [, columns, more] = shape?.dims ?? [];
  const width = columns?.i ?? 0;
  if (another || more || element !== FLOAT || width < 1) refuse('unsupported', 'inputs');
  const row = zeros([1, width]);
  values.set(name, row);
  return { name, data: row.data };
}

/**
 * @param at told of each node before it is worked out, so that a refusal can name it
 * @throws Refused
 */
export function planOf({ graph, opsets }: ModelProto, at: { node: string }): Plan {
  must(graph !== undefined, 'graph');
  const { nodes, tensors, inputs, outputs, sparse } = graph;
  const versions = new Map(opsets.map(({ domain = '', i = 0 }) => [domain, i]));
  const version = versions.get('') ?? versions.get('ai.onnx') ?? OLDEST_OPSET;
  if (version < OLDEST_OPSET || version > NEWEST_OPSET || sparse.length > 0) refuse('unsupported', `opset ${version}`);
  const edges = nodes.flatMap((node) => node.inputs).length;
  if (nodes.length > MAX_GRAPH_NODES || edges > MAX_GRAPH_INPUTS) refuse('too_large', 'nodes');
  let left = MAX_STEPS;
  let room = MAX_MEMORY;
  const spend = (steps: number, bytes = 0): void => {
    left -= steps;
    room -= bytes + ARRAY_BYTES;
    if (left < 0) refuse('too_large', 'steps');
    if (room < 0) refuse('too_large', 'memory');
  };
  const values = new Map<string, Tensor>();
  for (const proto of tensors) {
    const tensor = tensorOf(proto);
    spend(0, tensor.data.byteLength);
    values.set(proto.name ?? '', tensor);
  }
  const input = rowOf(inputs, values);
  const steps: (() => void)[] = [];
  const isLost = (input: string): boolean => input !== '' && !values.has(input);
  let waiting = nodes.map((node, i) => ({ ...node, label: node.name || `${node.op} #${i + 1}` }));
  while (waiting.length > 0) {
    const later = waiting.filter((node) => {
      if (node.inputs.some(isLost)) return true;
      at.node = node.label;
      const { op = '', domain = '' } = node;
      const operator = DOMAINS.includes(domain) && OPERATORS.get(op);
      if (!operator) return refuse('unsupported', `operator ${domain} ${op}`);
      const own = node.inputs.map((input) => values.get(input));
      const call = new Call(node, versions.get(domain) ?? 0, own, spend);
      const run = operator(call);
      call.finish();
      const fixed = own.every((tensor) => !tensor || tensor.fixed);
      if (fixed) run?.();
      else if (run) steps.push(run);
      node.outputs.forEach((output, i) => {
        const tensor = call.outputs[i];
        must(tensor !== undefined && !values.has(output), 'outputs');
        if (output) values.set(output, { ...tensor, fixed: fixed || tensor.fixed === true });
      });
      return false;
    });
    if (later.length === waiting.length) {
      at.node = later[0]!.label;
      const lost = later[0]!.inputs.find(isLost)!;
      refuse(later.some((node) => node.outputs.includes(lost)) ? 'cyclic' : 'malformed', lost);
    }
    waiting = later;
  }
  at.node = '';
  const portOf = (output: string): Port => ({
    name: output,
    data: (values.get(output) ?? refuse('malformed', output)).data,
  });
  return {
    input,
    steps,
    cost: MAX_STEPS - left,
    outputs: outputs.map((output) => portOf(output.name ?? '')),
  };
}

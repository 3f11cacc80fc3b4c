/** A graph worked out for a number of rows: every shape settled, every constant computed, and a list of steps for the rest. */
import { type Allowance, Call } from './call.ts';
import type { Graph } from './graph.ts';
import { MAX_ELEMENTS, MAX_STEPS } from './limits.ts';
import { OPERATORS } from './operators/all.ts';
import { refuse } from './refuse.ts';
import { FLOAT, type Tensor } from './tensor.ts';

export interface Plan {
  /** Where the rows go before the steps. */
  readonly input: Float32Array;
  readonly steps: readonly (() => void)[];
  /** In the order of the graph's outputs; where the scores are after the steps. */
  readonly outputs: readonly Tensor[];
}

/**
 * @param enter told of each node before it is worked out, so that a refusal can name it
 * @throws Refused
 */
export function planOf(
  { nodes, tensors, input, width, outputs, opsets }: Graph,
  rows: number,
  enter: (label: string) => void,
): Plan {
  const allowance: Allowance = { elements: MAX_ELEMENTS, steps: MAX_STEPS * rows };
  const values = new Map<string, Tensor>(tensors);
  const start = new Float32Array(rows * width);
  values.set(input, { type: FLOAT, dims: [rows, width], data: start });
  const steps: (() => void)[] = [];
  for (const { proto, label } of nodes) {
    enter(label);
    const domain = proto.domain ?? '';
    const operators = OPERATORS[domain];
    const operator = operators && Object.hasOwn(operators, proto.op ?? '') ? operators[proto.op!] : undefined;
    if (!operator)
      return refuse('unsupported', `the operator ${[domain, proto.op].filter(Boolean).join('.')} is not in the subset`);
    const inputs = proto.inputs.map((name) => (name === '' ? undefined : values.get(name)!));
    const call = new Call(proto, opsets.get(domain) ?? 0, inputs, allowance);
    const { outputs: made, run } = operator(call);
    call.finish();
    const fixed = inputs.every((tensor) => !tensor || tensor.fixed);
    if (fixed) run?.();
    else if (run) steps.push(run);
    proto.outputs.forEach((name, i) => {
      const tensor = made[i];
      if (name === '') return;
      values.set(
        name,
        tensor ? { ...tensor, fixed: fixed || tensor.fixed === true } : refuse('malformed', `there is no output ${i}`),
      );
    });
  }
  return { input: start, steps, outputs: outputs.map((name) => values.get(name)!) };
}

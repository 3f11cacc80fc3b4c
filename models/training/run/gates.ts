/** Whether a model is good enough to be written. */
import { METRICS } from '../measure/metrics.ts';
import type { GateSpec, TrainingSpec } from '../spec/schema.ts';
import type { Validated } from './validate.ts';

const DIGITS = 4;

/** What is not reached, in words; nothing where all is. */
export function missedGates(spec: TrainingSpec, validated: Validated): string[] {
  return spec.gates.flatMap((gate) => {
    const value = METRICS[gate.metric](scoredOf(spec, validated, gate));
    const what = gate.member ? `${gate.metric} of ${gate.member} alone` : gate.metric;
    const isReached =
      value >= (gate.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (gate.atMost ?? Number.POSITIVE_INFINITY);
    const wanted = [
      ...(gate.atLeast === undefined ? [] : [`at least ${gate.atLeast}`]),
      ...(gate.atMost === undefined ? [] : [`at most ${gate.atMost}`]),
    ];
    return isReached ? [] : [`${what} is ${value.toFixed(DIGITS)}, and must be ${wanted.join(' and ')}`];
  });
}

function scoredOf({ members }: TrainingSpec, validated: Validated, { member }: GateSpec) {
  const place = members.findIndex(({ kind }) => kind === member);
  return place < 0 ? validated.scored : validated.members[place]!;
}

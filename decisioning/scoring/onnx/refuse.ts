/** Refusals on their way out: thrown where a file is found wanting, caught in `openModel`, which returns them as values. */
import type { ModelProblem } from '../engine.ts';

/** Never leaves this folder. */
export class Refused extends Error {
  readonly problem: ModelProblem;
  constructor(problem: ModelProblem, detail: string) {
    super(detail);
    this.problem = problem;
  }
}

/** @throws Refused always */
export function refuse(problem: ModelProblem, detail: string): never {
  throw new Refused(problem, detail);
}

/** @throws Refused `malformed` where it does not hold */
export function must(holds: boolean, detail: string): asserts holds {
  if (!holds) refuse('malformed', detail);
}

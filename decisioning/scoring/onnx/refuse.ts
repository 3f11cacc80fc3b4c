/** Refusals on their way out: thrown where a file is found wanting, caught in `openModel`, which returns them as values. */
import type { ModelProblem } from '../engine.ts';

/** An error that never leaves this folder. */
export interface Refused extends Error {
  readonly problem: ModelProblem;
}

/** @throws Refused always */
export function refuse(problem: ModelProblem, detail: string): never {
  throw Object.assign(new Error(detail), { problem }) satisfies Refused;
}

/** @throws Refused `malformed` where it does not hold */
export function must(holds: boolean, detail: string): asserts holds {
  if (!holds) refuse('malformed', detail);
}

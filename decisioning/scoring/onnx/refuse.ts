/** Refusals on their way out: thrown where a file is found wanting, caught in `openModel`, which returns them as values. */
import type { ModelProblem, ModelRefusal } from '../engine.ts';

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

/** The refusal as callers get it. @param node what was being compiled when it came up */
export function refusalOf({ problem, message }: Refused, node?: string): ModelRefusal {
  return {
    refused: problem,
    ...(node && { node }),
    detail: message,
    takenBy: problem === 'unsupported' || problem === 'too_large' ? 'onnxruntime-web' : null,
  };
}

/**
 * Whose turn it is when all tests run (`npm test` without a file or a project): those that mostly wait (pages, lapses) beside those that
 * compute, the longest first, so that no core stands still.
 */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds of a file on two quiet cores, its runtime's start included; a wrong figure costs time and never a test. */
const USUAL_SECONDS: Readonly<Record<string, number>> = { node: 1, workerd: 2.5, browser: 6 };

/** Those that are far from it. */
const SECONDS: Readonly<Record<string, number>> = {
  'simulations/faults/histories-1.test.ts': 35,
  'simulations/faults/histories-2.test.ts': 35,
  'simulations/faults/histories-3.test.ts': 35,
  'simulations/faults/histories-4.test.ts': 35,
  'tests/browser/report.test.ts': 34,
  'tests/workerd/degradation.test.ts': 33,
  'tests/browser/demo.test.ts': 27,
  'tests/node/http-loop.test.ts': 26,
  'tests/node/kill.test.ts': 25,
  'tests/browser/events.test.ts': 25,
  'cli/replay/play.test.ts': 24,
  'tests/workerd/handlers.test.ts': 23,
  'cli/hyperedge.test.ts': 20,
  'tests/browser/consent.test.ts': 18,
  'tests/browser/views.test.ts': 18,
  'cli/regret/factored.test.ts': 17,
  'simulations/pacing/day.test.ts': 16,
  'tests/browser/react.test.ts': 16,
  'cli/regret/bandit.test.ts': 15,
  'tests/browser/failures.test.ts': 15,
  'tests/browser/offline.test.ts': 15,
  'cli/replay/tests/tests.test.ts': 14,
  'tests/workerd/switches.test.ts': 13,
  'tests/browser/forward.test.ts': 11,
  'tests/browser/device.test.ts': 11,
};

/** Beside the browser's: what stands still for longer than it computes. */
const WAITING: ReadonlySet<string> = new Set([
  'tests/workerd/switches.test.ts',
  'tests/workerd/degradation.test.ts',
  'tests/node/http-loop.test.ts',
  'tests/node/kill.test.ts',
]);

interface File {
  readonly project: string;
  /** From the project's folder on, with slashes. */
  readonly path: string;
}

/**
 * Orders files so that the two kinds are through at the same time: each stands where its kind has done the same part of its work.
 * @returns the same values in another order
 */
export function inTurns<T>(values: readonly T[], fileOf: (value: T) => File): T[] {
  const files = values.map((value) => {
    const { project, path } = fileOf(value);
    return {
      value,
      waits: project === 'browser' || WAITING.has(path),
      seconds: SECONDS[path] ?? USUAL_SECONDS[project] ?? 1,
    };
  });
  const placed = [true, false].flatMap((kind) => {
    const own = files.filter(({ waits }) => waits === kind).toSorted((one, other) => other.seconds - one.seconds);
    const all = own.reduce((sum, { seconds }) => sum + seconds, 0);
    let before = 0;
    return own.map(({ value, seconds }) => {
      const at = before / all;
      before += seconds;
      return { value, at };
    });
  });
  return placed.toSorted((one, other) => one.at - other.at).map(({ value }) => value);
}

/** {@link inTurns} for vitest. */
export class Turns extends BaseSequencer {
  override async sort(specs: TestSpecification[]): Promise<TestSpecification[]> {
    const root = this.ctx.config.root;
    return inTurns(specs, ({ project, moduleId }) => ({
      project: project.name,
      path: relative(root, moduleId).replaceAll('\\', '/'),
    }));
  }
}

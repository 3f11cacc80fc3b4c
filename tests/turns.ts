/**
 * Whose turn it is when all tests run (`npm test` without a file or a project): those that mostly wait (pages, lapses) beside those that
 * compute, the longest first, so that no core stands still.
 */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds of a file on two quiet cores; a wrong figure costs time and never a test. */
const USUAL_SECONDS: Readonly<Record<string, number>> = { node: 0.5, workerd: 1, browser: 6 };

/** Those that are far from it. */
const SECONDS: Readonly<Record<string, number>> = {
  'tests/browser/report.test.ts': 34,
  'tests/workerd/degradation.test.ts': 30,
  'tests/browser/demo.test.ts': 27,
  'tests/node/kill.test.ts': 25,
  'tests/browser/events.test.ts': 25,
  'tests/workerd/handlers.test.ts': 20,
  'tests/browser/consent.test.ts': 18,
  'tests/browser/views.test.ts': 18,
  'tests/node/http-loop.test.ts': 16,
  'tests/browser/react.test.ts': 16,
  'simulations/pacing/day.test.ts': 15,
  'tests/browser/failures.test.ts': 15,
  'tests/browser/offline.test.ts': 15,
  'simulations/faults/histories-1.test.ts': 12,
  'simulations/faults/histories-2.test.ts': 12,
  'simulations/faults/histories-3.test.ts': 12,
  'simulations/faults/histories-4.test.ts': 12,
  'cli/hyperedge.test.ts': 12,
  'tests/workerd/switches.test.ts': 12,
  'tests/workerd/models/hybrid.test.ts': 12,
  'tests/browser/forward.test.ts': 11,
  'tests/browser/device.test.ts': 11,
  'cli/replay/play.test.ts': 10,
  'tests/workerd/loop.test.ts': 8,
  'tests/workerd/money.test.ts': 8,
  'tests/node/fuzz/fuzz.test.ts': 20,
  'simulations/faults/convergence.test.ts': 8,
  'tests/node/migrations.test.ts': 8,
  'cli/commands/money.test.ts': 6,
  'cli/commands/performance.test.ts': 6,
  'models/training/real-data.test.ts': 5,
  'decisioning/strategies/reward-comparison.test.ts': 5,
  'decisioning/bandits/rewards/best-of-samples.test.ts': 5,
  'decisioning/segments/catastrophic-patterns.test.ts': 5,
  'decisioning/scoring/watch/looks.test.ts': 4,
  'cli/simulate/examples.test.ts': 4,
};

/** Beside the browser's: what stands still for longer than it computes. */
const WAITING: ReadonlySet<string> = new Set(['tests/node/http-loop.test.ts', 'tests/node/kill.test.ts']);

interface File {
  readonly project: string;
  /** From the project's folder on, with slashes. */
  readonly path: string;
  /** Whether it may run in a process that other files of its project have used. */
  readonly isShared: boolean;
}

const KINDS = ['runtime', 'waits', 'computes'] as const;
const kindOf = ({ project, path }: File): (typeof KINDS)[number] =>
  project === 'workerd' ? 'runtime' : project === 'browser' || WAITING.has(path) ? 'waits' : 'computes';

/**
 * Orders files so that all kinds are through at the same time: each stands where its kind has done the same part of its work. Of those that
 * compute, the ones that need a process of their own come first: a shared one ends where another's file is next.
 * @returns the same values in another order
 */
export function inTurns<T>(values: readonly T[], fileOf: (value: T) => File): T[] {
  const files = values.map((value) => {
    const file = fileOf(value);
    const seconds = SECONDS[file.path] ?? USUAL_SECONDS[file.project] ?? 1;
    return { value, kind: kindOf(file), isShared: file.isShared, seconds };
  });
  const placed = KINDS.flatMap((kind) => {
    const own = files
      .filter((file) => file.kind === kind)
      .toSorted((one, other) => Number(one.isShared) - Number(other.isShared) || other.seconds - one.seconds);
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
      isShared: !project.config.isolate,
    }));
  }
}

/** Runs named tests in a copy of the project and tells what became of each. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NamedTest } from './fault.ts';

/** A fault may make a test wait for what never comes: the test's own limits end it long before this. */
const RUN_LIMIT_MS = 240_000;

/** `none`: no test of that name ran, so it says nothing. */
export type Verdict = 'passed' | 'failed' | 'none';

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function run(root: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...args], {
      cwd: root,
      stdio: 'ignore',
      detached: true,
    });
    // The runtimes that vitest starts are in its group and end with it.
    const limit = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), RUN_LIMIT_MS);
    child.on('close', () => {
      clearTimeout(limit);
      resolve();
    });
  });
}

/** What became of the tests of one file whose titles begin as told, together. */
export async function verdictOf(root: string, test: NamedTest): Promise<Verdict> {
  const output = join(root, 'planted-report.json');
  rmSync(output, { force: true });
  const { project, file, title } = test;
  await run(root, ['--project', project, file, '-t', escaped(title), '--reporter=json', `--outputFile=${output}`]);
  if (!existsSync(output)) return 'none';
  const report = JSON.parse(readFileSync(output, 'utf8')) as Report;
  const ran = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((result) => result.title.includes(title) && result.status !== 'skipped' && result.status !== 'pending');
  if (ran.length === 0) return 'none';
  return ran.some(({ status }) => status === 'failed') ? 'failed' : 'passed';
}

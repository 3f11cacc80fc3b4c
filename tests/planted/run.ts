/**
 * `npm run faults [-- NAME …]`: plants each fault in a copy of the project and runs the test that must catch it. First every named test must
 * be green without any fault: a test that is red anyway catches nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { copyOfProject } from './copy.ts';
import type { NamedTest, PlantedFault } from './fault.ts';
import { FAULTS } from './faults/index.ts';
import { verdictOf } from './vitest.ts';

/** Each run may hold a workerd of its own: more than cores only makes all of them slow. */
const MAX_COPIES = 4;
const MS_PER_SECOND = 1_000;

interface Job {
  readonly label: string;
  readonly run: (root: string) => Promise<string | null>;
}

/** Edits the copy, runs, and puts the file back; null when all is as it should be. */
async function plant(root: string, fault: PlantedFault): Promise<string | null> {
  const path = join(root, fault.file);
  const before = readFileSync(path, 'utf8');
  if (before.split(fault.find).length !== 2) return `does not fit ${fault.file} any more`;
  writeFileSync(
    path,
    before.replace(fault.find, () => fault.replace),
  );
  try {
    const verdict = await verdictOf(root, fault.caughtBy);
    if (verdict === 'failed') return null;
    return verdict === 'passed' ? 'SURVIVED' : 'its test did not run';
  } finally {
    writeFileSync(path, before);
  }
}

async function isGreen(root: string, test: NamedTest): Promise<string | null> {
  const verdict = await verdictOf(root, test);
  return verdict === 'passed' ? null : `${verdict === 'failed' ? 'is red' : 'did not run'} without any fault`;
}

function tell(done: number, of: number, job: Job, problem: string | null, seconds: number): void {
  const mark = problem === null ? styleText('green', '✓') : styleText('red', '✗');
  const end = problem === null ? '' : styleText('red', ` — ${problem}`);
  console.log(`${mark} ${String(done).padStart(3)}/${of} ${job.label}${end} ${styleText('dim', `${seconds} s`)}`);
}

/** Runs all jobs, some at a time, each in a copy that nobody else is editing. @returns how many had a problem */
async function work(roots: readonly string[], jobs: readonly Job[]): Promise<number> {
  const queue = [...jobs];
  let done = 0;
  let problems = 0;
  const worker = async (root: string): Promise<void> => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const startedAtMs = Date.now();
      const problem = await job.run(root);
      done += 1;
      if (problem !== null) problems += 1;
      tell(done, jobs.length, job, problem, Math.round((Date.now() - startedAtMs) / MS_PER_SECOND));
    }
  };
  await Promise.all(roots.map(worker));
  return problems;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !FAULTS.some((fault) => fault.name === name));
if (unknown.length > 0) {
  console.error(`no such fault: ${unknown.join(', ')}. There are: ${FAULTS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const faults = FAULTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const tests = new Map(faults.map(({ caughtBy }) => [`${caughtBy.file} ${caughtBy.title}`, caughtBy]));
const copies = Array.from({ length: Math.min(availableParallelism(), MAX_COPIES) }, copyOfProject);
try {
  const roots = copies.map(({ root }) => root);
  console.log(`${tests.size} tests without any fault`);
  const red = await work(
    roots,
    [...tests.values()].map((test) => ({ label: `${test.file}: ${test.title}`, run: (root) => isGreen(root, test) })),
  );
  console.log(`\n${faults.length} planted faults`);
  const survived = await work(
    roots,
    faults.map((fault) => ({ label: `${fault.name}: ${fault.what}`, run: (root) => plant(root, fault) })),
  );
  console.log(
    `\n${faults.length - survived} of ${faults.length} faults caught${red > 0 ? `, ${red} tests unsound` : ''}`,
  );
  process.exitCode = survived + red > 0 ? 1 : 0;
} finally {
  for (const { remove } of copies) remove();
}

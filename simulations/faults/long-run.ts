/** Plays many seeds over several threads, and says what was found. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { planOf } from './operations.ts';
import { type Result, run } from './run.ts';
import { replayCommand, tellShortest } from './shrink.ts';

/** Operations of a history unless told: the length that the tests have, too. */
export const DEFAULT_STEPS = 500;
/** Between two lines of progress. */
const PROGRESS_MS = 30_000;
/** Violations whose history is cut down: each takes a minute; the rest are named by their seeds. */
const MAX_SHRUNK = 3;

interface Told {
  readonly seed: number;
  readonly violation: string | null;
  readonly events: number;
  readonly counts: Result['counts'];
}

interface Task {
  readonly seeds: readonly number[];
  readonly steps: number;
}

/** Runs the command; the exit code is 1 when anything was violated. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '100' },
      steps: { type: 'string', default: String(DEFAULT_STEPS) },
      threads: { type: 'string', default: String(availableParallelism()) },
      log: { type: 'boolean', default: false },
    },
  });
  const [from, seeds, steps, threads] = [values.from, values.seeds, values.steps, values.threads].map(whole) as [
    number,
    number,
    number,
    number,
  ];
  if (values.log) return showLog(from, steps);
  const lists = Array.from({ length: Math.min(threads, seeds) }, (_, thread) =>
    Array.from({ length: seeds }, (_, i) => from + i).filter((seed) => seed % Math.min(threads, seeds) === thread),
  );
  const startedMs = Date.now();
  const told: Told[] = [];
  const progress = setInterval(
    () => console.log(`${told.length} of ${seeds} seeds, ${Math.round((Date.now() - startedMs) / 1_000)} s`),
    PROGRESS_MS,
  );
  await Promise.all(lists.map((list) => playOnThread({ seeds: list, steps }, told)));
  clearInterval(progress);
  return summarise(told, steps, Date.now() - startedMs);
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`"${text}" is no whole number of 0 or more`);
  return value;
}

async function showLog(seed: number, steps: number): Promise<number> {
  const { log, violation } = await run(planOf(seed, steps), { log: true });
  console.log(log.join('\n'));
  console.log(violation ?? 'nothing was violated');
  return violation ? 1 : 0;
}

function playOnThread(task: Task, told: Told[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(fileURLToPath(new URL('./long.ts', import.meta.url).href), { workerData: task });
    thread.on('message', (one: Told) => {
      told.push(one);
      if (one.violation) console.log(`seed ${one.seed}: ${one.violation}`);
    });
    thread.on('error', reject);
    thread.on('exit', () => resolve());
  });
}

/** The part of a thread: tells of each seed as it is done. */
export async function playSeeds(): Promise<void> {
  if (isMainThread) throw new Error('only for threads');
  const { seeds, steps } = workerData as Task;
  for (const seed of seeds) {
    const { violation, events, counts } = await run(planOf(seed, steps));
    parentPort?.postMessage({ seed, violation, events, counts } satisfies Told);
  }
}

async function summarise(told: readonly Told[], steps: number, tookMs: number): Promise<number> {
  const counts: Record<string, number> = {};
  for (const { events, counts: some } of told)
    for (const [what, n] of Object.entries({ ...some, events })) counts[what] = (counts[what] ?? 0) + n;
  const violated = told.filter(({ violation }) => violation !== null).sort((a, b) => a.seed - b.seed);
  console.log(
    `${told.length} seeds of ${steps} operations in ${Math.round(tookMs / 1_000)} s: ${violated.length} violations`,
  );
  console.log(
    Object.entries(counts)
      .map(([what, n]) => `${n} ${what}`)
      .join(', '),
  );
  for (const { seed } of violated.slice(0, MAX_SHRUNK)) console.log(await tellShortest(planOf(seed, steps)));
  for (const { seed, violation } of violated.slice(MAX_SHRUNK))
    console.log(`seed ${seed}: ${violation}\n  ${replayCommand(seed, steps)}`);
  return violated.length > 0 ? 1 : 0;
}

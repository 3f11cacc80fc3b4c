/** Plays many seeds over several threads, and says what was found. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { whole } from './arguments.ts';
import { planOf } from './operations.ts';
import { type Result, run } from './run.ts';
import { replayCommand, tellShortest } from './shrink.ts';

/** Operations of a history unless told: the length that the tests have, too. */
export const DEFAULT_STEPS = 500;
/** Between two lines of progress. */
const PROGRESS_MS = 30_000;
/** A history takes half a second, some seconds on a busy machine: one that takes this long never ends, not even a simulated minute of it. */
const HUNG_MS = 300_000;
/** From so many operations on, histories in which nothing is granted or answered prove nothing. */
const TELLING_OPERATIONS = 2_000;
/** Violations whose history is cut down: each takes a minute; the rest are named by their seeds. */
const MAX_SHRUNK = 3;

interface Told {
  readonly seed: number;
  readonly violation: string | null;
  readonly events: number;
  readonly counts: Result['counts'];
}

/** What a thread says: which seed it begins, and what that came to. */
type Message = { readonly begins: number } | Told;

interface Task {
  readonly seeds: readonly number[];
  readonly steps: number;
}

/**
 * Runs the command; the exit code is 1 when anything was violated, or not played.
 *
 * @throws RangeError naming the option that is wrong; Error naming a seed that never came to an end
 */
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
  const from = whole('from', values.from, 0);
  const [seeds, steps, threads] = (['seeds', 'steps', 'threads'] as const).map((name) => whole(name, values[name])) as [
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
  const code = await summarise(told, steps, Date.now() - startedMs);
  const missing = missingOf(told, seeds * steps);
  for (const problem of told.length === seeds ? missing : [`${seeds - told.length} seeds were not played`, ...missing])
    console.log(problem);
  return told.length === seeds && missing.length === 0 ? code : 1;
}

async function showLog(seed: number, steps: number): Promise<number> {
  const { log, violation } = await run(planOf(seed, steps), { log: true });
  console.log(log.join('\n'));
  console.log(violation ?? 'nothing was violated');
  return violation ? 1 : 0;
}

/** What never happened in so many operations, and should have. */
export function missingOf(told: readonly Pick<Told, 'counts'>[], operations: number): string[] {
  if (operations < TELLING_OPERATIONS) return [];
  const needed = ['grants', 'answers', 'claims', 'contacts', 'accepted', 'leases', 'visits'] as const;
  return needed
    .filter((what) => told.every(({ counts }) => counts[what] === 0))
    .map((what) => `no ${what} in ${operations} operations: nothing was tried`);
}

/** Ends when all seeds were told; rejects when the thread ends before, or a history hangs. */
function playOnThread(task: Task, told: Told[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let playing: number | null = null;
    let left = task.seeds.length;
    let sinceMs = Date.now();
    const thread = new Worker(fileURLToPath(new URL('./long.ts', import.meta.url).href), { workerData: task });
    const watch = setInterval(() => {
      if (Date.now() - sinceMs > HUNG_MS) void thread.terminate();
    }, PROGRESS_MS);
    thread.on('message', (message: Message) => {
      sinceMs = Date.now();
      if ('begins' in message) {
        playing = message.begins;
        return;
      }
      left -= 1;
      told.push(message);
      if (message.violation) console.log(`seed ${message.seed}: ${message.violation}`);
    });
    thread.on('error', reject);
    thread.on('exit', () => {
      clearInterval(watch);
      if (left === 0) resolve();
      else reject(new Error(`seed ${playing} never came to an end, and ${left - 1} more were not played`));
    });
  });
}

/** The part of a thread: tells of each seed as it is done. */
export async function playSeeds(): Promise<void> {
  if (isMainThread) throw new Error('only for threads');
  const { seeds, steps } = workerData as Task;
  for (const seed of seeds) {
    parentPort?.postMessage({ begins: seed } satisfies Message);
    const { violation, events, counts } = await run(planOf(seed, steps));
    parentPort?.postMessage({ seed, violation, events, counts } satisfies Message);
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

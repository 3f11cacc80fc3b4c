/**
 * What isolates of workerd hold in their JavaScript heaps, by its inspector. Beside our workers' there are those of the local tool, which stand for other
 * services of the platform: D1, the cache, queues, R2.
 */

/** Of one isolate, megabytes. */
export interface Heap {
  /** Objects, garbage that was not collected yet among them. */
  readonly usedMb: number;
  /** What the engine has of the system for them. */
  readonly totalMb: number;
  /** Of the runtime's own objects behind them: requests, answers, streams. */
  readonly embedderMb: number;
}

/** By worker; those of the local tool together as `simulators`. */
export type Heaps = Readonly<Record<string, Heap>>;

const OURS = 'core:user:';
/** What those of the local tool are called together. */
export const SIMULATORS = 'simulators';
const BYTES_PER_MB = 1_024 * 1_024;
/** An isolate that does not answer for so long is left out. */
const ANSWER_MS = 5_000;
/** An isolate collects when it runs next. Of the local tool's, those that nobody calls within this time have nothing to collect … */
const COLLECT_MS = 1_000;
/** … and ours are waited for: administrators call theirs once a second. */
const LIVE_MS = 10_000;

interface Isolate {
  readonly id: string;
  readonly webSocketDebuggerUrl: string;
}

interface Usage {
  readonly usedSize: number;
  readonly totalSize: number;
  readonly embedderHeapUsedSize?: number;
}

/** The results of commands, one after the other; undefined when they do not all come in time. */
async function commands(
  { webSocketDebuggerUrl }: Isolate,
  methods: readonly string[],
  ms: number,
): Promise<readonly unknown[] | undefined> {
  const socket = new WebSocket(webSocketDebuggerUrl);
  const { promise, resolve } = Promise.withResolvers<readonly unknown[] | undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  const results: unknown[] = [];
  const next = (): void => {
    if (results.length === methods.length) resolve(results);
    else socket.send(JSON.stringify({ id: results.length + 1, method: methods[results.length] }));
  };
  socket.addEventListener('open', next);
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id !== results.length + 1) return;
    results.push(result);
    next();
  });
  socket.addEventListener('error', () => resolve(undefined));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

/** All isolates; none while workerd is down. */
async function isolatesAt(port: number): Promise<readonly Isolate[]> {
  try {
    return (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as Isolate[];
  } catch {
    return [];
  }
}

const isOurs = ({ id }: Isolate): boolean => id.startsWith(OURS);

const inMb = ({ usedSize, totalSize, embedderHeapUsedSize = 0 }: Usage): Heap => ({
  usedMb: usedSize / BYTES_PER_MB,
  totalMb: totalSize / BYTES_PER_MB,
  embedderMb: embedderHeapUsedSize / BYTES_PER_MB,
});

const sum = (one: Heap, other: Heap): Heap => ({
  usedMb: one.usedMb + other.usedMb,
  totalMb: one.totalMb + other.totalMb,
  embedderMb: one.embedderMb + other.embedderMb,
});

const USAGE = 'Runtime.getHeapUsage';
const COLLECT = 'HeapProfiler.collectGarbage';

/** @param methods the last one asks for the usage */
async function usageAfter(isolates: readonly Isolate[], methods: readonly string[], ms: number): Promise<Heaps> {
  const heaps: Record<string, Heap> = {};
  const asked = isolates.map(async (isolate) => {
    const usage = (await commands(isolate, methods, ms))?.at(-1) as Usage | undefined;
    if (!usage) return;
    const name = isOurs(isolate) ? isolate.id.slice(OURS.length) : SIMULATORS;
    const before = heaps[name];
    heaps[name] = before ? sum(before, inMb(usage)) : inMb(usage);
  });
  await Promise.all(asked);
  return heaps;
}

/** The heaps of all isolates of the workerd whose inspector listens at `port`, with their garbage; those that do not answer are missing. */
export async function heapsOf(port: number): Promise<Heaps> {
  return usageAfter(await isolatesAt(port), [USAGE], ANSWER_MS);
}

/** What our workers' isolates hold once they have collected their garbage: those that run meanwhile. */
export async function liveHeapsOf(port: number): Promise<Heaps> {
  return usageAfter((await isolatesAt(port)).filter(isOurs), [COLLECT, USAGE], LIVE_MS);
}

/**
 * Has the local tool's isolates collect their garbage, and ours not. A call leaves a kilobyte or two in each heap, and some twenty behind it that the
 * engine does not count: at a modest rate they would not collect by themselves within an hour. On the platform these are other services.
 */
export async function collectSimulators(port: number): Promise<void> {
  const theirs = (await isolatesAt(port)).filter((isolate) => !isOurs(isolate));
  await Promise.all(theirs.map((isolate) => commands(isolate, [COLLECT], COLLECT_MS)));
}

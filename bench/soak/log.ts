/** What a soak writes down every half minute, and what it makes of it in the end. */
import type { Gauge } from '../process.ts';
import { type Heaps, SIMULATORS } from './heaps.ts';
import { type Course, courseOf, MAX_GROWTH, medianOf, type Sample } from './verdict.ts';

/** One look at the server. */
export interface Look {
  readonly atMs: number;
  /** Which process since the start: each restart begins another. */
  readonly run: number;
  /** Undefined where there is no `/proc`. */
  readonly gauge: Gauge | undefined;
  /** JavaScript heaps of the isolates, with their garbage. */
  readonly heaps: Heaps;
  /** How long it took until everything that had been acknowledged at this moment was counted; undefined when it took longer than is waited. */
  readonly lagMs: number | undefined;
  /** `oldestUndeliveredMs` of /healthz. */
  readonly stuckMs: number | null;
}

/** Of each run, what is left out of its course: code is compiled, caches fill, heaps find their size. */
const WARM_UP_SHARE = 1 / 3;
const MIN_WARM_UP_MS = 120_000;
/** Heaps without garbage are of ten megabytes and less: what some hundred objects more or fewer in memory make of them is no growth. */
const MAX_HEAP_GROWTH_MB = 2;
/** Lags are of one or two seconds; one that is counted in the next second is no trend. */
const MAX_LAG_GROWTH_MS = 1_000;

const GAUGES = ['rssMb', 'openFiles', 'threads'] as const;

/** One line of the verdict. */
export interface Finding {
  readonly what: string;
  readonly holds: boolean;
  readonly figures: Readonly<Record<string, number>>;
}

/** How much of a stretch of so many milliseconds is warming up. */
export const warmUpMs = (stretchMs: number): number => Math.max(MIN_WARM_UP_MS, stretchMs * WARM_UP_SHARE);

/** The samples of one run behind its warm-up. */
function settledLooks(looks: readonly Look[], run: number): Look[] {
  const own = looks.filter((look) => look.run === run);
  const [fromMs, toMs] = [own[0]?.atMs ?? 0, own.at(-1)?.atMs ?? 0];
  const warmMs = warmUpMs(toMs - fromMs);
  return own.filter(({ atMs }) => atMs - fromMs >= warmMs);
}

const samplesOf = (looks: readonly Look[], name: (typeof GAUGES)[number]): Sample[] =>
  looks.flatMap(({ atMs, gauge }) => (gauge ? [{ atMs, value: gauge[name] }] : []));

/** Memory, files and threads of each run that is long enough to say something of. */
export function courses(looks: readonly Look[]): Finding[] {
  const runs = [...new Set(looks.map(({ run }) => run))];
  return runs.flatMap((run) =>
    GAUGES.flatMap((name) => {
      const course: Course | undefined = courseOf(samplesOf(settledLooks(looks, run), name));
      if (!course) return [];
      const { flat, growth, lastOverFirst, median } = course;
      return [{ what: `run ${run}: ${name}`, holds: flat, figures: { median, growth, lastOverFirst } }];
    }),
  );
}

/** What our isolates hold without garbage, behind the warm-up and at the end: none that ever answered is missing, and none holds more. */
export function liveCourses(first: Heaps, last: Heaps, looks: readonly Look[] = []): Finding[] {
  const heaps = [first, last, ...looks.map((look) => look.heaps)];
  const names = [...new Set(heaps.flatMap(Object.keys))].filter((name) => name !== SIMULATORS).toSorted();
  if (names.length === 0) return [{ what: 'live heaps', holds: false, figures: { isolates: 0 } }];
  return names.map((name) => {
    const [firstMb, lastMb] = [first[name]?.usedMb ?? Number.NaN, last[name]?.usedMb ?? Number.NaN];
    const holds = lastMb - firstMb <= Math.max(MAX_HEAP_GROWTH_MB, firstMb * MAX_GROWTH);
    return { what: `live heap of ${name}, MB`, holds, figures: { firstMb, lastMb } };
  });
}

/** How long it takes until what is acknowledged is counted: always counted, and no later in the last third than in the first. */
export function lagCourse(looks: readonly Look[]): Finding {
  const lags = looks.flatMap(({ lagMs }) => (lagMs === undefined ? [] : [lagMs]));
  const third = Math.max(1, Math.floor(lags.length / 3));
  const [firstMs, lastMs] = [medianOf(lags.slice(0, third)), medianOf(lags.slice(-third))];
  const late = looks.length - lags.length;
  const holds = late === 0 && lastMs <= firstMs + MAX_LAG_GROWTH_MS;
  return { what: 'outbox lag, ms', holds, figures: { firstMs, lastMs, maxMs: Math.max(...lags), late } };
}

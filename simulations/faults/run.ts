/** One history from beginning to end. */
import { Cluster } from './cluster.ts';
import { unrest, wrongAtTheEnd } from './end.ts';
import { Livelock } from './loop.ts';
import type { Plan } from './operations.ts';
import { Oracle } from './oracle.ts';
import { Play } from './play.ts';
import { WEATHERS, type Weather } from './weather.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long the world is given to come to rest: leases close within the hour, backstops ring within days. */
const REST_STEPS_MS = [...Array(20).fill(2 * MINUTE_MS), ...Array(24).fill(HOUR_MS), ...Array(10).fill(24 * HOUR_MS)];

export interface Result {
  /** What went wrong first; null when nothing did. */
  readonly violation: string | null;
  /** Operations until then. */
  readonly step: number;
  /** Hash of all that happened. */
  readonly history: number;
  readonly counts: Oracle['counts'];
  /** Messages, alarms and timers. */
  readonly events: number;
  readonly log: readonly string[];
}

export interface RunOptions {
  /** Keeps what happened in words. */
  readonly log?: boolean;
  /** Over the whole history, whatever its operations say. */
  readonly weather?: Weather;
}

/** Plays a plan in a world of its own; the same plan gives the same history. */
export async function run(plan: Plan, { log = false, weather }: RunOptions = {}): Promise<Result> {
  const oracle = new Oracle();
  const cluster = new Cluster({
    seed: plan.seed,
    skewed: plan.skewed,
    violated: (what) => oracle.violated(what),
    committed: (object, changes) => oracle.committed(object, changes),
  });
  if (log) cluster.log = [];
  let step = 0;
  try {
    const play = new Play(cluster, oracle);
    play.isolates[0]!.run(() => void play.publish());
    await cluster.loop.until(cluster.loop.nowMs + MINUTE_MS);
    for (const operation of plan.operations) {
      step += 1;
      cluster.change(weather ?? WEATHERS[operation.weather], operation.seed);
      play.start(operation);
      await cluster.loop.until(cluster.loop.nowMs + operation.thenMs);
      if (oracle.violation) break;
    }
    if (!oracle.violation) await rest(cluster, play, oracle);
  } catch (error) {
    if (error instanceof Livelock) oracle.violated(`livelock: ${error.message}`);
    else oracle.violated(`crash of the simulator: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    cluster.close();
  }
  const { history, loop } = cluster;
  return {
    violation: oracle.violation,
    step,
    history,
    counts: oracle.counts,
    events: loop.steps,
    log: cluster.log ?? [],
  };
}

/** Everything works again, and time passes until nothing is under way. */
async function rest(cluster: Cluster, play: Play, oracle: Oracle): Promise<void> {
  cluster.change(WEATHERS.calm, 0);
  cluster.down.clear();
  cluster.translate = null;
  cluster.refuse = null;
  for (const isolate of play.isolates) isolate.run(() => isolate.rest());
  // What strayed arrives, and what failed while the publisher was down is repaired.
  await cluster.loop.until(cluster.loop.nowMs + 4 * MINUTE_MS);
  play.isolates[0]!.run(() => void play.publish());
  for (const stepMs of REST_STEPS_MS) {
    await cluster.loop.until(cluster.loop.nowMs + stepMs);
    if (oracle.violation || unrest(cluster) === null) break;
  }
  const wrong = oracle.violation ?? wrongAtTheEnd(cluster, oracle);
  if (wrong) oracle.violated(wrong);
}

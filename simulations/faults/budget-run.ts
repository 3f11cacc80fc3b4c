/** Far more decisions than a budget pays for, by many isolates, with a crash at every step of the way of a unit. */
import { armOf, campaignOf, channelOf, configurationOf, MINUTE_MS } from '../../decisioning/testing/configuration.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { Cluster } from './cluster.ts';
import { Dice, hashText } from './dice.ts';
import { unrest, wrongAtTheEnd } from './end.ts';
import { Isolate } from './isolate.ts';
import type { LoopLimits } from './loop.ts';
import { Oracle } from './oracle.ts';
import { Strikes } from './strikes.ts';
import type { Weather } from './weather.ts';
import { compiled, nameOf, WORKSPACE_ID } from './workspace.ts';

export interface BudgetPlan {
  readonly seed: number;
  readonly decisions: number;
  readonly totalMinor: number;
  readonly isolates: number;
}

export interface BudgetResult {
  readonly violation: string | null;
  /** Units of what was seen in time. */
  readonly spent: number;
  readonly granted: number;
  readonly defaults: number;
  /** Share of the budget that was not spent. */
  readonly undelivered: number;
  readonly crashes: number;
  /** Steps at which nothing crashed. */
  readonly missed: readonly string[];
}

/** All the while, besides the crashes. */
const WEATHER: Weather = {
  lose: 0.01,
  repeat: 0.01,
  slow: 0.02,
  stray: 0.005,
  crash: 0,
  unwritten: 0.5,
  lateAlarm: 0.05,
  repeatAlarm: 0.05,
};
/** Every hundredth decision and the few that follow: nearly every call fails at least once, so that calls come to nothing and units are in doubt. */
const SQUALL: Weather = { ...WEATHER, lose: 0.5, stray: 0.2 };
const SQUALL_EVERY = 100;
const SQUALL_DECISIONS = 5;
/** Decisions of one customer: few enough that none is dropped. */
const PER_CUSTOMER = 250;
/** What the budget's time is divided by: claims lapse and doubts end many times within it. */
const PLAYED_MS = 90 * MINUTE_MS;
/** Share of decisions that are seen, and how soon: some after their claims have lapsed. */
const SEEN = 0.85;
const SEEN_WITHIN_MS = 150_000;
/** A crowd: 50,000 decisions take some two million steps, and in the busiest minute some ten thousand. */
const LIMITS: LoopLimits = { steps: 20_000_000, stepsPerMinute: 200_000 };
const REST_STEP_MS = 10 * MINUTE_MS;
const REST_STEPS = 36;

function release(totalMinor: number) {
  const pacing = { mode: 'none' } as const;
  return compiled(
    configurationOf(
      [
        campaignOf('paid', {
          pool: 'spring',
          arms: [armOf('a', { costMinor: 1 }), armOf('b', { costMinor: 3 })],
        }),
      ],
      {
        placements: [{ id: 'hero', name: 'Hero', channel: 'page' }],
        channels: [channelOf('page')],
        pools: [{ id: 'spring', name: 'Spring', totalMinor, timeZone: 'UTC', pacing, alertsAt: [] }],
      },
    ),
  );
}

/** Plays it. */
export async function runBudget(plan: BudgetPlan): Promise<BudgetResult> {
  const { seed, decisions, totalMinor } = plan;
  const oracle = new Oracle();
  const cluster = new Cluster({
    seed,
    skewed: true,
    limits: LIMITS,
    violated: (what) => oracle.violated(what),
    committed: (object, changes) => oracle.committed(object, changes),
  });
  const strikes = new Strikes(new Dice(hashText('strikes', seed)));
  const play = new BudgetPlay(cluster, oracle, plan);
  try {
    await play.publish();
    cluster.strike = (step) => strikes.strikes(step);
    for (let i = 0; i < decisions && !oracle.violation; i += 1) {
      cluster.change(i % SQUALL_EVERY < SQUALL_DECISIONS ? SQUALL : WEATHER, seed + i);
      play.decide(i);
      await cluster.loop.until(cluster.loop.nowMs + PLAYED_MS / decisions);
    }
    cluster.strike = null;
    await play.rest();
  } finally {
    cluster.close();
  }
  const spent = oracle.money.spent.get('pool:spring') ?? 0;
  return {
    violation: oracle.violation,
    spent,
    granted: oracle.counts.grants,
    defaults: oracle.counts.defaults,
    undelivered: 1 - spent / totalMinor,
    crashes: [...strikes.struck.values()].reduce((sum, times) => sum + times, 0),
    missed: strikes.missed(),
  };
}

class BudgetPlay {
  readonly #cluster: Cluster;
  readonly #oracle: Oracle;
  readonly #plan: BudgetPlan;
  readonly #isolates: Isolate[];
  readonly #dice: Dice;
  #made = 0;

  constructor(cluster: Cluster, oracle: Oracle, plan: BudgetPlan) {
    this.#cluster = cluster;
    this.#oracle = oracle;
    this.#plan = plan;
    this.#dice = new Dice(hashText('budget', plan.seed));
    this.#isolates = Array.from({ length: plan.isolates }, () => this.#newIsolate());
  }

  async publish(): Promise<void> {
    const { manifest, bodies, policies } = release(this.#plan.totalMinor);
    this.#isolates[0]!.run(async () => {
      const publisher = await publisherStub(this.#cluster.env, WORKSPACE_ID);
      await publisher.putSlices(WORKSPACE_ID, bodies);
      await publisher.activate(WORKSPACE_ID, { ...manifest, revision: 1 }, policies);
    });
    await this.#cluster.loop.until(this.#cluster.loop.nowMs + MINUTE_MS);
  }

  decide(i: number): void {
    const customers = Math.ceil(this.#plan.decisions / PER_CUSTOMER);
    const name = nameOf(`customer ${this.#dice.below(customers)}`);
    const requestId = `r${i}`;
    const seed = [1, 2, 3, 4].map((part) => hashText(`${i} ${part}`).toString(16).padStart(8, '0')).join('');
    const requests = [{ placement: 'hero', decisionId: `${name}.${requestId}`, seed }];
    const request = { name, anonymous: false, requestId, placements: ['hero'], requests };
    const isolate = this.#living();
    void isolate.run(async () => {
      const sinceMs = this.#cluster.loop.nowMs;
      const done = this.#oracle.asked(isolate.host, sinceMs);
      const answer = await isolate.optimize(request);
      const decided = answer.outcome === 'decided' ? answer.decisions : null;
      done();
      this.#oracle.answered(request, decided, this.#cluster.loop.nowMs - sinceMs);
      const record = decided?.[0]?.record;
      if (!record || !this.#dice.chance(SEEN)) return;
      this.#cluster.loop.after(this.#dice.below(SEEN_WITHIN_MS), () => {
        const other = this.#living();
        void other.run(() => other.feedback(name, [{ index: 0, record, kind: 'exposure' }]));
      });
    });
  }

  /** Everything works again, and time passes until nothing is under way. */
  async rest(): Promise<void> {
    const { loop } = this.#cluster;
    this.#cluster.change({ ...WEATHER, lose: 0, repeat: 0, slow: 0, stray: 0, lateAlarm: 0, repeatAlarm: 0 }, 0);
    for (const isolate of this.#isolates) if (isolate.host.alive) isolate.run(() => isolate.rest());
    for (let step = 0; step < REST_STEPS; step += 1) {
      await loop.until(loop.nowMs + REST_STEP_MS);
      if (this.#oracle.violation || unrest(this.#cluster) === null) break;
    }
    const wrong = this.#oracle.violation ?? wrongAtTheEnd(this.#cluster, this.#oracle);
    if (wrong) this.#oracle.violated(wrong);
  }

  #living(): Isolate {
    const at = this.#dice.below(this.#isolates.length);
    if (!this.#isolates[at]!.host.alive) this.#isolates[at] = this.#newIsolate();
    return this.#isolates[at]!;
  }

  #newIsolate(): Isolate {
    this.#made += 1;
    return new Isolate(`isolate ${this.#made}`, this.#cluster);
  }
}

/** Plays a world with one configuration: the engine's own decisions, limits and allocations, on simulated time. */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { RewardSpec } from '../../decisioning/bandits/rewards/reward.ts';
import { type TrialTally, tallied } from '../../decisioning/bandits/rewards/tally.ts';
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import type { ChosenAction } from '../../decisioning/chosen-action.ts';
import { decide, type PlacementDecision } from '../../decisioning/decide.ts';
import type { PurseView } from '../../decisioning/limits/purse.ts';
import { localClock } from '../../decisioning/time-zone.ts';
import { type CustomerView, evidenceFrom } from '../../decisioning/view.ts';
import { PURPOSE, seedText } from './draws.ts';
import { fateOf } from './fate.ts';
import { type Learner, learnerOf, type Trial } from './learner.ts';
import { newState, type PersonState, recentTouches, viewOf } from './person-state.ts';
import type { Plan, PlannedCampaign } from './plan.ts';
import {
  CONVERSIONS,
  type Counter,
  CURVE_POINTS,
  earned,
  newCounter,
  type PlayedCampaign,
  playedOf,
  REVENUE,
} from './played.ts';
import type { WorldSpec } from './spec.ts';
import { expectedReward } from './truth.ts';
import type { Population } from './visits.ts';

const DAY_MS = 86_400_000;
/** Worlds know no ledgers: whatever costs is paid, and nothing ever runs out. */
const UNLIMITED: PurseView = () => ({ units: Number.MAX_SAFE_INTEGER, price: 0 });

export interface PlayInput {
  readonly spec: WorldSpec;
  readonly plan: Plan;
  readonly population: Population;
  /** A whole number below 2^32, that of the population. */
  readonly seed: number;
  /** Called with every answer, candidates traced; playing is slower with it. */
  readonly onDecision?: (decision: PlacementDecision, person: number) => void;
  /** Called after every interval with the share of the time that is over. */
  readonly onInterval?: (share: number) => void;
}

/** A goal that is on its way. */
interface Pending {
  readonly learner: Learner;
  readonly trial: Trial;
  readonly goal: string;
  readonly valueMinor: number;
  readonly delayMs: number;
}

interface Run extends PlayInput {
  /** What each visit asks for, one request after the other. */
  readonly requests: ReturnType<typeof requestsOf>;
  readonly states: Map<number, PersonState>;
  readonly learners: ReadonlyMap<string, Learner>;
  readonly counters: ReadonlyMap<string, Counter>;
  /** By the interval between allocations in which they arrive. */
  readonly pending: Map<number, Pending[]>;
  /** What really came of a trial, also where it is not known yet. */
  readonly outcomes: Map<Trial, TrialTally>;
}

/**
 * Plays every visit in the order of time. Outcomes arrive when their delay is over; every campaign publishes a new allocation after each
 * interval of the world in which it learned something. Pools, stocks and capacities never run out here. The same input gives the same result, whatever else was played before.
 *
 * @returns one entry per campaign, in the order of ids.
 */
export function playWorld(input: PlayInput): PlayedCampaign[] {
  const { spec, plan, population } = input;
  const campaigns = [...plan.campaigns];
  const run: Run = {
    ...input,
    requests: requestsOf(spec, plan),
    states: new Map(),
    learners: new Map(campaigns.map(([id, campaign]) => [id, learnerOf(campaign)])),
    counters: new Map(campaigns.map(([id, { policy }]) => [id, newCounter(policy.armIds.length)])),
    pending: new Map(),
    outcomes: new Map(),
  };
  const evidence = evidenceFrom((campaignId) => run.learners.get(campaignId)?.allocation());
  const intervals = Math.ceil((spec.days * DAY_MS) / spec.allocateEveryMs);
  let next = 0;
  for (let interval = 0; interval < intervals; interval++) {
    const endMs = spec.startMs + (interval + 1) * spec.allocateEveryMs;
    for (; next < population.visits.length && population.visits[next]!.atMs < endMs; next++) {
      visit(run, next, evidence);
    }
    for (const { learner, trial, goal, valueMinor, delayMs } of run.pending.get(interval) ?? [])
      learner.reached(trial, goal, valueMinor, delayMs);
    run.pending.delete(interval);
    for (const learner of run.learners.values()) learner.learn(endMs);
    addPoints(run, (interval + 1) / intervals);
    input.onInterval?.((interval + 1) / intervals);
  }
  return campaigns.map(([id, { policy }]) =>
    playedOf(id, policy.armIds, run.counters.get(id)!, run.learners.get(id)!.allocation().stage?.phase),
  );
}

/** Points of the curves up to this share of the time. */
function addPoints({ counters }: Run, share: number): void {
  for (const counter of counters.values())
    while (counter.curve.length < Math.floor(share * CURVE_POINTS + 1e-9)) counter.curve.push(counter.regret);
}

function visit(run: Run, index: number, evidence: ReturnType<typeof evidenceFrom>): void {
  const { spec, plan, population, seed, states } = run;
  const { atMs, person } = population.visits[index]!;
  const state = states.get(person) ?? newState();
  states.set(person, state);
  for (const requests of run.requests) {
    // Anew for each: what was just shown counts.
    const customer = viewOf(population.people[person]!, state, index, atMs, spec.visitors.timeZone);
    const decisions = decide({
      requests: requests.map(({ placement, place }) => ({
        placement,
        decisionId: `${index}-${place}`,
        seed: seedText(seed, PURPOSE.decision, index, place),
      })),
      sliceOf: plan.sliceOf,
      evidence,
      switches: { killSwitch: false, pausedCampaigns: [] },
      purse: UNLIMITED,
      customer,
      nowMs: atMs,
      ...(run.onDecision && { trace: true }),
    });
    for (const [i, decision] of decisions.entries()) {
      run.onDecision?.(decision, person);
      const slice = plan.sliceOf(decision.placement);
      if (decision.chosen && slice)
        expose(run, { index, place: requests[i]!.place, atMs, person, state, customer, slice }, decision.chosen);
    }
  }
}

interface PlacedRequest {
  readonly placement: string;
  /** Among all placements of a visit. */
  readonly place: number;
}

/** Placements by channel: a page asks for all of its own at once, a mailing asks for itself. */
function requestsOf({ visitors }: WorldSpec, { sliceOf }: Plan): readonly (readonly PlacedRequest[])[] {
  const placed = visitors.placements.map((placement, place) => ({ placement, place }));
  return [...Map.groupBy(placed, ({ placement }) => sliceOf(placement)?.rules.channel.id).values()];
}

interface Scene {
  /** Of the visit. */
  readonly index: number;
  /** Of the placement among those of a visit. */
  readonly place: number;
  readonly atMs: number;
  readonly person: number;
  readonly state: PersonState;
  readonly customer: CustomerView;
  readonly slice: OpenSlice;
}

/** Shows what was chosen: the claim, and if it is seen the touch, the trial and what comes of it. */
function expose(run: Run, scene: Scene, chosen: ChosenAction): void {
  const { atMs, state, slice } = scene;
  const { id } = chosen.campaign;
  // A message with a time of its own is seen then.
  const seenAtMs = chosen.sendAtMs ?? atMs;
  const campaign = run.plan.campaigns.get(id)!;
  const counter = run.counters.get(id)!;
  const { armId, leaf, propensityArm, periodKey, stickyUntilMs } = chosen;
  if (stickyUntilMs > atMs)
    state.assignments.set(id, { armId, leaf, propensityArm, periodKey, untilMs: stickyUntilMs });
  if (armId === HOLDOUT_ARM) {
    counter.heldOut++;
    return;
  }
  const arm = campaign.policy.armIds.indexOf(armId);
  const rates = ratesAt(run, scene, campaign, seenAtMs);
  const at = { seed: run.seed, visit: scene.index, place: scene.place, seenShare: run.spec.visitors.seen };
  const { seen, outcomes } = fateOf(campaign, arm, rates[arm]!, at);
  const { id: channel, countsTowardGlobal, claimTtlMs } = slice.rules.channel;
  const pendingUntilMs = seen ? null : seenAtMs + claimTtlMs;
  state.touches.push({ campaignId: id, channel, countsTowardGlobal, atMs: seenAtMs, pendingUntilMs });
  if (!seen) return;
  count(counter, campaign, scene.person, arm, rates);
  const trial = trialOf(run, scene, chosen, seenAtMs);
  for (const { goal, delayMs, valueMinor } of outcomes) {
    state.outcomes.push({ at: seenAtMs + delayMs, goal, valueMinor });
    credit(run, campaign, trial, goal, valueMinor);
    const due = Math.floor((seenAtMs + delayMs - run.spec.startMs) / run.spec.allocateEveryMs);
    const arriving = run.pending.get(due) ?? [];
    run.pending.set(due, arriving);
    arriving.push({
      learner: run.learners.get(id)!,
      trial,
      goal,
      valueMinor,
      delayMs: seenAtMs + delayMs - trial.atMs,
    });
  }
}

function ratesAt(
  { spec, plan }: Run,
  { state, customer }: Scene,
  campaign: PlannedCampaign,
  atMs: number,
): readonly number[] {
  const { truth, policy } = campaign;
  if (!truth) return policy.armIds.map(() => 0);
  const { day, minute } = localClock(atMs, spec.visitors.timeZone);
  const { fatigue } = truth.spec;
  return truth.rates({
    resolve: customer.resolve,
    isMember: plan.segments.membershipBy(customer.resolve),
    sinceStartMs: atMs - spec.startMs,
    hour: Math.floor(minute / 60),
    day,
    recentTouches: fatigue ? recentTouches(state, policy.campaignId, fatigue.withinMs, atMs) : 0,
  });
}

function count(
  counter: Counter,
  { measure: { reward, goal }, truth }: PlannedCampaign,
  person: number,
  arm: number,
  rates: readonly number[],
): void {
  counter.shown++;
  counter.byArm[arm]!++;
  counter.people.add(person);
  if (!truth) return;
  const worth = rates.map((rate, i) => expectedReward(reward, goal.id, truth.armOf(i), rate, goal.defaultValueMinor));
  counter.regret += Math.max(...worth) - worth[arm]!;
}

/** The trial that an exposure belongs to: that of its sticky period, or a new one. */
function trialOf(run: Run, { state }: Scene, chosen: ChosenAction, atMs: number): Trial {
  const { id } = chosen.campaign;
  const { periodKey, leaf, armId, features } = chosen;
  const known = state.trials.get(id);
  if (known?.periodKey === periodKey) return known;
  const trial: Trial = { periodKey, leaf, armId, atMs, features, tally: {} };
  state.trials.set(id, trial);
  run.learners.get(id)!.exposed(trial);
  run.counters.get(id)!.trials++;
  return trial;
}

/** Counts what a goal earned, as of the end of all delays. */
function credit(
  run: Run,
  { policy, measure: { reward, goal } }: PlannedCampaign,
  trial: Trial,
  goalId: string,
  valueMinor: number,
): void {
  const before = run.outcomes.get(trial) ?? {};
  const after = tallied(before, goalId, valueMinor);
  run.outcomes.set(trial, after);
  const counter = run.counters.get(policy.campaignId)!;
  const gain = (by: RewardSpec) => earned(by, goal.id, after) - earned(by, goal.id, before);
  counter.reward += gain(reward);
  counter.conversions += gain(CONVERSIONS);
  counter.revenue += gain(REVENUE);
}

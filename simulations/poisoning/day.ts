/**
 * A day under attack: how far somebody who reports as fast as the rate limit lets them moves a campaign's traffic. They draw visitors' ids for nothing,
 * throw away the tokens of other arms, and report that every visitor of theirs saw the worse arm and converted. All that they report has a token that was
 * signed: that nothing is learned from what has none is shown by `tests/workerd/security/reward-poisoning.test.ts`, with the worker itself.
 */
import { allocateCampaign } from '../../decisioning/bandits/allocate.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { Influence } from '../../decisioning/limits/influence.ts';
import { type Random, seededRandom } from '../../decisioning/random.ts';

const HOURS_PER_DAY = 24;
const SECONDS_PER_HOUR = 3_600;

/** A campaign whose second arm is the worse one, or as good as the first. */
export interface PoisonedWorld {
  readonly rates: readonly [number, number];
  readonly trialsPerHour: number;
  /** Honest hours before the attack. */
  readonly hoursBefore: number;
  readonly minExploration: number;
}

export interface Attack {
  readonly networks: number;
  /** Of each network: its rate limit. */
  readonly reportsPerSecond: number;
  /** Trials that count of a network and day; 0 for no bound. */
  readonly mostTrials: number;
}

const ARMS = ['better', 'worse'] as const;

function converting(trials: number, rate: number, random: Random): number {
  let count = 0;
  for (let i = 0; i < trials; i += 1) if (random.next() < rate) count += 1;
  return count;
}

function sharesOf(world: PoisonedWorld, statistics: readonly ArmStatistics[]): readonly number[] {
  const { minExploration } = world;
  const allocation = allocateCampaign({
    campaignId: 'poisoned',
    armIds: ARMS,
    armsKey: 'k',
    leaves: ['rest'],
    strategy: { policy: 'thompson' },
    minExploration,
    priors: {},
    version: 1,
    statistics: new Map([['rest', new Map(ARMS.map((arm, i) => [arm, statistics[i]!] as const))]]),
  });
  return allocation.leaves.rest!.probabilities;
}

/** Trials of an hour of the attack that are learned from, every one of them converted. */
function taught(attack: Attack, influence: Influence, hour: number): number {
  const perHour = attack.reportsPerSecond * SECONDS_PER_HOUR;
  let counted = 0;
  for (let network = 0; network < attack.networks; network += 1)
    for (let i = 0; i < perHour; i += 1) {
      // Once a network's day is full no new visitor of it is admitted: the rest of the hour's reports need not be played.
      if (!influence.admits(0, `${network}`, 'poisoned', `${hour}/${i}`)) break;
      counted += 1;
    }
  return counted;
}

/** Share of the attacked arm over the day, 0 to 1; `attack` absent for a day without. */
function shareOfDay(world: PoisonedWorld, random: Random, attack?: Attack): number {
  const influence = new Influence(attack?.mostTrials ?? 0);
  let statistics: readonly ArmStatistics[] = ARMS.map(() => emptyStatistics);
  let share = 0;
  for (let hour = 0; hour < world.hoursBefore + HOURS_PER_DAY; hour += 1) {
    const shares = sharesOf(world, statistics);
    const isDay = hour >= world.hoursBefore;
    if (isDay) share += shares[1]! / HOURS_PER_DAY;
    const poison = attack && isDay ? taught(attack, influence, hour) : 0;
    statistics = statistics.map((before, i) => {
      const honest = Math.round(world.trialsPerHour * shares[i]!);
      const reported = i === 1 ? poison : 0;
      const conversions = converting(honest, world.rates[i]!, random) + reported;
      return addStatistics(before, { trials: honest + reported, conversions });
    });
  }
  return share;
}

/** Points of the day's traffic that an attack brings its arm: mean over seeds, each played with and without it. */
export function pointsMoved(world: PoisonedWorld, attack: Attack, seeds: number): number {
  let points = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const random = () => seededRandom(seed.toString(16).padStart(32, '0'));
    points += (100 / seeds) * (shareOfDay(world, random(), attack) - shareOfDay(world, random()));
  }
  return points;
}

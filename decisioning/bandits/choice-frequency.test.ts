/**
 * Every policy says how likely each arm is; here each is also played by its plain rules, step by step and with its own randomness, in two
 * leaves, with scores and without: the probabilities must be how often the arms come up.
 */
import { describe, expect, test } from 'vitest';
import type { StrategyConfiguration } from '../catalog/configuration.ts';
import { type Random, seededRandom } from '../random.ts';
import { armOf, campaignOf, configurationOf, slicesOf } from '../testing/configuration.ts';
import { rateVariate } from '../testing/variates.ts';
import { evidenceFrom } from '../view.ts';
import { allocateCampaign } from './allocate.ts';
import type { BetaPosterior } from './posterior.ts';
import { addStatistics, emptyStatistics } from './statistics.ts';

const DRAWS = 100_000;
const FLOOR = 0.05;
const armIds = ['a', 'b', 'c', 'd', 'e'];
const SCORES: Readonly<Record<string, number>> = { a: 0.02, b: 0.65, c: 0.22, d: 0.05, e: 0.12 };
const seen = (trials: number, conversions: number) => addStatistics(emptyStatistics, { trials, conversions });

/** Leaf `gold` is the reverse of `rest`; b and d are alike in both. */
const COUNTS = [seen(40, 6), seen(80, 9), seen(30, 5), seen(80, 9), seen(120, 8)];
const statistics = new Map([
  ['rest', new Map(armIds.map((id, i) => [id, COUNTS[i]!]))],
  ['gold', new Map(armIds.map((id, i) => [id, COUNTS[4 - i]!]))],
]);

type Rule = (posteriors: readonly BetaPosterior[], scores: readonly number[] | undefined, random: Random) => number;

const anyOf = (places: readonly number[], random: Random) => places[Math.floor(random.next() * places.length)]!;
const mean = ({ alpha, beta }: BetaPosterior) => alpha / (alpha + beta);
/** The places of the largest values, one of them at random. */
const largest = (values: readonly number[], random: Random) =>
  anyOf(
    [...values.keys()].filter((i) => values[i] === Math.max(...values)),
    random,
  );
const mixed = (values: readonly number[], scores: readonly number[] | undefined, w: number) =>
  scores ? values.map((value, i) => (1 - w) * value + w * scores[i]!) : values;

const rules: readonly [string, StrategyConfiguration, Rule][] = [
  [
    'thompson, 0.7 and 0.3',
    { policy: 'thompson', modelWeight: 0.3, minExploration: FLOOR },
    (posteriors, scores, random) =>
      largest(
        mixed(
          posteriors.map((posterior) => rateVariate(posterior, random)),
          scores,
          0.3,
        ),
        random,
      ),
  ],
  [
    'ucb, 0.6 and 0.4',
    { policy: 'ucb', modelWeight: 0.4, minExploration: FLOOR },
    (posteriors, scores, random) => {
      const n = posteriors.map(({ alpha, beta }) => alpha + beta - 2);
      const total = n.reduce((sum, each) => sum + each, 0);
      const index = posteriors.map(({ alpha }, i) => (alpha - 1) / n[i]! + Math.sqrt((2 * Math.log(total)) / n[i]!));
      return largest(
        mixed(
          index.map((u) => (scores ? Math.min(u, 1) : u)),
          scores,
          0.4,
        ),
        random,
      );
    },
  ],
  [
    'epsilon_greedy among the top three',
    { policy: 'epsilon_greedy', epsilon: 0.2, topArms: 3, minExploration: FLOOR },
    (posteriors, scores, random) => {
      const places = [...posteriors.keys()];
      if (random.next() < 0.2) return anyOf(places, random);
      const means = posteriors.map(mean);
      if (!scores) return largest(means, random);
      const third = means.toSorted((one, other) => other - one)[2]!;
      return largest(
        means.map((each, i) => (each >= third ? scores[i]! : Number.NEGATIVE_INFINITY)),
        random,
      );
    },
  ],
  [
    'inverse_gap, 0.5 and 0.5',
    { policy: 'inverse_gap', gamma: 100, modelWeight: 0.5, minExploration: FLOOR },
    (posteriors, scores, random) => {
      const predicted = mixed(posteriors.map(mean), scores, 0.5);
      // An arm is proposed evenly and kept with K / (K + γ·gap); what is not kept goes to the best.
      const proposed = anyOf([...posteriors.keys()], random);
      const gap = Math.max(...predicted) - predicted[proposed]!;
      return random.next() < 5 / (5 + 100 * gap) ? proposed : largest(predicted, random);
    },
  ],
];

describe.each(rules)('%s', (_name, strategy, rule) => {
  const contexts = [{ id: 'gold', condition: { plan: 'gold' } }];
  const document = configurationOf([campaignOf('c', { strategy, contexts, arms: armIds.map((id) => armOf(id)) })]);
  const [campaign] = slicesOf(document).slices.hero!.campaigns;
  const { armsKey } = campaign!.initialAllocation;
  const { minExploration, ...own } = strategy;
  const allocation = allocateCampaign({
    campaignId: 'c',
    armIds,
    armsKey,
    leaves: ['gold', 'rest'],
    strategy: own as Parameters<typeof allocateCampaign>[0]['strategy'],
    minExploration,
    priors: {},
    statistics,
    version: 1,
  });
  const evidence = evidenceFrom(() => allocation);

  test.each([
    ['gold', false],
    ['gold', true],
    ['rest', false],
    ['rest', true],
  ])('chooses as often as it says: leaf %s, scores %s', (leaf, scored) => {
    const random = seededRandom('c0de'.repeat(10));
    const scores = scored ? armIds.map((id) => SCORES[id]!) : undefined;
    const { posteriors } = allocation.leaves[leaf]!;
    const counts = new Array<number>(armIds.length).fill(0);
    for (let draw = 0; draw < DRAWS; draw++) {
      const explores = random.next() < FLOOR;
      counts[explores ? anyOf([...counts.keys()], random) : rule(posteriors, scores, random)]!++;
    }
    const said = evidence.probabilities(campaign!, leaf, scored ? { score: (_, armId) => SCORES[armId] } : {});
    counts.forEach((count, i) => {
      expect(Math.abs(said[i]! - count / DRAWS)).toBeLessThan(0.005);
    });
    if (scored) expect(said).not.toEqual(allocation.leaves[leaf]!.probabilities);
  });
});

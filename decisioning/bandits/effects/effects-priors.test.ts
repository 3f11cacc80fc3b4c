import { describe, expect, it } from 'vitest';
import { fullDesign } from '../../testing/factored.ts';
import { testRandom } from '../../testing/seeds.ts';
import { allocateCampaign } from '../allocate.ts';
import type { AllocationInput, LeafAllocation } from '../allocation.ts';
import type { BetaPosterior } from '../posterior.ts';
import { addStatistics, emptyStatistics } from '../statistics.ts';
import { effectsPriors } from './effects-priors.ts';
import type { ArmCounts } from './fit.ts';

const design = fullDesign(3, 4);
const armIds = Object.keys(design.arms);
const none = armIds.map(() => ({ trials: 0, conversions: 0 }));
/** Arms with the first value of the first parameter. */
const FIRST = 16;

const centre = ({ alpha, beta }: BetaPosterior) => Math.log(alpha / beta);
const variance = ({ alpha, beta }: BetaPosterior) => 1 / alpha + 1 / beta;
const priorsOf = (own: readonly ArmCounts[], elsewhere: readonly ArmCounts[] = none) =>
  effectsPriors(design, armIds, own, elsewhere)!;

function drawn(seed: number, trials: number, rateOf: (arm: number) => number): ArmCounts[] {
  const random = testRandom(seed);
  return armIds.map((_, arm) => {
    let conversions = 0;
    for (let i = 0; i < trials; i++) if (random.next() < rateOf(arm)) conversions++;
    return { trials, conversions };
  });
}

describe('effectsPriors', () => {
  it('leaves an arm’s own counts out: as if the model had been fitted without them', () => {
    const counts = drawn(1, 150, (arm) => (arm < FIRST ? 0.08 : 0.04));
    const priors = priorsOf(counts);
    for (const arm of [0, 7, 21, 63]) {
      const without = counts.map((each, i) => (i === arm ? { trials: 0, conversions: 0 } : each));
      const refitted = priorsOf(without)[arm]!;
      // The closed form takes the curvature where all counts put it; the difference is a fraction of what is left unknown.
      expect(Math.abs(centre(priors[arm]!) - centre(refitted))).toBeLessThan(0.1 * Math.sqrt(variance(refitted)));
      expect(variance(priors[arm]!) / variance(refitted)).toBeCloseTo(1, 1);
    }
  });

  it('judges an arm that was never tried by its values', () => {
    const counts = drawn(2, 2_000, (arm) => (arm < FIRST ? 0.08 : 0.04)).map((each, arm) =>
      arm === 3 || arm === 60 ? { trials: 0, conversions: 0 } : each,
    );
    const priors = priorsOf(counts);
    expect(1 / (1 + Math.exp(-centre(priors[3]!)))).toBeCloseTo(0.08, 2);
    expect(1 / (1 + Math.exp(-centre(priors[60]!)))).toBeCloseTo(0.04, 2);
  });

  it('expects of a value that was never tried what others do, and is less sure of it', () => {
    const counts = drawn(3, 1_000, () => 0.05).map((each, arm) => (arm < FIRST ? { trials: 0, conversions: 0 } : each));
    const priors = priorsOf(counts);
    expect(Math.abs(centre(priors[0]!) - centre(priors[20]!))).toBeLessThan(0.15);
    expect(variance(priors[0]!)).toBeGreaterThan(4 * variance(priors[20]!));
  });

  it('starts a leaf from what the others know of the values, and lets its own counts overrule them', () => {
    const elsewhere = drawn(4, 50_000, (arm) => (arm < FIRST ? 0.06 : 0.03));
    const fresh = priorsOf(none, elsewhere);
    expect(centre(fresh[0]!) - centre(fresh[40]!)).toBeCloseTo(Math.log(0.06 / 0.94) - Math.log(0.03 / 0.97), 1);
    expect(variance(fresh[0]!)).toBeGreaterThan(0.3);
    const reversed = drawn(5, 2_000, (arm) => (arm < FIRST ? 0.03 : 0.06));
    const own = priorsOf(reversed, elsewhere);
    expect(centre(own[0]!)).toBeLessThan(centre(own[40]!) - 0.4);
  });

  it('expects of a combination in a leaf what it did beyond its values in the others', () => {
    const elsewhere = drawn(6, 50_000, (arm) => (arm === 9 ? 0.08 : 0.04));
    const fresh = priorsOf(none, elsewhere);
    expect(centre(fresh[9]!) - centre(fresh[8]!)).toBeGreaterThan(0.5);
    expect(Math.abs(centre(fresh[10]!) - centre(fresh[8]!))).toBeLessThan(0.1);
  });

  it.each([
    ['no conversion in a million trials', 1e6, 0],
    ['nothing but conversions', 1e6, 1e6],
    ['a millionth of a trial', 1e-6, 0],
    ['a hundred million trials', 1e8, 1e6],
  ])('stays within what P(best) is exact for with %s', (_what, trials, conversions) => {
    for (const own of [armIds.map(() => ({ trials, conversions })), none.with(5, { trials, conversions })])
      for (const { alpha, beta } of priorsOf(own)) {
        expect(Math.min(alpha, beta)).toBeGreaterThan(0.001);
        expect(Math.max(alpha, beta)).toBeLessThan(1e8);
      }
  });

  it('has nothing to say before the first trial', () => {
    expect(effectsPriors(design, armIds, none, none)).toBeUndefined();
  });
});

describe('a campaign that learns by effects', () => {
  const seen = (trials: number, conversions: number) => addStatistics(emptyStatistics, { trials, conversions });
  const input = (change: Partial<AllocationInput>): AllocationInput => ({
    campaignId: 'spring',
    armIds,
    armsKey: 'k1',
    leaves: ['mobile', 'rest'],
    strategy: { policy: 'thompson' },
    minExploration: 0.01,
    priors: {},
    statistics: new Map(),
    parameters: design,
    learning: { by: 'effects' },
    version: 1,
    ...change,
  });
  const rest = (change: Partial<AllocationInput>): LeafAllocation => allocateCampaign(input(change)).leaves.rest!;
  const poor = new Map([['rest', new Map(armIds.map((id, arm) => [id, seen(200, arm < FIRST ? 30 : 2)]))]]);

  it('starts as it would without', () => {
    expect(allocateCampaign(input({}))).toEqual(allocateCampaign(input({ learning: {} })));
  });

  it('gives a new combination of good values its chance, and one of bad values none', () => {
    const counts = new Map(poor.get('rest'));
    counts.delete(armIds[2]!);
    counts.delete(armIds[50]!);
    const leaf = rest({ statistics: new Map([['rest', counts]]) });
    expect(leaf.probabilities[2]! / leaf.probabilities[50]!).toBeGreaterThan(20);
    const flat = rest({ statistics: new Map([['rest', counts]]), learning: {} });
    expect(flat.probabilities[2]! / flat.probabilities[50]!).toBeCloseTo(1, 6);
  });

  it('adds imported history to what the values say', () => {
    const [armId = ''] = armIds;
    const [without, withHistory] = [{}, { [armId]: { alpha: 31, beta: 71 } }].map(
      (priors) => rest({ statistics: poor, priors }).posteriors[0]!,
    );
    expect(withHistory!.alpha - without!.alpha).toBeGreaterThan(20);
    expect(withHistory!.alpha + withHistory!.beta - without!.alpha - without!.beta).toBeGreaterThan(60);
  });

  it('ignores arms that are gone, those that rules exclude among them', () => {
    const kept = armIds.filter((_, arm) => arm % 5 !== 0);
    const arms = Object.fromEntries(kept.map((id) => [id, design.arms[id]!]));
    const change = { armIds: kept, parameters: { ...design, arms } };
    const clean = new Map([['rest', new Map([...poor.get('rest')!].filter(([id]) => kept.includes(id)))]]);
    expect(rest({ ...change, statistics: poor })).toEqual(rest({ ...change, statistics: clean }));
  });

  it.each([
    ['ucb', { policy: 'ucb' }],
    ['epsilon_greedy', { policy: 'epsilon_greedy', epsilon: 0.2 }],
    ['inverse_gap', { policy: 'inverse_gap', gamma: 1_000 }],
    ['fixed_split', { policy: 'fixed_split', weights: { [armIds[0]!]: 1 } }],
  ] satisfies [string, AllocationInput['strategy']][])('works with %s', (_name, strategy) => {
    const leaf = rest({ statistics: poor, strategy });
    expect(leaf.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    expect(leaf.probabilities.indexOf(Math.max(...leaf.probabilities))).toBeLessThan(FIRST);
  });

  it('takes 512 arms in eight leaves', () => {
    const large = fullDesign(3, 8);
    const ids = Object.keys(large.arms);
    const leaves = [...Array.from({ length: 7 }, (_, i) => `leaf-${i}`), 'rest'];
    const statistics = new Map(
      leaves.map((leaf, l) => [leaf, new Map(ids.map((id, arm) => [id, seen(40 + l, (arm + l) % 4)]))]),
    );
    const allocation = allocateCampaign(input({ armIds: ids, parameters: large, leaves, statistics }));
    for (const { probabilities } of Object.values(allocation.leaves))
      expect(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-9);
  });
});

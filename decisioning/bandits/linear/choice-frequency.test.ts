/**
 * Every linear policy is played by its plain rules as well, with another generator and another factor: coefficients are sampled from
 * N(θ, v²A⁻¹) and the arm with the largest xᵀθ taken. The probabilities of the whole evidence path, floor, blend, context and steering
 * included, must be how often the arms come up.
 */
import { CholeskyDecomposition, inverse, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import type { CampaignConfiguration, StrategyConfiguration } from '../../catalog/configuration.ts';
import { normalQuantile } from '../../math/normal.ts';
import { armOf, campaignOf, catalogOf, configurationOf, slicesOf } from '../../testing/configuration.ts';
import { anyVector, sumsOf, type Trial } from '../../testing/moments.ts';
import { testRandom } from '../../testing/seeds.ts';
import { type ArmAsk, evidenceFrom } from '../../view.ts';
import { allocateCampaign } from '../allocate.ts';
import { addStatistics, emptyStatistics } from '../statistics.ts';

const DRAWS = 100_000;
const FLOOR = 0.05;
const D = 4;
const SCORES = [0.02, 0.9, 0.3, 0.1, 0.25, 0.4];
const PARAMETERS = [
  { id: 'offer', values: ['none', 'ten'] },
  { id: 'style', values: ['plain', 'loud', 'shy'] },
];
const ARM_IDS = PARAMETERS[0]!.values.flatMap((offer) => PARAMETERS[1]!.values.map((style) => `${offer}_${style}`));
const CHOICES = ARM_IDS.map((_, i) => [Math.floor(i / 3), i % 3]);
const LEAVES = ['gold', 'rest'];

const random = testRandom(77);
/** A generator of its own: multiplicative congruential, of 31 bits (Park and Miller, 1988). */
let state = 20_260_304;
const uniform = () => {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
};
const normal = () => normalQuantile(uniform());

/** A few trials of each arm, so that every arm may still be the best. */
const TRIALS = new Map<string, readonly Trial[]>(
  ARM_IDS.flatMap((id, arm) =>
    LEAVES.map((leaf): [string, Trial[]] => {
      const trials = Array.from({ length: 8 + 3 * arm }, () => {
        const z = anyVector(D, random);
        return { z, y: random.next() < 0.3 + z[1]! / 20_000 + arm / 40 ? 1 : 0 };
      });
      return [`${leaf}/${id}`, trials];
    }),
  ),
);
const CUSTOMER = [1_000, 1_400, -600, 300];

function campaignWith(strategy: StrategyConfiguration, isShared: boolean): CampaignConfiguration {
  const features = ['f1', 'f2', 'f3'].map(
    (id) => ({ id, attribute: id, type: 'number', center: 0, scale: 1 }) as const,
  );
  const values = (ids: readonly string[]) => ids.map((id) => ({ id, costMinor: 0 }));
  return campaignOf('c', {
    strategy,
    features,
    contexts: [{ id: 'gold', condition: { plan: 'gold' } }],
    arms: ARM_IDS.map((id, i) => armOf(id, isShared ? { values: CHOICES[i]! } : {})),
    ...(isShared && {
      parameters: PARAMETERS.map(({ id, values: ids }) => ({ id, kind: 'content', values: values(ids) })),
    }),
  });
}

/** Everything between a campaign's file and its evidence. */
function evidenceWith(strategy: StrategyConfiguration, isShared: boolean) {
  const attributes = ['f1', 'f2', 'f3'].map((id) => ({ id, type: 'number', source: 'any' }) as const);
  const plan = { id: 'plan', type: 'string', source: 'any' } as const;
  const document = configurationOf([campaignWith(strategy, isShared)], { attributes: [plan, ...attributes] });
  const policy = catalogOf(document).policies[0]!;
  const campaign = slicesOf(document).slices.hero!.campaigns[0]!;
  const of = <T>(make: (trials: readonly Trial[]) => T) =>
    new Map(LEAVES.map((leaf) => [leaf, new Map(ARM_IDS.map((id) => [id, make(TRIALS.get(`${leaf}/${id}`)!)]))]));
  const statistics = of((trials) =>
    addStatistics(emptyStatistics, { trials: trials.length, conversions: trials.filter(({ y }) => y === 1).length }),
  );
  const sums = of((trials) => sumsOf(policy.features!, trials));
  const allocation = allocateCampaign({ ...policy, statistics, sums, version: 1 });
  return { campaign, allocation, evidence: evidenceFrom(() => JSON.parse(JSON.stringify(allocation))) };
}

/** Posterior of the coefficients, from the trials themselves: their mean, and a factor of A⁻¹. */
function posteriorOf(rows: readonly (readonly number[])[], rewards: readonly number[], prior: Matrix) {
  const x = new Matrix(rows.map((row) => [...row]));
  const a = x.transpose().mmul(x).add(Matrix.eye(x.columns));
  const b = x
    .transpose()
    .mmul(Matrix.columnVector([...rewards]))
    .add(prior);
  const rough = inverse(a);
  const covariance = Matrix.add(rough, rough.transpose()).mul(0.5);
  const factor = new CholeskyDecomposition(covariance).lowerTriangularMatrix.to2DArray();
  return { mean: covariance.mmul(b).to1DArray(), factor };
}

const units = (z: readonly number[]) => z.map((value) => value / 1_000);
const trialsOf = (id: string) => LEAVES.flatMap((leaf) => TRIALS.get(`${leaf}/${id}`)!);
const phiOf = ([offer, style]: readonly number[]) => [
  1,
  ...[0, 1].map((i) => Number(i === offer)),
  ...[0, 1, 2].map((i) => Number(i === style)),
];
const cross = (phi: readonly number[], z: readonly number[]) =>
  phi.flatMap((one) => units(z).map((value) => one * value));

/** Draws every arm's expected reward for the customer, with coefficients v times as far from their mean as the posterior's. */
function sampler(isShared: boolean): (v: number) => number[] {
  const all = ARM_IDS.flatMap(trialsOf);
  const sampleOf = ({ mean, factor }: ReturnType<typeof posteriorOf>, v: number) => {
    const g = mean.map(normal);
    return mean.map((value, i) => {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += factor[i]![j]! * g[j]!;
      return value + v * sum;
    });
  };
  const dot = (one: readonly number[], other: readonly number[]) =>
    one.reduce((sum, value, i) => sum + value * other[i]!, 0);
  if (isShared) {
    const rows = ARM_IDS.flatMap((id, arm) => trialsOf(id).map(({ z }) => cross(phiOf(CHOICES[arm]!), z)));
    const posterior = posteriorOf(
      rows,
      all.map(({ y }) => y),
      Matrix.zeros(6 * D, 1),
    );
    const customers = CHOICES.map((choice) => cross(phiOf(choice), CUSTOMER));
    return (v) => {
      const theta = sampleOf(posterior, v);
      return customers.map((x) => dot(x, theta));
    };
  }
  const pooled = posteriorOf(
    all.map(({ z }) => units(z)),
    all.map(({ y }) => y),
    Matrix.zeros(D, 1),
  );
  const posteriors = ARM_IDS.map((id) =>
    posteriorOf(
      trialsOf(id).map(({ z }) => units(z)),
      trialsOf(id).map(({ y }) => y),
      Matrix.columnVector(pooled.mean),
    ),
  );
  return (v) => posteriors.map((posterior) => dot(units(CUSTOMER), sampleOf(posterior, v)));
}

const anyOf = (places: readonly number[]) => places[Math.floor(uniform() * places.length)]!;
const largest = (values: readonly number[]) => values.indexOf(Math.max(...values));

describe.each([false, true])('arms that share their effects: %s', (isShared) => {
  const sample = sampler(isShared);

  test.each<[string, StrategyConfiguration, ArmAsk]>([
    ['v = .3', { policy: 'linear_thompson', v: 0.3, minExploration: FLOOR }, {}],
    ['v of the rewards’ own spread', { policy: 'linear_thompson', minExploration: FLOOR }, {}],
    [
      'blended with scores, 0.7 and 0.3',
      { policy: 'linear_thompson', v: 0.3, modelWeight: 0.3, minExploration: FLOOR },
      { score: (_, armId) => SCORES[ARM_IDS.indexOf(armId)] },
    ],
  ])('linear_thompson chooses as often as it says: %s', (_name, strategy, ask) => {
    const { campaign, allocation, evidence } = evidenceWith(strategy, isShared);
    const model = allocation.linear!['']!;
    const { v = model.noise } = strategy as { readonly v?: number };
    const w = ask.score ? 0.3 : 0;
    const counts = new Array<number>(ARM_IDS.length).fill(0);
    for (let draw = 0; draw < DRAWS; draw++) {
      const values = sample(v).map((value, i) => (1 - w) * value + w * SCORES[i]!);
      const arm = uniform() < FLOOR ? anyOf([...counts.keys()]) : largest(values);
      counts[arm] = counts[arm]! + 1;
    }
    const features = { key: campaign.features!.key, z: CUSTOMER };
    for (const leaf of LEAVES) {
      const said = evidence.probabilities(campaign, leaf, { ...ask, features });
      counts.forEach((count, i) => {
        expect(Math.abs(said[i]! - count / DRAWS)).toBeLessThan(0.005);
      });
    }
  });

  test.each([0, 0.4])(
    'linear_ucb gives all to the largest bound, inverse_gap by the gaps of predictions: weight of scores %f',
    (w) => {
      const blend = w > 0 ? { modelWeight: w } : {};
      const mean = sample(0);
      const width = 4_000;
      const spread = mean.map(() => 0);
      for (let draw = 0; draw < width; draw++) {
        sample(1).forEach((value, i) => {
          spread[i] = spread[i]! + (value - mean[i]!) ** 2 / width;
        });
      }
      const ask = (key: string): ArmAsk => ({
        features: { key, z: CUSTOMER },
        ...(w > 0 && { score: (_: string, armId: string) => SCORES[ARM_IDS.indexOf(armId)] }),
      });
      const clip = (value: number) => (w > 0 ? (1 - w) * Math.min(Math.max(value, 0), 1) : value);
      const mixed = (values: readonly number[]) => values.map((value, i) => clip(value) + w * SCORES[i]!);
      const ucb = evidenceWith({ policy: 'linear_ucb', alpha: 0.3, ...blend, minExploration: FLOOR }, isShared);
      const said = ucb.evidence.probabilities(ucb.campaign, 'rest', ask(ucb.campaign.features!.key));
      const best = largest(mixed(mean.map((value, i) => value + 0.3 * Math.sqrt(spread[i]!))));
      expect(said[best]).toBeCloseTo(0.95 + 0.05 / 6, 12);
      const gap = evidenceWith({ policy: 'inverse_gap', gamma: 50, ...blend, minExploration: 0 }, isShared);
      const shares = gap.evidence.probabilities(gap.campaign, 'gold', ask(gap.campaign.features!.key));
      const predicted = mixed(mean);
      predicted.forEach((value, i) => {
        if (i !== largest(predicted)) expect(shares[i]).toBeCloseTo(1 / (6 + 50 * (Math.max(...predicted) - value)), 9);
      });
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    },
  );

  test('what is not available gets nothing, and the others what they would get without it', () => {
    const { campaign, evidence } = evidenceWith({ policy: 'linear_thompson', v: 0.3, minExploration: 0 }, isShared);
    const steered = {
      ...campaign,
      steering: { policies: { '': { strategy: campaign.scoring!.strategy, minExploration: 0 } } },
    };
    const available = ARM_IDS.map((_, i) => i !== 2 && i !== 5);
    const features = { key: campaign.features!.key, z: CUSTOMER };
    const said = evidence.probabilities(steered, 'rest', { features, available });
    const counts = new Array<number>(ARM_IDS.length).fill(0);
    for (let draw = 0; draw < DRAWS; draw++) {
      const arm = largest(sample(0.3).map((value, i) => (available[i] ? value : Number.NEGATIVE_INFINITY)));
      counts[arm] = counts[arm]! + 1;
    }
    counts.forEach((count, i) => {
      expect(Math.abs(said[i]! - count / DRAWS)).toBeLessThan(0.005);
    });
    expect([said[2], said[5]]).toEqual([0, 0]);
  });
});

describe('the bandit decides alone', () => {
  const { campaign, allocation, evidence } = evidenceWith({ policy: 'linear_thompson', minExploration: FLOOR }, false);
  const published = allocation.leaves.rest!.probabilities;
  const key = campaign.features!.key;

  test.each<[string, ArmAsk]>([
    ['without features', {}],
    ['with those of another declaration', { features: { key: 'ffffffff', z: CUSTOMER } }],
    ['with a vector that is too short', { features: { key, z: CUSTOMER.slice(1) } }],
    ['with a number that is none', { features: { key, z: [1_000, Number.NaN, 0, 0] } }],
  ])('%s: the published vector, which is that of the average customer', (_name, ask) => {
    expect(evidence.probabilities(campaign, 'rest', ask)).toEqual(published);
    const average = { key, z: allocation.linear!['']!.average };
    expect(evidence.probabilities(campaign, 'rest', { features: average })).toEqual(published);
  });

  test('before there is a model: by conversions alone', () => {
    const before = evidenceFrom(() => undefined).probabilities(campaign, 'rest', { features: { key, z: CUSTOMER } });
    for (const p of before) expect(p).toBeCloseTo(1 / 6, 9);
    expect(campaign.initialAllocation).not.toHaveProperty('linear');
  });
});

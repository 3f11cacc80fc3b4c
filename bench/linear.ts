/** LinUCB and linear Thompson sampling with ten arms and twenty features, and what they cost to learn. */
import { allocateLinear } from '../decisioning/bandits/linear/allocate-linear.ts';
import { packedLength } from '../decisioning/bandits/linear/cholesky.ts';
import { armEffects } from '../decisioning/bandits/linear/effects.ts';
import { jointBest } from '../decisioning/bandits/linear/joint-best.ts';
import { linearThompson } from '../decisioning/bandits/linear/linear-thompson.ts';
import { linearUcb } from '../decisioning/bandits/linear/linear-ucb.ts';
import { MOMENT_SCALE, momentsName, rewardMoments, trialMoments } from '../decisioning/bandits/linear/moments.ts';
import { type JointEffects, type Prediction, predict } from '../decisioning/bandits/linear/predict.ts';
import { addVectors } from '../decisioning/bandits/named-sums.ts';
import { FEATURE_SCALE, type FeatureSpec, featureSet } from '../decisioning/features/features.ts';
import { seededRandom } from '../decisioning/random.ts';
import { type BenchRow, timeOf } from './clock.ts';

const ARMS = 10;
/** Length of the vector, the constant included. */
const FEATURES = 20;
const TRIALS_PER_ARM = 1_000;
/** More vectors than a processor predicts. */
const CUSTOMERS = 4_096;

const random = seededRandom('be4c'.repeat(8));

function customer(): number[] {
  return [
    FEATURE_SCALE,
    ...Array.from({ length: FEATURES - 1 }, () => Math.round((random.next() * 4 - 2) * FEATURE_SCALE)),
  ];
}

/** Sums of an arm whose rate is 5 % and rises with one feature. */
function learned(arm: number): readonly number[] {
  let sums = trialMoments(new Array<number>(FEATURES).fill(0));
  for (let trial = 0; trial < TRIALS_PER_ARM; trial++) {
    const z = customer();
    sums = [...addVectors(sums, trialMoments(z))];
    const rate = 0.05 + (0.02 * z[1 + arm]!) / FEATURE_SCALE;
    if (random.next() < rate) sums = [...addVectors(sums, rewardMoments(z, 0, MOMENT_SCALE))];
  }
  return sums;
}

/** Values of each of three parameters: 512 arms, the most there may be. */
const VALUES = 8;

/** The rows of this file. */
export function linearRows(): BenchRow[] {
  const specs = Array.from(
    { length: FEATURES - 1 },
    (_, i): FeatureSpec => ({ id: `f${i}`, attribute: `f${i}`, type: 'number', center: 0, scale: 1 }),
  );
  const features = featureSet(specs)!;
  const armIds = Array.from({ length: ARMS }, (_, arm) => `arm-${arm}`);
  const sums = new Map([
    ['rest', new Map(armIds.map((id, arm) => [id, { [momentsName(features.key)]: learned(arm) }]))],
  ]);
  const input = { campaignId: 'bench', armIds, leaves: ['rest'], features, sums } as const;
  const model = allocateLinear({ ...input, strategy: { policy: 'linear_ucb', alpha: 0.3 } })!;
  const customers = Array.from({ length: CUSTOMERS }, customer);
  const predicted = (turn: number): Prediction => predict(model, ARMS, customers[turn % CUSTOMERS]!)!;
  const [ucb, thompson] = [linearUcb(0.3, 0), linearThompson(undefined, 0)];
  const joint = jointEffects();
  const context = { leaf: 'rest' };
  let moments: readonly number[] = trialMoments(customers[0]!);
  const setting = `K = ${ARMS}, d = ${FEATURES}`;
  return [
    {
      id: 'linear_ucb.decision',
      what: `LinUCB, a decision: probabilities of one customer, ${setting}`,
      time: timeOf((turn) => ucb.probabilities(context, predicted(turn))[0]!),
    },
    {
      id: 'linear_ucb.update',
      what: `LinUCB, an update: a trial and its reward added to the sums, ${setting}`,
      time: timeOf((turn) => {
        const z = customers[turn % CUSTOMERS]!;
        moments = addVectors(addVectors(moments, trialMoments(z)), rewardMoments(z, 0, MOMENT_SCALE));
        return moments[0]!;
      }),
    },
    {
      id: 'linear.fit',
      what: `all models of an allocation factored, ${setting}`,
      time: timeOf(() => allocateLinear({ ...input, strategy: { policy: 'linear_ucb', alpha: 0.3 } })!.noise),
    },
    {
      id: 'linear_thompson.decision',
      what: `linear Thompson, a decision: P(best) of ten normals, ${setting}`,
      time: timeOf((turn) => thompson.probabilities(context, predicted(turn))[0]!),
    },
    {
      id: 'linear_thompson.parameters.decision',
      what: `linear Thompson, a decision: joint draws of the effects of ${VALUES} × ${VALUES} × ${VALUES} arms`,
      time: timeOf((turn) => jointBest(joint, { scale: 1, width: 1 + turn / 1e6 })[0]!),
    },
  ];
}

/** Effects of all combinations of three parameters, as a prediction hands them over. */
function jointEffects(): JointEffects {
  const parameters = ['one', 'two', 'three'].map((id) => ({
    id,
    values: Array.from({ length: VALUES }, (_, value) => `${value}`),
  }));
  const places = Array.from({ length: VALUES ** 3 }, (_, arm) => [
    Math.floor(arm / VALUES ** 2),
    Math.floor(arm / VALUES) % VALUES,
    arm % VALUES,
  ]);
  const arms = Object.fromEntries(places.map((values, arm) => [`arm-${arm}`, values]));
  const effects = armEffects({ parameters, arms }, Object.keys(arms));
  const covariance = new Float64Array(packedLength(effects.width));
  for (let i = 0; i < effects.width; i++) covariance[packedLength(i) + i] = 0.01;
  return { ...effects, covariance, means: Float64Array.from({ length: effects.width }, (_, i) => 0.1 * Math.sin(i)) };
}

/**
 * Draws of bandits, raced.
 *
 * What each computes. A draw of ours: an arm and its propensity, from probabilities that the campaign's root made of ten posteriors; every thousandth draw makes
 * them anew, P(best) by quadrature and the floor. By id: a hash of the customer's id decides, the one that GrowthBook's evalFeature picks one of ten fixed
 * variations by. By seed: the generator decides that receipts replay, from the 128 bits that the worker makes for a decision, as decide() draws.
 * The blend of ours: P(0.7·θ + 0.3·score is the largest) for one customer's scores, exact to
 * 1e-3, floor, draw and propensity. Eppo's evaluateBandit: a linear score of each action from the coefficients of its model (two of the
 * customer, two of the action), inverse gap weights with a floor, and a draw in an order shuffled by the customer's id.
 */
import { withFloor } from '../../decisioning/bandits/floor.ts';
import { probabilityBest } from '../../decisioning/bandits/p-best.ts';
import type { BetaPosterior } from '../../decisioning/bandits/posterior.ts';
import { thompson } from '../../decisioning/bandits/thompson.ts';
import { bucketOf } from '../../decisioning/hash.ts';
import { drawIndex, seededRandom } from '../../decisioning/random.ts';
import type { BenchRow } from '../clock.ts';
import { growthBook } from './flags.ts';
import { type Racer, race } from './interleaved.ts';
import { namedVersion, racedFile } from './packages.ts';
import { customerId } from './world.ts';

const ARMS = [2, 10, 50];
const MOST_ARMS = 512;
const FLOOR = 0.01;
const MODEL_WEIGHT = 0.3;
/** Draws for which one allocation serves. */
const DRAWS_PER_REFRESH = 1_000;
/** More than a processor predicts. */
const CUSTOMERS = 4_096;
const EPPO = '@eppo/js-client-sdk-common';

const customerIds = Array.from({ length: CUSTOMERS }, (_, i) => customerId(i));
/** As decide() gets them, in one piece: what was put together of pieces is read more slowly. */
const seeds = Array.from({ length: CUSTOMERS }, (_, i) =>
  Buffer.from((i * 2_654_435_761).toString(16).padStart(32, 'a'), 'hex').toString('hex'),
);

function posteriorsOf(arms: number): BetaPosterior[] {
  return Array.from({ length: arms }, (_, i) => ({ alpha: 20 + ((i * 7) % 30), beta: 900 + ((i * 13) % 100) }));
}

function drawn(probabilities: ArrayLike<number>, turn: number): number {
  return probabilities[drawIndex(probabilities, seededRandom(seeds[turn % CUSTOMERS]!).next())]!;
}

/** By the hash of the customer's id, which is the one that GrowthBook's SDKs use. */
function drawnById(probabilities: ArrayLike<number>, turn: number): number {
  return probabilities[drawIndex(probabilities, bucketOf('campaign', customerIds[turn % CUSTOMERS]!))]!;
}

/** Probabilities for a turn: every thousandth makes them anew, of posteriors that have moved. */
function refreshed(arms: number): (turn: number) => readonly number[] {
  const posteriors = posteriorsOf(arms);
  let probabilities: readonly number[] = [];
  return (turn) => {
    if (turn % DRAWS_PER_REFRESH === 0 || probabilities.length === 0) {
      const moved = posteriors.map(({ alpha, beta }) => ({ alpha: alpha + (turn % 7), beta: beta + (turn % 11) }));
      probabilities = withFloor(probabilityBest(moved), FLOOR);
    }
    return probabilities;
  };
}

/** Each with a call of its own in the code: one that the two shared would be compiled for both, and fast for neither. */
function drawRacers(arms: number): Racer[] {
  const [byId, bySeed] = [refreshed(arms), refreshed(arms)];
  const what = (by: string) =>
    `a Thompson draw by ${by} with its propensity, ${arms} arms, one refresh in ${DRAWS_PER_REFRESH} included`;
  return [
    { id: `race.draw_by_id.${arms}`, what: what('id'), call: (turn) => drawnById(byId(turn), turn) },
    { id: `race.draw_by_seed.${arms}`, what: what('seed'), call: (turn) => drawn(bySeed(turn), turn) },
  ];
}

function blendRacer(arms: number): Racer {
  const posteriors = posteriorsOf(arms);
  const armIds = posteriors.map((_, i) => `arm-${i}`);
  const scores = seeds.map((_, c) => Array.from({ length: arms }, (__, i) => 0.03 + 0.02 * Math.sin(3.3 * c + i)));
  const policy = thompson(MODEL_WEIGHT);
  const evidence = { armIds, posteriors, means: [], pBest: probabilityBest(posteriors) };
  return {
    id: `race.blend.${arms}`,
    what: `a Thompson draw blended with the customer’s scores, ${arms} arms`,
    call: (turn) => {
      const context = { leaf: 'rest', scores: scores[turn % CUSTOMERS]! };
      return drawn(withFloor(policy.probabilities(context, evidence), FLOOR), turn);
    },
  };
}

interface BanditEvaluator {
  evaluateBandit(
    flag: string,
    customer: string,
    attributes: object,
    actions: object,
    model: object,
  ): { readonly actionWeight: number };
}

function eppoRacer(arms: number): Racer {
  type Module = { readonly BanditEvaluator: new () => BanditEvaluator };
  const evaluator = new (racedFile<Module>(`${EPPO}/dist/bandit-evaluator.js`).BanditEvaluator)();
  const keys = Array.from({ length: arms }, (_, i) => `arm-${i}`);
  const actions = Object.fromEntries(
    keys.map((key, i) => [
      key,
      { numericAttributes: { price: i }, categoricalAttributes: { brand: `brand-${i % 3}` } },
    ]),
  );
  const numeric = (attributeKey: string, coefficient: number) => [
    { attributeKey, coefficient, missingValueCoefficient: 0 },
  ];
  const categorical = (attributeKey: string, value: string) => [
    { attributeKey, valueCoefficients: { [value]: 0.1 }, missingValueCoefficient: 0 },
  ];
  const coefficients = Object.fromEntries(
    keys.map((actionKey, i) => [
      actionKey,
      {
        actionKey,
        intercept: i / arms,
        subjectNumericCoefficients: numeric('age', 0.01),
        subjectCategoricalCoefficients: categorical('country', 'DE'),
        actionNumericCoefficients: numeric('price', 0.02),
        actionCategoricalCoefficients: categorical('brand', 'brand-1'),
      },
    ]),
  );
  const model = { gamma: 1, defaultActionScore: 0, actionProbabilityFloor: FLOOR, coefficients };
  const customers = seeds.map((_, i) => ({
    numericAttributes: { age: 20 + (i % 50) },
    categoricalAttributes: { country: i % 2 ? 'DE' : 'FR' },
  }));
  return {
    id: `race.eppo.evaluate_bandit.${arms}`,
    what: `${namedVersion(EPPO)}: evaluateBandit, ${arms} actions`,
    call: (turn) => {
      const at = turn % CUSTOMERS;
      return evaluator.evaluateBandit('homepage-offer', customerIds[at]!, customers[at]!, actions, model).actionWeight;
    },
  };
}

/** The rows of this file. */
export function banditRaceRows(): BenchRow[] {
  const most = posteriorsOf(MOST_ARMS);
  return [
    ...race([...drawRacers(10), growthBook()]).map((row) => ({
      ...row,
      id: row.id.replace('growthbook', 'growthbook.beside_draw'),
    })),
    ...ARMS.flatMap((arms) => race([blendRacer(arms), eppoRacer(arms)])),
    ...race([
      {
        id: `race.refresh.${MOST_ARMS}`,
        what: `a whole refresh of ${MOST_ARMS} arms: P(best) and the floor`,
        call: (turn) => {
          const moved = most.map(({ alpha, beta }) => ({ alpha: alpha + (turn % 7), beta: beta + (turn % 11) }));
          return withFloor(probabilityBest(moved), FLOOR)[0]!;
        },
      },
    ]),
  ];
}

/** Answers of the API about one campaign, as `hyperedge performance` reads them. */
import type { LifecycleResponse } from '../../../contract/lifecycle.ts';
import { lifecycleResponse } from '../../../contract/lifecycle.ts';
import {
  type ParametersPerformanceResponse,
  parametersPerformanceResponse,
} from '../../../contract/parameters-performance.ts';
import { type PerformanceResponse, performanceResponse } from '../../../contract/performance.ts';
import { type StrategiesPerformanceResponse, strategiesPerformanceResponse } from '../../../contract/strategies.ts';

const asOf = '2026-11-27T09:00:00.000Z';
/** Figures of so many trials. */
export const block = (trials: number, conversions: number, interval: [number, number]) => ({
  exposures: trials + 10,
  trials,
  conversions,
  rate: trials === 0 ? null : conversions / trials,
  credibleInterval: interval,
  revenueMinor: 0,
});
const none = block(0, 0, [0.025, 0.975]);

/** Three arms, one of which nobody has seen. */
export const ARMS: PerformanceResponse = performanceResponse.parse({
  ...{ campaign: 'spring', goal: 'order', asOf, allocationVersion: 3, allocationVariesBy: [], phase: 'learning' },
  totals: block(1_700, 85, [0.0406, 0.0614]),
  holdout: none,
  arms: [
    { arm: 'classic', ...block(500, 20, [0.0262, 0.061]), pBest: 0.004, allocation: 0.09 },
    { arm: 'daring', ...block(1_200, 65, [0.0428, 0.0684]), pBest: 0.996, allocation: 0.91 },
    { arm: 'unseen', ...none, pBest: 0, allocation: 0 },
  ],
  ...{ leaves: [], overTime: [] },
  lift: {
    treated: { customers: 1_700, converted: 85, rate: 0.05, revenueMinor: 0, revenuePerCustomerMinor: 0 },
    holdout: { customers: 170, converted: 7, rate: 0.0412, revenueMinor: 0, revenuePerCustomerMinor: 0 },
    ...{
      absolute: 0.0088,
      interval: [-0.023, 0.0406],
      relative: null,
      relativeInterval: null,
      absoluteRevenueMinor: 0,
    },
  },
});

const effect = (rateRatio: number, interval: [number, number]) => ({
  ...{ logOdds: 0, logOddsInterval: [-1, 1], adjustedRate: 0.05 },
  ...{ rateRatio, rateRatioInterval: interval },
});
/** A parameter with a name and one value without. */
export const PARAMETERS: ParametersPerformanceResponse = parametersPerformanceResponse.parse({
  ...{
    campaign: 'spring',
    goal: 'order',
    asOf,
    leaf: null,
    learnsBy: 'effects',
    totals: block(1_700, 85, [0.04, 0.06]),
  },
  parameters: [
    {
      ...{ parameter: 'look', name: 'Look of the card' },
      values: [
        {
          value: 'calm',
          name: 'Calm blue',
          ...block(900, 50, [0.04, 0.07]),
          effect: effect(1.25, [0.8, 2]),
          pBest: 0.8,
        },
        { value: 'loud', ...none, effect: null, pBest: 0.2 },
      ],
    },
  ],
});

const compared = {
  ...{ retired: false, share: 0.5, realisedShare: 0.5, pBest: 0.7 },
  regretPerTrial: { estimate: 0.005, interval: [0.001, 0.01] },
  regret: { estimate: 3.3, interval: [0.4, 7.1] },
};
/** Strategies that take turns, and one that was taken out. */
export const STRATEGIES: StrategiesPerformanceResponse = strategiesPerformanceResponse.parse({
  ...{ campaign: 'spring', goal: 'order', asOf, mode: 'rotation', turn: 'bold', sampleRatioP: 0.4 },
  warnings: [{ reason: 'rotation_confounds_time', detail: 'strategies take turns' }],
  strategies: [
    { strategy: 'bold', policy: 'thompson', ...block(1_200, 65, [0.0428, 0.0684]), ...compared },
    {
      strategy: 'old',
      policy: null,
      ...none,
      ...compared,
      retired: true,
      share: null,
      realisedShare: null,
      regretPerTrial: null,
      regret: null,
    },
  ],
});

const numbers = {
  trials: 60,
  leastTrials: 12,
  leastArm: 'classic',
  leader: 'daring',
  pBest: 0.81,
  expectedLoss: 0.0333,
  width: 0.855,
};
/** A campaign that came back to learning. */
export const LIFECYCLE: LifecycleResponse = lifecycleResponse.parse({
  ...{ campaign: 'spring', phase: 'learning', since: asOf, mode: 'auto', evidenceSince: null, numbers },
  settings: { floor: 0.2, admitted: 0.5, modelWeight: 0.5 },
  thresholds: { trialsPerArm: 30, pBest: 0.95, expectedLoss: 0.02, width: 0.5 },
  transitions: [
    {
      ...{ at: asOf, from: 'optimization', to: 'learning', cause: 'drift', numbers },
      drift: { arm: 'daring', since: asOf, rateBefore: 0.05, rateAfter: 0.02, score: 9, threshold: 7 },
    },
    { at: '2026-11-02T10:00:00.000Z', from: null, to: 'optimization', cause: 'forced', by: 'k1', numbers },
  ],
});

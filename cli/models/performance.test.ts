import { expect, test } from 'vitest';
import type { ModelVersionPerformance } from '../../contract/models/performance.ts';
import { formatModelPerformance } from './performance.ts';

const bin = (from: number, trials: number, mean: number | null, rate: number | null) => ({
  ...{ from, to: from + 0.05, trials, mean, rate },
});
const version: ModelVersionPerformance = {
  version: 2,
  stage: 'canary',
  judged: true,
  campaigns: ['stay'],
  ...{ trials: 1_200, conversions: 150, auc: 0.8123, aucInterval: [0.78, 0.84], logLoss: 0.3, brier: 0.1 },
  ...{ ece: 0.0141, eceByChance: 0.011, bias: 0.01, missingRate: 0.02, brokenRate: 0, lateRate: 0 },
  curve: [bin(0, 1_000, 0.04, 0.05), bin(0.5, 0, null, null), bin(0.75, 200, 0.8, 0.5)],
  drift: [
    { input: null, psi: 0.04, missingRate: 0, referenceMissingRate: 0 },
    { input: 'tenure', psi: 0.31, missingRate: 0, referenceMissingRate: 0 },
  ],
  leaves: [],
};

test('versions with their figures, the curve of the newest that is judged, and what moved', () => {
  const alerts = [{ raisedAt: '2026-11-22T09:00:00.000Z', what: 'ece', words: 'calibration error .09' }];
  const text = formatModelPerformance({ model: 'churn', days: 30, versions: [version], alerts, unanswered: ['gone'] });
  expect(text.split('\n')).toEqual([
    'churn  trials of the last 30 days',
    '',
    '  Version   trials  reached    AUC            95 %  calib. error  by chance  missing  broken  late',
    '  2 canary   1,200      150  0.812  0.780 to 0.840         0.014      0.011      2 %     0 %   0 %',
    '',
    '  Version 2: promised, and came',
    '  trials  promised  came',
    '  1,000        4 %   5 %  ┃█······················',
    '  200         80 %  50 %  ███████████████········┃',
    '',
    '  ! 2: not spread as in training, by PSI: tenure (0.31)',
    '  ! 22 Nov 2026, 09:00 UTC: calibration error .09',
    '  ! gone does not answer just now: the figures are without it',
    '',
  ]);
});

test('a version that nothing can judge has no curve, few trials no drift, and a model without trials a hint', () => {
  const facts = { model: 'churn', days: 1, alerts: [], unanswered: [] };
  const unjudged = formatModelPerformance({ ...facts, versions: [{ ...version, judged: false, auc: null }] });
  expect(unjudged).not.toContain('promised');
  expect(unjudged).toContain('no campaign optimises what it predicts');
  expect(formatModelPerformance({ ...facts, versions: [{ ...version, trials: 199 }] })).not.toContain('PSI');
  expect(formatModelPerformance({ ...facts, versions: [] })).toContain(
    'trials of the last 1 day\n\n  Nothing was scored',
  );
});

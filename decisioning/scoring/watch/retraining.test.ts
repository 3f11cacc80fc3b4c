import { expect, test } from 'vitest';
import { MAX_MODEL_AGE_DAYS, NEW_EVIDENCE_TRIALS, type RetrainingFacts, retrainingCause } from './retraining.ts';

const DAY_MS = 86_400_000;
const sound: RetrainingFacts = {
  registeredAtMs: 0,
  nowMs: DAY_MS,
  trials: 5_000,
  metrics: { trials: 5_000, ece: 0.02, eceByChance: { mean: 0.015, deviation: 0.003 } },
  judged: true,
  drift: [{ input: 'tenure', psi: 0.1, missingRate: 0, referenceMissingRate: 0 }],
};
const moved = { ...sound, drift: [...sound.drift, { psi: 0.3, missingRate: 0, referenceMissingRate: 0 }] };
const astray = { ...sound, metrics: { ...sound.metrics, ece: 0.09 } };
const learned = { ...sound, metrics: { ...sound.metrics, trials: NEW_EVIDENCE_TRIALS } };

test.each([
  ['a sound model', sound, undefined],
  ['a score that moved', moved, 'drift'],
  ['a score that moved among few trials', { ...moved, trials: 999 }, undefined],
  ['promises that do not come', astray, 'calibration'],
  [
    'promises of too few whose outcomes had time',
    { ...astray, metrics: { ...astray.metrics, trials: 999 } },
    undefined,
  ],
  ['scores of another scale', { ...astray, metrics: { ...astray.metrics, ece: null } }, undefined],
  ['outcomes of something else', { ...astray, judged: false }, undefined],
  ['enough new outcomes', learned, 'evidence'],
  ['the last day of its time', { ...sound, nowMs: MAX_MODEL_AGE_DAYS * DAY_MS - 1 }, undefined],
  ['an old model', { ...sound, nowMs: MAX_MODEL_AGE_DAYS * DAY_MS }, 'age'],
])('%s', (_name, facts, cause) => {
  expect(retrainingCause(facts)?.cause).toBe(cause);
});

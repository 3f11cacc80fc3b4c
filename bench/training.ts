/** What it takes to train: 20,000 rows of 20 columns, seeded. Times of a whole fit, by seconds instead of microseconds. */
import { fitBoosting } from '../models/training/fit/boosting.ts';
import { fitForest } from '../models/training/fit/forest.ts';
import { fitLogistic } from '../models/training/fit/logistic.ts';
import { fitMlp } from '../models/training/fit/mlp.ts';
import { madeUp } from '../models/training/testing/made.ts';
import type { BenchRow } from './clock.ts';

const ROWS = 20_000;
const COLUMNS = 20;
/** Fits of each: a fit takes long enough to be timed by itself, and code is warm after the first. */
const FITS = 3;
const US_PER_MS = 1_000;

/** The rows of this file. */
export function trainingRows(): BenchRow[] {
  const { rows, answers } = madeUp(ROWS, COLUMNS);
  const setting = `${ROWS.toLocaleString('en')} rows × ${COLUMNS}`;
  return [
    { id: 'train.logistic', what: `training: logistic regression, ${setting}`, fit: () => fitLogistic(rows, answers) },
    {
      id: 'train.boosting',
      what: `training: boosting, 100 trees of depth 5, ${setting}`,
      fit: () => fitBoosting(rows, answers, { rounds: 100, depth: 5 }),
    },
    {
      id: 'train.forest',
      what: `training: forest, 100 trees of depth 8, ${setting}`,
      fit: () => fitForest(rows, answers, { trees: 100, depth: 8 }),
    },
    {
      id: 'train.mlp',
      what: `training: network 32-16, 10 epochs, ${setting}`,
      fit: () => fitMlp(rows, answers, { hidden: [32, 16], epochs: 10 }),
    },
  ].map(({ id, what, fit }) => ({ id, what, time: timeOfFit(fit) }));
}

function timeOfFit(train: () => unknown): BenchRow['time'] {
  const times = Array.from({ length: FITS }, () => {
    const start = performance.now();
    train();
    return (performance.now() - start) * US_PER_MS;
  }).sort((one, other) => one - other);
  return { median: times[FITS >> 1]!, fastest: times[0]! };
}

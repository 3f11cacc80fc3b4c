/**
 * Real tables: logistic regression against scikit-learn's on the same folds, and the shipped models trained again. They are skipped where
 * the tables are not; the long ones run with `npm run prove:training`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitLogistic } from './fit/logistic.ts';
import { rowFolds } from './measure/folds.ts';
import { auc } from './measure/metrics.ts';
import { rawOf } from './predictor.ts';
import { trainSpec } from './recipes.ts';
import { type Rows, takeRows, takeValues } from './rows.ts';
import { readRecords } from './spec/table.ts';

const DATA = '../shared/data';
const isLong = process.env.PROVE_TRAINING === '1';
const LONG_MS = 300_000;

/** AUC of five folds by row of scikit-learn's LogisticRegression on standardized columns. */
const REFERENCES = [
  {
    name: 'Telco',
    file: 'telco/Telco-Customer-Churn.csv.gz',
    target: 'Churn',
    yes: 'Yes',
    without: ['customerID'],
    words: [],
    reference: 0.845,
    long: false,
  },
  {
    name: 'Bank without duration',
    file: 'bank/bank-additional-full.csv.gz',
    target: 'y',
    yes: 'yes',
    without: ['duration'],
    words: [],
    reference: 0.791,
    long: true,
  },
  {
    name: 'Shoppers',
    file: 'shoppers/online_shoppers_intention.csv.gz',
    target: 'Revenue',
    yes: 'TRUE',
    without: [],
    words: ['OperatingSystems', 'Browser', 'Region', 'TrafficType'],
    reference: 0.891,
    long: true,
  },
];

/** Every column: numbers as they are, words one column each but the first of two. */
function everyColumn(file: string, target: string, without: readonly string[], words: readonly string[]) {
  const { records } = readRecords(file, file.includes('telco') ? ',' : ';');
  const columns = Object.keys(records[0]!).filter((column) => column !== target && !without.includes(column));
  const read = columns.flatMap((column) => {
    const seen = [...new Set(records.map((record) => record[column]!))].sort();
    if (!words.includes(column) && seen.every((value) => !Number.isNaN(Number(value)))) {
      return [(record: Readonly<Record<string, string>>) => Number(record[column])];
    }
    return seen
      .slice(seen.length === 2 ? 1 : 0)
      .map((word) => (record: Readonly<Record<string, string>>) => (record[column] === word ? 1 : 0));
  });
  const rows: Rows = {
    values: Float64Array.from(records.flatMap((record) => read.map((of) => of(record)))),
    width: read.length,
  };
  return { rows, records };
}

describe.each(REFERENCES)('logistic regression, $name', ({ file, target, yes, without, words, reference, long }) => {
  const path = `${DATA}/${file}`;
  it.skipIf(!existsSync(path) || (long && !isLong))(
    `reaches scikit-learn's AUC of ${reference} to .001`,
    () => {
      const { rows, records } = everyColumn(path, target, without, words);
      const answers = Float64Array.from(records, (record) => (record[target] === yes ? 1 : 0));
      const scores = new Float64Array(answers.length);
      for (const { train, test } of rowFolds(answers.length, 5)) {
        const raw = rawOf(fitLogistic(takeRows(rows, train), takeValues(answers, train)), takeRows(rows, test).values);
        for (const [i, row] of test.entries()) scores[row] = raw[i]!;
      }
      // The reference is given with three digits.
      expect(Math.abs(auc({ scores, answers }) - reference)).toBeLessThanOrEqual(0.001);
    },
    LONG_MS,
  );
});

describe.each([
  { id: 'churn', file: 'telco', long: false },
  { id: 'propensity-bank', file: 'bank', long: true },
  { id: 'purchase-intent', file: 'shoppers', long: true },
])('models/$id', ({ id, file, long }) => {
  it.skipIf(!existsSync(`${DATA}/${file}`) || (long && !isLong))(
    'comes out byte for byte when it is trained again, its gates reached',
    async () => {
      const files = await trainSpec(`models/${id}/spec.yaml`, () => undefined);
      for (const [name, content] of Object.entries(files)) {
        expect(Buffer.from(content).equals(readFileSync(`models/${id}/${name}`)), name).toBe(true);
      }
    },
    LONG_MS,
  );
});

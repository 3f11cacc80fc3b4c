/**
 * Real tables: logistic regression against scikit-learn's on the same folds, and a shipped model trained again. They are skipped where the tables are
 * not (docs/guides/models/training.md); the long ones run with `npm run prove:training`, which fails without the tables and trains all shipped models.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { fitLogistic } from './fit/logistic.ts';
import { rowFolds } from './measure/folds.ts';
import { auc } from './measure/metrics.ts';
import { rawOf } from './predictor.ts';
import { trainSpec } from './recipes.ts';
import { type Rows, rowCount, takeRows, takeValues } from './rows.ts';
import type { GoldenCase } from './run/golden.ts';
import { dataFolder } from './spec/data-file.ts';
import { checkSpec, readDocument } from './spec/read.ts';
import { readRecords, readTable, trainingRows } from './spec/table.ts';

const DATA = dataFolder();
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
  it.skipIf(!isLong && (long || !existsSync(path)))(
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

const TABLES = [
  { id: 'churn', file: 'telco' },
  { id: 'propensity-bank', file: 'bank' },
  { id: 'purchase-intent', file: 'shoppers' },
];
describe.each(TABLES)('models/$id', ({ id, file }) => {
  it.skipIf(!isLong && !existsSync(`${DATA}/${file}`))('has no row of its table in any file that travels', () => {
    const spec = checkSpec('spec.yaml', readDocument(`models/${id}/spec.yaml`));
    const { rows } = trainingRows(spec, readTable(`models/${id}/spec.yaml`, spec));
    const keyOf = (row: ArrayLike<number | null>) =>
      Array.from(row, (value) => Math.fround(value ?? Number.NaN)).join(' ');
    const real = new Set(
      Array.from({ length: rowCount(rows) }, (_, i) =>
        keyOf(rows.values.subarray(i * rows.width, (i + 1) * rows.width)),
      ),
    );
    const json = (name: string) => JSON.parse(readFileSync(`models/${id}/${name}`, 'utf8'));
    const golden = (json('golden.json') as GoldenCase[]).map(({ row }) => row);
    const { background } = json('manifest.json') as ModelManifest;
    const shared = [...golden, ...background!].filter((row) => real.has(keyOf(row)));
    expect(golden.length + background!.length).toBe(90);
    expect(shared).toEqual([]);
  });
});

describe('models/churn', () => {
  it.skipIf(!isLong && !existsSync(`${DATA}/telco`))(
    'comes out byte for byte when it is trained again, its gates reached',
    async () => {
      const files = await trainSpec('models/churn/spec.yaml', () => undefined);
      for (const [name, content] of Object.entries(files)) {
        expect(Buffer.from(content).equals(readFileSync(`models/churn/${name}`)), name).toBe(true);
      }
    },
    LONG_MS,
  );
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { checkSpec } from './read.ts';
import type { TrainingSpec } from './schema.ts';
import { attributesOf, readTable, trainingRows } from './table.ts';

const folder = mkdtempSync(join(tmpdir(), 'spec-'));
const specFile = join(folder, 'spec.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const SMALL = {
  id: 'small',
  name: 'Small',
  predicts: 'buys within a week',
  about: 'For tests.',
  seed: 1,
  data: { file: 'rows.csv', delimiter: ';', title: 'Rows', source: 'made up', licence: 'none' },
  target: { column: 'bought', positive: ['yes'] },
  inputs: [
    {
      column: 'age',
      name: 'tenure',
      attribute: 'tenureMonths',
      encoding: { kind: 'number' },
      missing: -1,
      range: [0, 50],
      absent: ['?'],
    },
    {
      column: 'plan',
      name: 'plan',
      attribute: 'plan',
      encoding: { kind: 'one_hot', values: ['a', 'b'] },
      missing: 0,
      rename: { A: 'a' },
    },
    { column: 'news', name: 'news', attribute: 'news', encoding: { kind: 'boolean', trueValues: ['y'] }, missing: 0 },
  ],
  folds: { by: 'row', count: 2 },
  members: [{ kind: 'logistic' }],
  limits: ['It is small.'],
  fairUse: ['None.'],
};

const spec = (changes: object = {}): TrainingSpec => checkSpec('spec.yaml', { ...SMALL, ...changes });

describe('a spec', () => {
  it.each([
    [{ members: [{ kind: 'boosting', rounds: 0 }] }, /members\.0\.rounds/],
    [{ members: [{ kind: 'boosting', round: 9 }] }, /members\.0: .*round/],
    [{ members: [{ kind: 'logistic', weight: 0 }] }, /members: one of them must have a weight above 0/],
    [{ folds: { by: 'row', count: 1 } }, /folds\.count/],
    [{ inputs: [{ ...SMALL.inputs[0], column: undefined }] }, /inputs\.0\.column/],
    [{ folds: { by: 'time', column: 'age', share: 0.2 }, calibration: 'platt' }, /calibration: needs folds/],
    [{ limits: [] }, /limits/],
  ])('%j is refused, and the field is named', (changes, message) => {
    expect(() => spec(changes)).toThrow(message);
  });
});

describe('a table', () => {
  const text = 'age;plan;news;bought\n12;A;y;yes\n?;b;n;no\n99;c;;yes\n ;b;y;no\n';

  it('becomes the rows that serving would make of the same customers', () => {
    writeFileSync(join(folder, 'rows.csv'), text);
    const { rows, answers, missing } = trainingRows(spec(), readTable(specFile, spec()));
    expect([...rows.values]).toEqual([12, 1, 0, 1, -1, 0, 1, 0, 50, 0, 0, 0, -1, 0, 1, 1]);
    expect([...answers]).toEqual([1, 0, 1, 0]);
    expect(missing).toEqual([[], ['tenure'], ['news'], ['tenure']]);
  });

  it('gives attributes the types that serving has', () => {
    const { records } = readTable(specFile, spec());
    expect(Object.fromEntries(attributesOf(spec().inputs, records[0]!))).toEqual({
      tenureMonths: 12,
      plan: 'a',
      news: 'y',
    });
    expect(attributesOf(spec().inputs, records[1]!).get('tenureMonths')).toBeNull();
  });

  it('may be gzipped', () => {
    writeFileSync(join(folder, 'rows.csv'), gzipSync(text));
    expect(readTable(specFile, spec()).records).toHaveLength(4);
  });

  it('is refused where it lacks a column, is not there, or has one answer alone', () => {
    expect(() => readTable(specFile, spec({ target: { column: 'sold', positive: ['yes'] } }))).toThrow(
      'no column sold',
    );
    expect(() => readTable(specFile, spec({ data: { ...SMALL.data, file: 'none.csv' } }))).toThrow(
      'cannot read the data',
    );
    const never = spec({ target: { column: 'bought', positive: ['maybe'] } });
    expect(() => trainingRows(never, readTable(specFile, never))).toThrow('every row of "bought" has the same answer');
  });
});

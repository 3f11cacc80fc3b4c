import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { durationMs } from '../../contract/primitives.ts';
import { worldFile } from './world.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/simulation.md'), 'utf8');

/** Field → the default that the guide tells, of the table with this heading. */
function fieldsUnder(heading: string): Map<string, string> {
  const lines = guide.slice(guide.indexOf(`| ${heading} | shape |`)).split('\n');
  const rows = lines.slice(2, lines.indexOf(''));
  return new Map(rows.map((row) => row.split(' | ')).map(([field, , told]) => [field!.slice(3, -1), told!]));
}

const { shape } = worldFile;
const visitorShape = shape.visitors.unwrap().shape;
const truthShape = shape.truth.unwrap().valueType.shape;
const minimal = { name: 'W', truth: { c: {} }, contenders: [{ name: 'only' }] };
const filled = worldFile.parse(minimal);

describe('the guide', () => {
  test.each([
    ['the run', shape],
    ['`visitors`', visitorShape],
    ['`truth` of a campaign', truthShape],
    ['a contender', shape.contenders.unwrap().element.shape],
  ])('names every field of %s, and none that is not there', (heading, fields) => {
    expect([...fieldsUnder(heading).keys()].toSorted()).toEqual(Object.keys(fields).toSorted());
  });

  test('names every field of an arm', () => {
    const names = [...fieldsUnder('an arm').keys()];
    const arm = { rate: 0.1, delay: '2h', value: 90, times: 2, also: { click: 0.1 } };
    expect(names).toEqual(Object.keys(arm));
    const told = worldFile.parse({ ...minimal, truth: { c: { arms: { a: arm } } } }).truth.c!.arms.a!;
    expect(Object.keys(told).toSorted()).toEqual(names.toSorted());
  });

  test('tells the defaults as they are', () => {
    const run = fieldsUnder('the run');
    for (const name of ['seed', 'runs', 'start', 'days', 'measure'] as const)
      expect([name, run.get(name)]).toEqual([name, String(filled[name])]);
    expect(durationMs(run.get('allocateEvery')!)).toBe(filled.allocateEvery);
    const visitors = fieldsUnder('`visitors`');
    for (const name of ['newPerDay', 'timeZone', 'seen'] as const)
      expect([name, visitors.get(name)]).toEqual([name, String(filled.visitors[name])]);
    const again = /share: ([\d.]+), after: (\w+)/.exec(visitors.get('again')!)!;
    expect(filled.visitors.again).toEqual({ share: Number(again[1]), afterMs: durationMs(again[2]!) });
    const named = worldFile.parse({ ...minimal, visitors: { hours: visitors.get('hours') } });
    expect(filled.visitors.hours).toEqual(named.visitors.hours);
  });
});

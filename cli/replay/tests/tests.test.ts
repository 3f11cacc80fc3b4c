import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseCsv, readCsv } from '../csv.ts';
import { readArchive, shrunkRates, spreadOf } from './archive.ts';
import { testsMap } from './map.ts';
import { playTests } from './play.ts';
import { readTestsMap } from './read-map.ts';
import { testsReport } from './report.ts';
import { replayTests } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'tests-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MAP = { mode: 'tests', test: { column: 't' }, trials: { column: 'n' }, conversions: { column: 'c' } } as const;

async function* text(value: string) {
  yield value;
}
const read = (rows: string) => readArchive('a.csv', parseCsv('a.csv', text(rows)), testsMap.parse(MAP));

const THOMPSON = { strategy: { policy: 'thompson' }, minExploration: 0, prior: { alpha: 1, beta: 1 } } as const;

describe('an archive of tests', () => {
  test('is read by test, in any order of columns; tests of one arm are left out', async () => {
    expect(await read('c,t,n\n1,x,10\n5,y,10\n2,x,20\n')).toEqual([
      [
        { trials: 10, conversions: 1 },
        { trials: 20, conversions: 2 },
      ],
    ]);
  });

  test.each([
    ['a missing column', 't,n\n', 'a.csv:1: has no column "c"'],
    ['more conversions than trials', 't,n,c\nx,1,2\n', 'a.csv:2: "2" conversions in "1" trials'],
    ['no trials', 't,n,c\nx,0,0\n', 'a.csv:2:'],
    ['words', 't,n,c\nx,many,0\n', 'a.csv:2:'],
    ['tests of one arm only', 't,n,c\nx,1,0\n', 'holds no test with two arms'],
  ])('refuses %s', async (_, rows, message) => {
    await expect(read(rows)).rejects.toThrow(message);
  });

  test('rates are drawn to the mean by the moments of what sampling does not explain', () => {
    // Two arms of 1,000: .1 and .2; variance .0025 about the mean .15, of which .1275 / 1,000 is noise.
    const tests = [
      [
        { trials: 1_000, conversions: 100 },
        { trials: 1_000, conversions: 200 },
      ],
    ];
    const spread = spreadOf(tests);
    expect(spread.mean).toBe(0.15);
    expect(spread.weight).toBeCloseTo(0.1275 / (0.0025 - 0.0001275), 6);
    const rates = shrunkRates(tests[0]!, spread);
    expect(rates[0]!).toBeGreaterThan(0.1);
    expect(rates[0]! + rates[1]!).toBeCloseTo(0.3, 12);
  });

  test('whose rates differ by chance alone are all the mean', () => {
    const tests = [
      [
        { trials: 100, conversions: 10 },
        { trials: 100, conversions: 10 },
      ],
    ];
    for (const rate of shrunkRates(tests[0]!, spreadOf(tests))) expect(rate).toBeCloseTo(0.1, 6);
  });
});

describe('playing tests again', () => {
  const tests = [
    [
      { trials: 2_000, conversions: 100 },
      { trials: 2_000, conversions: 400 },
    ],
  ];

  test('captures most of a large lift, nothing of one by an even split, and the same for the same seed', () => {
    const captured = (policy: typeof THOMPSON | { strategy: { policy: 'epsilon_greedy'; epsilon: 1 } }) => {
      const played = playTests(tests, spreadOf(tests), { ...THOMPSON, ...policy }, 50, 1);
      return testsReport({ policy: 'p', batches: 50, seeds: [1], spread: spreadOf(tests) }, tests, [played]).captured;
    };
    expect(captured(THOMPSON)).toBeGreaterThan(0.9);
    expect(captured(THOMPSON)).toBe(captured(THOMPSON));
    expect(Math.abs(captured({ strategy: { policy: 'epsilon_greedy', epsilon: 1 } }))).toBeLessThan(0.1);
  });

  test('refuses a policy that needs more than counts, and a map that is none', async () => {
    const options = { policy: 'linear_ucb', firstSeed: 1, runs: 1 };
    await expect(replayTests('a.csv', testsMap.parse(MAP), options)).rejects.toThrow('not by linear_ucb');
    const file = join(folder, 'map.yaml');
    writeFileSync(file, 'mode: tests\ntest: { column: t }\ntrials: { column: n }\nconversion: { column: c }\n');
    expect(() => readTestsMap(file)).toThrow(`${file}:4:1: "conversion" is not a known field`);
    writeFileSync(file, 'mode: randomised\n');
    expect(readTestsMap(file)).toBeUndefined();
  });
});

const root = join(import.meta.dirname, '../../..');
const archive = join(root, '../shared/data/upworthy/upworthy_even.csv.gz');

/** 2,433 tests of 41 million impressions: three seconds alone, ten times that beside other tests. */
const SLOW_MS = 120_000;

describe.skipIf(!existsSync(archive))('Upworthy (needs ../shared/data)', { timeout: SLOW_MS }, () => {
  test('Thompson in 50 batches captures at least 60 % of the lift that was possible, one run', async () => {
    const map = readTestsMap(join(root, 'examples/replay/upworthy.yaml'))!;
    expect((await readArchive(archive, readCsv(archive), map)).length).toBe(2_433);
    const report = await replayTests(archive, map, { policy: undefined, firstSeed: 1, runs: 1 });
    expect(report.captured).toBeGreaterThanOrEqual(0.6);
    expect(report.captured).toBeLessThan(0.65);
  });
});

import { describe, expect, test } from 'vitest';
import { lifecycle } from './lifecycle.ts';
import { strategies } from './strategies.ts';

const strategy = { policy: 'thompson' };
const pathsOf = (result: { error?: { issues: readonly { path: readonly PropertyKey[] }[] } | undefined }) =>
  result.error?.issues.map(({ path }) => path.join('/'));

describe('lifecycle', () => {
  test('empty has every default, in hours', () => {
    expect(lifecycle.parse({})).toEqual({
      phases: {
        initialization: { floor: 0.5, admitted: 0.1, modelWeight: 0 },
        learning: { floor: 0.2, admitted: 0.5, modelWeight: 0.5 },
        optimization: { floor: 0, admitted: 1, modelWeight: 1 },
      },
      thresholds: { trialsPerArm: 30, pBest: 0.95, expectedLoss: 0.02, width: 0.5 },
      drift: { bucketHours: 24, settleHours: 24, bucketsPerFalseAlarm: 1_000 },
    });
  });

  test('keeps what is given beside the defaults of the same phase', () => {
    const { phases } = lifecycle.parse({ learning: { admitted: 1 } });
    expect(phases.learning).toEqual({ floor: 0.2, admitted: 1, modelWeight: 0.5 });
  });

  test('without drift watches nothing', () => {
    expect(lifecycle.parse({ drift: false })).not.toHaveProperty('drift');
  });

  test.each([
    ['nobody admitted', { initialization: { admitted: 0 } }, 'initialization/admitted'],
    ['a floor that leaves no policy', { learning: { floor: 0.95 } }, 'learning/floor'],
    ['no trials', { thresholds: { trialsPerArm: 0 } }, 'thresholds/trialsPerArm'],
    ['certainty', { thresholds: { pBest: 1 } }, 'thresholds/pBest'],
    ['an unknown phase', { maintenance: {} }, ''],
  ])('refuses %s', (_, value, path) => {
    expect(pathsOf(lifecycle.safeParse(value))).toEqual([path]);
  });

  test('refuses buckets that are no whole hours', () => {
    expect(lifecycle.safeParse({ drift: { bucket: '90m' } }).success).toBe(false);
    expect(lifecycle.parse({ drift: { bucket: '120m' } }).drift?.bucketHours).toBe(2);
  });
});

describe('strategies', () => {
  test('two with shares are taken, with the defaults of each', () => {
    const [bold] = strategies.parse([
      { id: 'bold', share: 0.5, strategy },
      { id: 'calm', share: 0.5, strategy: { policy: 'ucb' } },
    ]);
    expect(bold).toEqual({ id: 'bold', share: 0.5, strategy: { policy: 'thompson', minExploration: 0.01 } });
  });

  test.each([
    ['one alone', [{ id: 'a', strategy }], ''],
    ['nine', Array.from({ length: 9 }, (_, i) => ({ id: `s${i}`, strategy })), ''],
    [
      'an id of two',
      [
        { id: 'a', strategy },
        { id: 'a', strategy },
      ],
      '1/id',
    ],
    [
      'an id with a slash',
      [
        { id: 'a/b', strategy },
        { id: 'c', strategy },
      ],
      '0/id',
    ],
    [
      'an id of 33',
      [
        { id: 'a'.repeat(33), strategy },
        { id: 'c', strategy },
      ],
      '0/id',
    ],
    [
      'a share of all',
      [
        { id: 'a', share: 1, strategy },
        { id: 'c', share: 0, strategy },
      ],
      '0/share',
    ],
  ])('refuses %s', (_, value, path) => {
    expect(pathsOf(strategies.safeParse(value))?.[0]).toBe(path);
  });
});

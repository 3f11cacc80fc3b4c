import { expect, test } from 'vitest';
import { seededRandom } from '../../decisioning/random.ts';
import { courseOf, MIN_SAMPLES, type Sample, theilSenSlope } from './verdict.ts';

const series = (values: readonly number[]): Sample[] => values.map((value, i) => ({ atMs: i * 30_000, value }));
const random = seededRandom('1'.repeat(32));
const noisy = (growth: number): Sample[] =>
  series(Array.from({ length: 40 }, (_, i) => 500 * (1 + (growth * i) / 39) + 30 * (random.next() - 0.5)));

test('the slope of a line is its slope, also when a quarter of the samples are wild', () => {
  const line = series(Array.from({ length: 20 }, (_, i) => 100 + i));
  expect(theilSenSlope(line)).toBeCloseTo(1 / 30_000, 12);
  const wild = line.map((sample, i) => (i % 4 === 0 ? { ...sample, value: 10_000 * (i % 3) } : sample));
  expect(theilSenSlope(wild)).toBeCloseTo(1 / 30_000, 6);
});

test('what grows by a twentieth is flat, what grows by a fifth is not, what falls is', () => {
  expect(courseOf(noisy(0.05))).toMatchObject({ flat: true });
  expect(courseOf(noisy(0.2))).toMatchObject({ flat: false });
  expect(courseOf(noisy(-0.3))).toMatchObject({ flat: true });
});

test('a step up that stays is not flat, though most of the samples stand still', () => {
  const step = series([...new Array(30).fill(100), ...new Array(15).fill(120)]);
  expect(courseOf(step)).toMatchObject({ flat: false, lastOverFirst: 1.2 });
});

test('too few samples say nothing', () => {
  expect(courseOf(series(new Array(MIN_SAMPLES - 1).fill(1)))).toBeUndefined();
  expect(courseOf(series(new Array(MIN_SAMPLES).fill(1)))).toMatchObject({ flat: true });
});

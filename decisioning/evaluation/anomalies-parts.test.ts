import { describe, expect, test } from 'vitest';
import { testRandom } from '../testing/seeds.ts';
import { findAnomalies } from './anomalies.ts';
import { BAND_HOURS, baselineOf } from './anomalies-baseline.ts';
import type { Arrived, ArrivedHour } from './anomalies-counts.ts';
import { addArrived, nothingArrived } from './anomalies-counts.ts';

const SEED = 20_265;
const RATE = 0.05;

function poisson(mean: number, random: { next(): number }): number {
  let count = -1;
  for (let product = 1; product > Math.exp(-mean); product *= random.next()) count += 1;
  return count;
}

const conversionsOf = (trials: number, conversions: number, revenueMinor = conversions * 1_000): Arrived => ({
  exposures: trials,
  trials,
  conversions,
  revenueMinor,
});

/** An hour of so many arms; the last is shown least, and so many machines convert on it. */
function hourOf(hour: number, arms: number, random: { next(): number }, bots = 0): ArrivedHour {
  const own = Array.from({ length: arms }, (_, i): [string, Arrived] => {
    const isLast = i === arms - 1;
    const trials = poisson(isLast ? 10 : 400 / arms + 10, random);
    const more = isLast ? bots : 0;
    return [`arm:a${i}`, conversionsOf(trials + more, poisson(trials * RATE, random) + more)];
  });
  const all = own.reduce((sum, [, arrived]) => addArrived(sum, arrived), nothingArrived);
  return { hour, parts: { ...Object.fromEntries(own), all, 'source:web': all, 'leaf:rest': all } };
}

describe('a campaign with many arms', () => {
  test.each([4, 40, 128])(
    'of %i tells within a day of a machine that converts five times an hour on the least shown one, by its name',
    (arms) => {
      const random = testRandom(SEED);
      const told = Array.from({ length: BAND_HOURS }, (_, hour) => hourOf(hour, arms, random));
      const named: number[] = [];
      for (let hour = BAND_HOURS; hour < BAND_HOURS + 24; hour += 1) {
        const now = hourOf(hour, arms, random, 5);
        const found = findAnomalies(baselineOf(told, hour)!, now.parts, 1, 'normal');
        if (found.some(({ part, direction }) => part === `arm:a${arms - 1}` && direction === 'high'))
          named.push(hour - BAND_HOURS);
        told.push(now);
      }
      expect(named[0]).toBeLessThan(24);
    },
  );

  test('may show good ones among the others more and more: that is no change of anybody’s rate', () => {
    const arms = 80;
    // The others convert two or twelve in a hundred, the arms shown most five.
    const played = (hour: number, good: number, bad: number): ArrivedHour => {
      const own = Array.from({ length: arms }, (_, i): [string, Arrived] => {
        if (i < 32) return [`arm:a${i}`, conversionsOf(200, 10)];
        const trials = i % 2 === 0 ? good : bad;
        return [
          `arm:a${i}`,
          conversionsOf(trials, Math.round(trials * (i % 2 === 0 ? 0.12 : 0.02)) + ((hour + i) % 2)),
        ];
      });
      const all = own.reduce((sum, [, arrived]) => addArrived(sum, arrived), nothingArrived);
      return { hour, parts: { ...Object.fromEntries(own), all } };
    };
    const told = Array.from({ length: BAND_HOURS }, (_, hour) => played(hour, 50, 50));
    const shifted = played(BAND_HOURS, 98, 2).parts;
    expect(findAnomalies(baselineOf(told, BAND_HOURS)!, shifted, 1, 'high')).toEqual([]);
  });
});

describe('values below zero', () => {
  const worth = (hour: number, extraMinor: number): ArrivedHour => {
    const own = conversionsOf(400, 20, 20_000 + (hour % 5) * 100 + extraMinor);
    return { hour, parts: { all: own, 'arm:a': own } };
  };
  const LOSS_MINOR = -1_000_000;
  const lossesEvery = (every: number) =>
    Array.from({ length: BAND_HOURS }, (_, hour) => worth(hour, hour % every === every - 1 ? LOSS_MINOR : 0));
  const found = (history: readonly ArrivedHour[], extraMinor: number) =>
    findAnomalies(baselineOf(history, BAND_HOURS)!, worth(BAND_HOURS, extraMinor).parts, 1, 'normal').map(
      ({ kind, direction, hours }) => `${kind} ${direction} ${hours}`,
    );

  test('that outweigh what an hour brings are told where there were none', () => {
    const honest = lossesEvery(BAND_HOURS + 1);
    expect(found(honest, 0)).toEqual([]);
    expect(found(honest, LOSS_MINOR)).toContain('value low 1');
    expect(found(honest, -20_500)).toContain('value low 1');
  });

  test('are no anomaly where refunds are usual, and hide no value that is far too high', () => {
    expect(found(lossesEvery(10), LOSS_MINOR)).toEqual([]);
    expect(found(lossesEvery(10), -100 * LOSS_MINOR)).toContain('value high 1');
  });
});

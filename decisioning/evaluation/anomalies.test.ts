import { describe, expect, test } from 'vitest';
import { testRandom } from '../testing/seeds.ts';
import { findAnomalies } from './anomalies.ts';
import { BAND_HOURS, baselineOf, MIN_BAND_HOURS } from './anomalies-baseline.ts';
import type { Arrived, ArrivedByPart, ArrivedHour } from './anomalies-counts.ts';

const SEED = 20_264;

/** Counts of one source among others: trials, conversions and what these were worth. */
const arrived = (trials: number, conversions: number, revenueMinor = conversions * 1_000): Arrived => ({
  exposures: trials,
  trials,
  conversions,
  revenueMinor,
});

/** An hour of two arms and two sites, some 400 trials; counts differ from hour to hour as chance has it. */
function hourOf(hour: number, random: { next(): number }): ArrivedHour {
  const near = (mean: number) =>
    Math.round(mean + Math.sqrt(mean) * (random.next() + random.next() + random.next() - 1.5) * 2);
  const [web, app, a] = [near(300), near(100), near(200)];
  const [byWeb, byApp] = [near(30), near(10)];
  const all = arrived(web + app, byWeb + byApp);
  const ofA = arrived(a, Math.round((byWeb + byApp) / 2));
  return {
    hour,
    parts: {
      all,
      'arm:a': ofA,
      'arm:b': arrived(all.trials - a, all.conversions - ofA.conversions),
      'source:web': arrived(web, byWeb),
      'source:app': arrived(app, byApp),
      'source:small': arrived(near(10), 1),
    },
  };
}

function history(hours: number): ArrivedHour[] {
  const random = testRandom(SEED);
  return Array.from({ length: hours }, (_, hour) => hourOf(hour, random));
}

const usual: ArrivedByPart = {
  all: arrived(400, 40),
  'arm:a': arrived(200, 20),
  'arm:b': arrived(200, 20),
  'source:web': arrived(300, 30),
  'source:app': arrived(100, 10),
  'source:small': arrived(10, 1),
};
const baseline = baselineOf(history(BAND_HOURS), BAND_HOURS)!;
const found = (changes: ArrivedByPart, elapsed = 1) =>
  findAnomalies(baseline, { ...usual, ...changes }, elapsed, 'normal').map(
    ({ kind, part, direction, hours }) => `${kind} ${part} ${direction} ${hours}`,
  );

describe('an hour like those before it', () => {
  test('has nothing odd, over or not', () => {
    expect(found({})).toEqual([]);
    const half = Object.fromEntries(
      Object.entries(usual).map(([part, own]) => [part, arrived(own.trials / 2, own.conversions / 2)]),
    );
    expect(findAnomalies(baseline, half, 0.5, 'high')).toEqual([]);
  });

  test('is not judged before two days are known', () => {
    expect(baselineOf(history(MIN_BAND_HOURS - 1), MIN_BAND_HOURS)).toBeNull();
    expect(baselineOf(history(MIN_BAND_HOURS), MIN_BAND_HOURS)).not.toBeNull();
  });

  test('may be shown other arms: what a better arm brings is no change of a rate', () => {
    const random = testRandom(SEED);
    // Arm a converts five in a hundred, arm b fifteen; both were shown alike.
    const told = Array.from({ length: BAND_HOURS }, (_, hour): ArrivedHour => {
      const extra = Math.floor(random.next() * 3);
      return {
        hour,
        parts: { all: arrived(400, 40 + extra), 'arm:a': arrived(200, 10), 'arm:b': arrived(200, 30 + extra) },
      };
    });
    const learned = baselineOf(told, BAND_HOURS)!;
    const shifted = { all: arrived(400, 60), 'arm:a': arrived(0, 0), 'arm:b': arrived(400, 60) };
    expect(findAnomalies(learned, shifted, 1, 'high')).toEqual([]);
    const plain = { ...shifted, 'arm:a': arrived(200, 45), 'arm:b': arrived(200, 30) };
    expect(findAnomalies(learned, plain, 1, 'high').map(({ part }) => part)).toContain('arm:a');
  });
});

describe('what leaves its band', () => {
  test('conversions of a site that always converts, before the hour is over', () => {
    expect(found({ all: arrived(420, 60), 'source:app': arrived(60, 40) }, 0.5)).toContain('rate source:app high 1');
  });

  test('no conversions at all', () => {
    expect(found({ all: arrived(400, 0), 'arm:a': arrived(200, 0), 'arm:b': arrived(200, 0) })).toContain(
      'rate all low 1',
    );
  });

  test('values a hundred times as large as they were', () => {
    expect(found({ 'source:app': arrived(100, 10, 1_000_000) })).toContain('value source:app high 1');
  });

  test('a site that brings ten times its share', () => {
    expect(found({ all: arrived(500, 50), 'source:small': arrived(100, 10) })).toContain('share source:small high 1');
  });

  test('an hour without exposures, once it is over', () => {
    const silent = Object.fromEntries(Object.keys(usual).map((part) => [part, arrived(0, 0)]));
    const kinds = (elapsed: number) => findAnomalies(baseline, silent, elapsed, 'normal').map(({ kind }) => kind);
    expect(kinds(1)).toContain('volume');
    expect(kinds(0.9)).not.toContain('volume');
  });

  test('less than a quarter more is nobody’s concern, however many trials say so', () => {
    const large = (times: number) =>
      Object.fromEntries(
        Object.entries(usual).map(([part, own]) => [part, arrived(own.trials * 2, own.conversions * 2 * times)]),
      );
    expect(findAnomalies(baseline, large(1.2), 1, 'high')).toEqual([]);
    expect(findAnomalies(baseline, large(3), 1, 'high').map(({ part }) => part)).toContain('all');
  });
});

describe('hours that were odd', () => {
  test('widen no band when they are known to be, and some that are not known do not hide another', () => {
    const told = history(BAND_HOURS).map((own): ArrivedHour => {
      if (own.hour < BAND_HOURS - 30) return own;
      return { ...own, parts: { ...own.parts, 'source:app': arrived(100, 90) } };
    });
    const marked = told.map((own): ArrivedHour => (own.hour < BAND_HOURS - 30 ? own : { ...own, odd: true }));
    for (const hours of [told, marked]) {
      const learned = baselineOf(hours, BAND_HOURS)!;
      const again = { ...usual, 'source:app': arrived(100, 90) };
      expect(findAnomalies(learned, again, 1, 'normal').map(({ part }) => part)).toContain('source:app');
    }
  });
});

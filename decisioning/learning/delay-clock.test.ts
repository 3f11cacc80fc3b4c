import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { DELAY_BUCKETS, DELAY_EDGES_MS, delayBucket } from './delay-buckets.ts';
import { arrivedShare, arrivedShareOfHour, type DelayCell, delayClocks, immediate } from './delay-clock.ts';

const HOUR_MS = 3_600_000;
const NOW_HOUR = 24 * 40;
const NOW_MS = NOW_HOUR * HOUR_MS;

/** One conversion that has arrived: the age of its exposure and its delay, both whole buckets' ends so that nothing is lost to the grid. */
interface Seen {
  readonly ageMs: number;
  readonly delayMs: number;
}

/** Exponential delays of so many conversions, exposures spread evenly over 40 days; only those that have arrived by now. */
function seen(count: number, meanMs: number, seed: string): Seen[] {
  const random = seededRandom(seed.repeat(8));
  return Array.from({ length: count }, () => ({
    ageMs: HOUR_MS * Math.floor(random.next() * NOW_HOUR),
    delayMs: -Math.log(1 - random.next()) * meanMs,
  })).filter(({ ageMs, delayMs }) => delayMs <= ageMs);
}

function cellsOf(arm: string, conversions: readonly Seen[]): DelayCell[] {
  return conversions.map(({ ageMs, delayMs }) => {
    const delays = new Array<number>(DELAY_BUCKETS).fill(0);
    delays[delayBucket(delayMs)] = 1;
    return { arm, hour: NOW_HOUR - 1 - ageMs / HOUR_MS, delays };
  });
}

/** Lynden-Bell's estimator one conversion at a time, without buckets or prior: ∏ over delays t above x of 1 − 1/#{delay ≤ t ≤ age}. */
function productLimit(conversions: readonly Seen[], x: number): number {
  const above = conversions.filter(({ delayMs }) => delayMs > x);
  return above.reduce((product, { delayMs: t }) => {
    const atRisk = conversions.filter(({ delayMs, ageMs }) => delayMs <= t && t <= ageMs).length;
    return product * (1 - 1 / atRisk);
  }, 1);
}

describe('delayClocks', () => {
  const conversions = seen(6_000, 60 * HOUR_MS, 'a11c');
  const clock = delayClocks(cellsOf('a', conversions), NOW_MS).byArm.get('a')!;

  test('is the product-limit estimator of right-truncated delays, written down anew', () => {
    for (const edge of [6, 24, 48, 96, 168].map((hours) => hours * HOUR_MS))
      expect(Math.abs(clock[DELAY_EDGES_MS.indexOf(edge)]! - productLimit(conversions, edge))).toBeLessThan(0.015);
  });

  test('is the true distribution, which the delays seen so far are not', () => {
    const naive = (x: number) => conversions.filter(({ delayMs }) => delayMs <= x).length / conversions.length;
    for (const hours of [12, 24, 48, 72, 96, 168]) {
      const truth = 1 - Math.exp(-hours / 60);
      expect(Math.abs(arrivedShare(clock, hours * HOUR_MS) - truth)).toBeLessThan(0.03);
      if (hours === 24 || hours === 48) expect(naive(hours * HOUR_MS) - truth).toBeGreaterThan(0.015);
    }
  });

  test('an arm is judged by its own clock once it has conversions, by the campaign before', () => {
    const quick = seen(3_000, 2 * HOUR_MS, 'fa57');
    const cells = [...cellsOf('slow', conversions), ...cellsOf('quick', quick), ...cellsOf('new', quick.slice(0, 1))];
    const { byArm, campaign } = delayClocks(cells, NOW_MS);
    const day = (own: readonly number[]) => arrivedShare(own, 24 * HOUR_MS);
    expect(day(byArm.get('quick')!)).toBeGreaterThan(0.99);
    expect(day(byArm.get('slow')!)).toBeLessThan(0.36);
    expect(Math.abs(day(byArm.get('new')!) - day(campaign))).toBeLessThan(0.1);
  });

  test('one late conversion of a young campaign leaves most of what is younger its worth', () => {
    const { byArm } = delayClocks(cellsOf('a', [{ ageMs: 20 * 24 * HOUR_MS, delayMs: 10 * 24 * HOUR_MS }]), NOW_MS);
    expect(arrivedShare(byArm.get('a')!, HOUR_MS)).toBeGreaterThan(0.6);
  });

  test('without conversions everything arrives at once', () => {
    expect(delayClocks([], NOW_MS).campaign).toEqual(immediate);
  });
});

describe('arrivedShare', () => {
  const clock = DELAY_EDGES_MS.map((edge) => 1 - Math.exp(-edge / (48 * HOUR_MS))).concat(1);

  test('rises from 0 to 1, and is the clock at every edge', () => {
    expect(arrivedShare(clock, 0)).toBe(0);
    expect(arrivedShare(clock, 91 * 24 * HOUR_MS)).toBe(1);
    for (const [k, edge] of DELAY_EDGES_MS.entries()) expect(arrivedShare(clock, edge)).toBeCloseTo(clock[k]!, 12);
    let before = 0;
    for (let ageMs = 0; ageMs < 95 * 24 * HOUR_MS; ageMs += 17 * 60_000) {
      const share = arrivedShare(clock, ageMs);
      expect(share).toBeGreaterThanOrEqual(before);
      before = share;
    }
  });

  test('between edges stays within .004 of a smooth distribution', () => {
    for (let hours = 1; hours < 400; hours += 0.7)
      expect(Math.abs(arrivedShare(clock, hours * HOUR_MS) - (1 - Math.exp(-hours / 48)))).toBeLessThan(0.004);
  });

  test('of an hour is the mean over its exposures; of an hour that has not begun, nothing', () => {
    const shareOf = arrivedShareOfHour(NOW_HOUR - 10, NOW_MS);
    const mean = Array.from({ length: 600 }, (_, i) => arrivedShare(clock, (9 + (i + 0.5) / 600) * HOUR_MS));
    expect(shareOf(clock)).toBeCloseTo(mean.reduce((sum, each) => sum + each, 0) / 600, 5);
    expect(arrivedShareOfHour(NOW_HOUR + 1, NOW_MS)(clock)).toBe(0);
  });
});

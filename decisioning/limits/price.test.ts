import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../testing/configuration.ts';
import { dailyLedger } from '../testing/ledgers.ts';
import type { LedgerSpec } from './ledger-spec.ts';
import { allowance } from './pacing.ts';
import { plannedBy } from './plan.ts';
import { initialPrice, MAX_PRICE, MIN_PRICE, nextPrice, type PriceState, priceAsked } from './price.ts';
import { windowAt } from './windows.ts';

const MIDNIGHT_MS = Date.UTC(2026, 10, 22);
const even = dailyLedger(86_400, { pacing: { mode: 'even' } });
const today = windowAt(even, MIDNIGHT_MS);
const stateAt = (atMs: number, rest: Partial<PriceState> = {}): PriceState => ({
  ...initialPrice(today, atMs),
  level: 1,
  found: true,
  ...rest,
});
const noon = MIDNIGHT_MS + 12 * HOUR_MS;
const atNoon = (state: PriceState, committed: number, atMs = noon) =>
  nextPrice(state, even, today, { committed, atLeast: 1, atMs });

describe('one look', () => {
  test('leaves a price alone that spends as planned', () => {
    expect(atNoon(stateAt(noon - 1_000), 43_200).level).toBe(1);
  });

  test('multiplies it when spending has run ahead, and divides it when it has fallen behind', () => {
    // By a horizon, 300 units: e³; and the same in the other direction.
    expect(atNoon(stateAt(noon), 43_500).level).toBeCloseTo(Math.exp(3), 9);
    expect(atNoon(stateAt(noon), 42_900).level).toBeCloseTo(Math.exp(-3), 9);
  });

  test('corrects a lead that stays, in proportion to the time', () => {
    const held = stateAt(noon - 10_000, { lead: 30 });
    expect(atNoon(held, 43_230).level).toBeCloseTo(Math.exp((3 * 0.1 * 10_000) / 600_000), 9);
    const twice = atNoon({ ...held, atMs: noon - 20_000 }, 43_230);
    expect(Math.log(twice.level)).toBeCloseTo(2 * Math.log(atNoon(held, 43_230).level), 9);
  });

  test('does not depend on the unit of values: a price a thousand times as high stays a thousand times as high', () => {
    const low = atNoon(stateAt(noon - 5_000, { lead: -20 }), 43_260);
    const high = atNoon(stateAt(noon - 5_000, { lead: -20, level: 1_000 }), 43_260);
    expect(high.level / low.level).toBeCloseTo(1_000, 6);
  });

  test('says nothing of another day’s lead', () => {
    const yesterday = stateAt(noon, { lead: -10_000, windowId: '2026-11-21', strayedMs: HOUR_MS });
    expect(atNoon(yesterday, 43_200)).toMatchObject({ level: 1, lead: 0, drift: 0, windowId: '2026-11-22' });
  });

  test('takes a clock that is behind for one that stands still', () => {
    const state = stateAt(noon + MINUTE_MS, { lead: 150 });
    const next = atNoon(state, 43_350);
    expect(next.atMs).toBe(noon + MINUTE_MS);
    expect(next.level).toBe(1);
  });

  test('counts a long silence as a minute', () => {
    const silent = atNoon(stateAt(noon - 5 * HOUR_MS, { lead: 150 }), 43_350);
    expect(silent.level).toBeCloseTo(atNoon(stateAt(noon - MINUTE_MS, { lead: 150 }), 43_350).level, 9);
  });

  test('stays within its bounds, and a price at the lower one asks nothing', () => {
    let up = stateAt(MIDNIGHT_MS);
    let down = stateAt(MIDNIGHT_MS);
    for (let atMs = noon; atMs < noon + HOUR_MS; atMs += MINUTE_MS) {
      up = atNoon(up, plannedBy(even, today, atMs)! + 1_000, atMs);
      down = atNoon(down, plannedBy(even, today, atMs)! - 1_000, atMs);
    }
    expect(up.level).toBe(MAX_PRICE);
    expect(down.level).toBe(MIN_PRICE);
    expect([priceAsked(up), priceAsked(down)]).toEqual([MAX_PRICE, 0]);
  });

  test('that asks nothing asks nothing as long as spending is behind its plan, whatever is spent meanwhile', () => {
    const fresh = stateAt(noon - 1_000, { found: false, level: MIN_PRICE, lead: -13_400 });
    expect(priceAsked(atNoon(fresh, 30_000))).toBe(0);
    expect(priceAsked(atNoon({ ...fresh, found: true, lead: -100 }, 43_199))).toBe(0);
    expect(priceAsked(atNoon({ ...fresh, lead: -100 }, 43_201))).toBeGreaterThan(0);
  });

  test('far behind its plan, catching up raises no price; nearer than a horizon it is damped as ever', () => {
    const caughtUp = (lead: number) => atNoon(stateAt(noon - 1_000, { lead: lead - 100 }), 43_200 + lead).level;
    expect(caughtUp(-301)).toBeLessThanOrEqual(1);
    expect(caughtUp(-299)).toBeGreaterThan(2);
  });

  test('asks nothing where nothing is paced, however scarce it is', () => {
    const stock = dailyLedger(10);
    const next = nextPrice(stateAt(noon), stock, windowAt(stock, noon), { committed: 10, atLeast: 1, atMs: noon });
    expect(priceAsked(next)).toBe(0);
  });

  test('keeps the price through hours in which nothing is planned', () => {
    const day = dailyLedger(86_400, {
      pacing: { mode: 'profile', hours: Array.from({ length: 24 }, (_, hour) => (hour < 8 ? 1 : 0)) },
    });
    let state = stateAt(noon, { level: 5 });
    for (let atMs = noon; atMs < noon + 6 * HOUR_MS; atMs += MINUTE_MS)
      state = nextPrice(state, day, today, { committed: 86_400 * (atMs % 2), atLeast: 1, atMs });
    expect(state.level).toBe(5);
  });
});

/** Visitors by the second whose values are log-normal; every one whose value covers the price takes a unit while there is room. */
function loop(spec: LedgerSpec, perSecondAt: (atMs: number) => number, sigma: number, unitOfValue = 1) {
  const random = seededRandom('5'.padStart(64, '0'));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  let committed = 0;
  let state = initialPrice(today, MIDNIGHT_MS);
  const levels: number[] = [];
  const errors: number[] = [];
  let asked = 0;
  for (let atMs = MIDNIGHT_MS; atMs < MIDNIGHT_MS + DAY_MS; atMs += 1_000) {
    // Leases carry prices that are up to 30 s old.
    if (atMs % 15_000 === 0) {
      asked = priceAsked(state);
      state = nextPrice(state, spec, today, { committed, atLeast: 1, atMs });
    }
    const room = allowance(spec, today, { committed, atLeast: 1, atMs });
    let taken = 0;
    for (let visitor = random.next(); visitor < perSecondAt(atMs); visitor += 1)
      if (taken + 1 <= room && unitOfValue * Math.exp(sigma * normal()) >= asked) taken += 1;
    committed += taken;
    if (atMs % MINUTE_MS === 0) {
      levels.push(state.level);
      errors.push((committed - plannedBy(spec, today, atMs)!) / spec.total);
    }
  }
  return { levels, errors };
}
const since = (values: readonly number[], minute: number, until = values.length) => values.slice(minute, until);
const swing = (values: readonly number[]) => Math.max(...values) / Math.min(...values);

describe('a day of looks', () => {
  test.each([
    ['nearly the same', 0.05],
    ['as they usually are', 1],
    ['worlds apart', 3],
  ])('holds spending within a quarter of a percent and the price steady when values are %s', (_, sigma) => {
    const { levels, errors } = loop(even, () => 3, sigma);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.005);
    expect(Math.max(...since(errors, 60).map(Math.abs))).toBeLessThan(0.0025);
    expect(swing(since(levels, 120))).toBeLessThan(sigma === 1 ? 3 : 6);
  });

  test('finds the price from nothing in ten minutes, in whatever unit values are', () => {
    // A third of the visitors can be served: the price is the upper third of exp(normal), 1.54.
    for (const unit of [1e-6, 1, 1e5]) {
      const { levels } = loop(even, () => 3, 1, unit);
      const median = since(levels, 10, 30).toSorted((a, b) => a - b)[10]!;
      expect(median / unit).toBeGreaterThan(1.54 / 2);
      expect(median / unit).toBeLessThan(1.54 * 2);
    }
  });

  test('follows traffic that is four times as much within ten minutes, and comes down again when it is over', () => {
    const rush = (atMs: number) => (atMs >= noon && atMs < noon + 2 * HOUR_MS ? 8 : 2);
    const { levels, errors } = loop(even, rush, 1);
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + Math.log(x), 0) / values.length;
    // Half of the visitors before, an eighth during the rush: quantiles of exp(normal).
    expect(mean(since(levels, 600, 720))).toBeCloseTo(0, 0);
    expect(Math.abs(mean(since(levels, 730, 830)) - 1.15)).toBeLessThan(0.35);
    expect(Math.abs(mean(since(levels, 850, 960)))).toBeLessThan(0.35);
    expect(Math.max(...since(errors, 60).map(Math.abs))).toBeLessThan(0.004);
  });

  test('asks nothing when there are too few visitors, and holds back again when they come', () => {
    const morning = (atMs: number) => (atMs < noon ? 0.5 : 6);
    const { levels, errors } = loop(even, morning, 1);
    expect(levels[600]).toBe(MIN_PRICE);
    expect(errors[719]).toBeLessThan(-0.2);
    expect(Math.abs(errors.at(-1)!)).toBeLessThan(0.0025);
    expect(levels.at(-1)!).toBeGreaterThan(0.5);
  });

  test('after a pause it catches up with everybody who comes, and is on its plan as soon as they are enough', () => {
    const paused = (atMs: number) => (atMs >= noon - 2 * HOUR_MS && atMs < noon + 2 * HOUR_MS ? 0 : 3);
    const { levels, errors } = loop(even, paused, 1);
    // Four hours of one unit a second are behind; three a second come, of which the plan takes one.
    expect(errors[840]).toBeLessThan(-0.15);
    expect(Math.max(...since(levels, 845, 950))).toBeLessThan(0.01);
    expect(Math.max(...since(errors, 970).map(Math.abs))).toBeLessThan(0.005);
  });
});

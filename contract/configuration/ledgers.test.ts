import { describe, expect, test } from 'vitest';
import { findings } from '../issues.ts';
import { KINDS, type Kind } from './index.ts';

/** What is told of a document, as field → words. */
function told(kind: Kind, body: Record<string, unknown>): Record<string, string> {
  const result = KINDS[kind].schema.safeParse({ id: 'x', name: 'X', ...body });
  if (result.success) return {};
  return Object.fromEntries(findings(result.error.issues).map(({ path, detail }) => [path.join('.'), detail]));
}

describe('a pool', () => {
  test('needs an amount and nothing else; the rest has defaults', () => {
    expect(KINDS.pool.schema.parse({ id: 'spring', name: 'Spring', totalMinor: 500_000 })).toEqual({
      id: 'spring',
      name: 'Spring',
      totalMinor: 500_000,
      timeZone: 'UTC',
      pacing: { mode: 'none' },
      alertsAt: [0.5, 0.8, 1],
    });
  });

  test('is in whole minor units, from 0 to a million millions', () => {
    expect(told('pool', { totalMinor: 0 })).toEqual({});
    expect(told('pool', { dailyMinor: 1_000_000_000_000 })).toEqual({});
    expect(told('pool', { dailyMinor: 1_000_000_000_001 })).toEqual({ dailyMinor: 'must be at most 1000000000000' });
    expect(told('pool', { totalMinor: 49.9 })).toEqual({ totalMinor: 'must be a whole number' });
    expect(told('pool', { totalMinor: -1 })).toEqual({ totalMinor: 'must be at least 0' });
    expect(told('pool', { totalMinor: '500' })).toEqual({ totalMinor: 'must be a number' });
  });

  test('has one amount', () => {
    expect(told('pool', {})).toEqual({ totalMinor: 'is required, or "dailyMinor" for an amount each day' });
    expect(told('pool', { totalMinor: 1, dailyMinor: 1 })).toEqual({
      dailyMinor: 'must not stand beside "totalMinor": a pool has one or the other',
    });
  });

  test('is paced by a word of the list, towards an end', () => {
    const paced = (pacing: unknown, rest = {}) => told('pool', { dailyMinor: 1, pacing, ...rest });
    expect(paced({ mode: 'even' })).toEqual({});
    expect(paced('even')).toEqual({ pacing: 'must be an object such as { mode: even }' });
    expect(paced({ mode: 'evn' })['pacing.mode']).toContain('Did you mean "even"?');
    expect(paced({ mode: 'even' }, { dailyMinor: undefined, totalMinor: 1, end: '2026-12-01T00:00' })).toEqual({
      start: expect.stringContaining('is required where a total is paced'),
    });
  });

  test('has 24 weights of hours, one of them above 0', () => {
    const hours = (...weights: number[]) =>
      told('pool', { dailyMinor: 1, pacing: { mode: 'profile', hours: weights } });
    const day = new Array<number>(24).fill(0);
    expect(hours(...day.with(9, 1))).toEqual({});
    expect(hours(...day)).toEqual({ 'pacing.hours': 'must not all be 0' });
    expect(hours(1, 2)).toEqual({ 'pacing.hours': 'must have exactly 24 items' });
    expect(hours(...day.with(3, -1))).toEqual({
      'pacing.hours.3': 'must be at least 0',
      'pacing.hours': 'must not all be 0',
    });
  });

  test('raises alerts at ascending shares above 0', () => {
    const alertsAt = (...shares: number[]) => told('pool', { dailyMinor: 1, alertsAt: shares });
    expect(alertsAt()).toEqual({});
    expect(alertsAt(0.8, 0.5)).toEqual({ alertsAt: 'must be ascending' });
    expect(alertsAt(80)).toEqual({ 'alertsAt.0': 'must be at most 1: 80 % is 0.8' });
    expect(alertsAt(0)).toEqual({ 'alertsAt.0': 'must be greater than 0' });
  });

  test('ends after it starts', () => {
    const [start, end] = ['2026-11-02T00:00', '2026-11-01T00:00'];
    expect(told('pool', { totalMinor: 1, start, end })).toEqual({ end: 'must be later than "start"' });
  });
});

test('a stock has a total of things, which are no minor units', () => {
  expect(told('stock', { total: 50 })).toEqual({});
  expect(told('stock', { totalMinor: 50 })).toMatchObject({ totalMinor: 'is not a known field' });
  expect(told('stock', { total: 0.5 })).toEqual({ total: 'must be a whole number' });
});

test('a capacity is so many a day', () => {
  expect(told('channel', { capacity: { perDay: 120, timeZone: 'Europe/Berlin' } })).toEqual({});
  expect(told('channel', { capacity: 120 })).toEqual({ capacity: 'must be an object such as { perDay: 120 }' });
});

import { describe, expect, test } from 'vitest';
import {
  BREAK_WINDOW_MS,
  Breakers,
  FIRST_BREAK_MS,
  LONGEST_BREAK_MS,
  MAX_BREAKERS,
  MAX_FAILURES,
  PROBE_MS,
} from './breaker.ts';

const LONGEST_CHANCE = 1;

/** Fails one call after another until the breaker is open. */
function open(breakers: Breakers, nowMs = 0, name = 'a'): void {
  for (let i = 0; i < MAX_FAILURES; i += 1) fail(breakers, nowMs, name);
}

function fail(breakers: Breakers, nowMs: number, name = 'a', chance = LONGEST_CHANCE): void {
  const ticket = breakers.begin(name, nowMs);
  expect(ticket).toBeDefined();
  breakers.failed(name, ticket!, 'lost', nowMs, chance);
}

describe('Breakers', () => {
  test('open after so many failures in a row, not one fewer, for that object alone', () => {
    const breakers = new Breakers();
    for (let i = 1; i < MAX_FAILURES; i += 1) fail(breakers, i);
    fail(breakers, MAX_FAILURES);
    expect(breakers.begin('a', MAX_FAILURES)).toBeUndefined();
    expect(breakers.begin('b', MAX_FAILURES)).toBeDefined();
  });

  test('an answer in between begins the row anew', () => {
    const breakers = new Breakers();
    for (let i = 1; i < MAX_FAILURES; i += 1) fail(breakers, i);
    breakers.answered('a', breakers.begin('a', 9)!);
    expect(breakers.size).toBe(0);
    for (let i = 1; i < MAX_FAILURES; i += 1) fail(breakers, 10 + i);
    expect(breakers.begin('a', 20)).toBeDefined();
  });

  test('failures further apart than the window are no row', () => {
    const breakers = new Breakers();
    for (let i = 0; i < 2 * MAX_FAILURES; i += 1) fail(breakers, i * BREAK_WINDOW_MS);
    expect(breakers.begin('a', 2 * MAX_FAILURES * BREAK_WINDOW_MS)).toBeDefined();
  });

  test('calls that were under way together fail together, and count once', () => {
    const breakers = new Breakers();
    const tickets = Array.from({ length: 100 }, () => breakers.begin('a', 0)!);
    for (const ticket of tickets) breakers.failed('a', ticket, 'lost', 1, LONGEST_CHANCE);
    expect(breakers.begin('a', 1)).toBeDefined();
  });

  test('an overloaded object is left alone at once', () => {
    const breakers = new Breakers();
    breakers.failed('a', breakers.begin('a', 0)!, 'overloaded', 0, LONGEST_CHANCE);
    expect(breakers.begin('a', FIRST_BREAK_MS - 1)).toBeUndefined();
  });

  test('after its rest one call tries it, and the others wait for what becomes of that', () => {
    const breakers = new Breakers();
    open(breakers);
    expect(breakers.begin('a', FIRST_BREAK_MS - 1)).toBeUndefined();
    const probe = breakers.begin('a', FIRST_BREAK_MS);
    expect(probe).toBeDefined();
    expect(breakers.begin('a', FIRST_BREAK_MS)).toBeUndefined();
    breakers.answered('a', probe!);
    expect(breakers.begin('a', FIRST_BREAK_MS)).toBeDefined();
    expect(breakers.size).toBe(0);
  });

  test('a call that tries it in vain doubles the rest, up to the longest', () => {
    const breakers = new Breakers();
    open(breakers);
    let nowMs = FIRST_BREAK_MS;
    for (let restMs = 2 * FIRST_BREAK_MS; restMs < 4 * LONGEST_BREAK_MS; restMs *= 2) {
      fail(breakers, nowMs);
      const next = nowMs + Math.min(restMs, LONGEST_BREAK_MS);
      expect(breakers.begin('a', next - 1)).toBeUndefined();
      nowMs = next;
    }
  });

  test('a call that tries it and is never heard of keeps nobody out for longer than its time', () => {
    const breakers = new Breakers();
    open(breakers);
    breakers.begin('a', FIRST_BREAK_MS);
    expect(breakers.begin('a', FIRST_BREAK_MS + PROBE_MS - 1)).toBeUndefined();
    expect(breakers.begin('a', FIRST_BREAK_MS + PROBE_MS)).toBeDefined();
  });

  test('an answer from before it failed does not close it', () => {
    const breakers = new Breakers();
    const early = breakers.begin('a', 0)!;
    open(breakers);
    breakers.answered('a', early);
    expect(breakers.begin('a', 1)).toBeUndefined();
  });

  test('chance shortens a rest by at most half', () => {
    const breakers = new Breakers();
    for (let i = 0; i < MAX_FAILURES; i += 1) fail(breakers, 0, 'a', 0);
    expect(breakers.begin('a', FIRST_BREAK_MS / 2 - 1)).toBeUndefined();
    expect(breakers.begin('a', FIRST_BREAK_MS / 2)).toBeDefined();
  });

  test('remembers a bounded number of objects in trouble, and forgets who failed longest ago', () => {
    const breakers = new Breakers();
    open(breakers, 0, 'first');
    for (let i = 0; i < MAX_BREAKERS; i += 1) fail(breakers, 1, `object-${i}`);
    expect(breakers.size).toBe(MAX_BREAKERS);
    expect(breakers.begin('first', 1)).toBeDefined();
  });
});

import { describe, expect, it } from 'vitest';
import { isUnavailable, Unavailable } from './unavailable.ts';

describe('an error', () => {
  it('means "try again" when a part is down, restarted or overloaded', () => {
    expect(isUnavailable(new Unavailable('d1'))).toBe(true);
    expect(isUnavailable(Object.assign(new Error('x'), { retryable: true }))).toBe(true);
    expect(isUnavailable(Object.assign(new Error('x'), { overloaded: true }))).toBe(true);
    expect(isUnavailable(new Error('D1_ERROR: Network connection lost.'))).toBe(true);
    expect(isUnavailable(new Error('Durable Object reset because its code was updated.'))).toBe(true);
  });

  it('of our own making does not', () => {
    expect(isUnavailable(new Error('D1_ERROR: near "SELEC": syntax error'))).toBe(false);
    expect(isUnavailable(new TypeError('x is not a function'))).toBe(false);
    expect(isUnavailable('text')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { majorText, minorUnits } from './money.ts';

describe('money in major units', () => {
  it('is exact, with as many places as the currency has', () => {
    expect(majorText(125_000, 'EUR')).toBe('1250.00');
    expect(majorText(7, 'EUR')).toBe('0.07');
    expect(majorText(0, 'EUR')).toBe('0.00');
    expect(majorText(-250, 'EUR')).toBe('-2.50');
    expect(majorText(500, 'JPY')).toBe('500');
    expect(majorText(1_234, 'KWD')).toBe('1.234');
    expect(majorText(1_000_000_000_001, 'EUR')).toBe('10000000000.01');
  });

  it('goes there and back', () => {
    for (const minor of [1, 10, 99, 100, 123_456])
      expect(minorUnits(Number(majorText(minor, 'EUR')), 'EUR')).toBe(minor);
  });
});

import { describe, expect, test } from 'vitest';
import { totalValue, valueParts } from './value.ts';

describe('the weighted value', () => {
  test('is weights times expectations, plus priority, minus fatigue; revenue in major units', () => {
    const worth = { conversionWeight: 2, revenueWeight: 0.5, priority: 3 };
    const parts = valueParts(worth, { rate: 0.25, revenueMinor: 1_000 }, 4, 0.125);
    expect(parts).toEqual({ conversion: 0.5, revenue: 5, priority: 3, fatigue: 0.5 });
    expect(totalValue(parts)).toBe(8);
  });

  test('nothing expected and nothing weighed is worth exactly what doing nothing is', () => {
    const parts = valueParts(
      { conversionWeight: 1, revenueWeight: 1, priority: 0 },
      { rate: 0, revenueMinor: 0 },
      5,
      0,
    );
    expect(totalValue(parts)).toBe(0);
  });
});

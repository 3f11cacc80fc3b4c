import { expect, test } from 'vitest';
import { GOAL_SHARE, KINDS, PRICES, ROWS, SEEN_SHARE, sumOf } from './sums.ts';

test('the parts of a sum are its whole, and processor time is in it once', () => {
  for (const kind of KINDS) {
    const { together, ...parts } = sumOf(kind, 0.4, 0.5);
    expect(together).toBeCloseTo(
      Object.values(parts).reduce((sum, part) => sum + part, 0),
      12,
    );
    const dearer = sumOf(kind, 1.4, 0.5);
    expect(dearer.together - together).toBeCloseTo(PRICES.cpuMs, 12);
  }
});

test('a decision without a mark costs its row and its call less, a paid one its ledger and an alarm more', () => {
  const rows = (kind: (typeof KINDS)[number]) => sumOf(kind, 0, 0).rows;
  const unmarked = ROWS.decision + (1 - SEEN_SHARE) * ROWS.forgotten;
  expect(rows('capped') - rows('uncapped')).toBeCloseTo(unmarked, 12);
  expect(rows('budgeted') - rows('capped')).toBeCloseTo(SEEN_SHARE * (ROWS.paidSeen + ROWS.alarm), 12);
  expect(sumOf('capped', 0, 0).objects - sumOf('uncapped', 0, 0).objects).toBeCloseTo(PRICES.objectRequest, 12);
});

test('requests are those of decisions and of what is told of them', () => {
  expect(sumOf('anonymous', 0, 0).requests).toBeCloseTo((1 + SEEN_SHARE + SEEN_SHARE * GOAL_SHARE) * 0.3, 12);
});

import { expect, test } from 'vitest';
import { playPart, SEEDS } from './histories.ts';

test('no invariant breaks in the histories of every fourth seed, from 1', { timeout: 600_000 }, async () => {
  const { histories, told, counts } = await playPart(0);
  expect(told).toBeNull();
  expect(histories).toBe(SEEDS / 4);
  // A simulation that claims nothing and credits nothing would break nothing.
  expect(counts.claims).toBeGreaterThan(histories * 10);
  expect(counts.accepted).toBeGreaterThan(histories * 40);
});

import { expect, test } from 'vitest';
import { runConvergence } from './convergence.ts';

/** `npm run simulate:convergence` plays 2,000. */
const SEEDS = 100;
const STEPS = 60;

test('statistics equal a perfect observer’s when calls are repeated, reordered, and lost and sent again', {
  timeout: 120_000,
}, async () => {
  let accepted = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violation, counts } = await runConvergence(seed, STEPS);
    expect(violation, `seed ${seed}`).toBeNull();
    accepted += counts.accepted;
  }
  // Most of what is decided over such a network comes too late for its page, and nobody reports it.
  expect(accepted).toBeGreaterThan(SEEDS * 6);
});

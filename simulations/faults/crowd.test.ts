import { expect, test } from 'vitest';
import { runCrowd } from './crowd.ts';

/** Enough that hundreds of bundles are carried while objects die; without the wait for the disk the 39th counts an exposure twice. */
const [SEEDS, LENGTH] = [45, 300];

test('statistics equal a perfect observer’s when objects carry for each other and die', async () => {
  let bundles = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violation, log } = await runCrowd(seed, LENGTH);
    expect({ seed, violation }).toEqual({ seed, violation: null });
    bundles += log.filter((line) => line.includes(' shard.applyAll ')).length;
  }
  expect(bundles).toBeGreaterThan(200);
});

/** Anonymous → known: in any order of tabs, devices, retries and erasures nothing is lost and nothing is doubled. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from './steps.ts';
import { Story } from './story.ts';

const HISTORIES = Number(process.env.IDENTITY_HISTORIES ?? 200);
const SEED = Number(process.env.IDENTITY_SEED ?? 20_261_122);

const device = fc.nat(4);
const known = fc.nat(1);
const somebody = fc.option(known, { freq: 2 });
const placement = fc.constantFrom('hero', 'foot', 'side');
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('visit'),
        device,
        as: somebody,
        placement,
        request: fc.nat(30),
        first: fc.boolean(),
      }),
    },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('see'), token: fc.nat(8) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('buy'), token: fc.nat(8), order: fc.option(fc.nat(3)) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('tell'),
        device,
        as: somebody,
        order: fc.option(fc.nat(3)),
        event: fc.nat(6),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('link'),
        device,
        as: known,
        until: fc.constantFrom('forward', 'taken', 'end'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('prove'),
        device,
        as: known,
        until: fc.constantFrom('ended', 'kept', 'kept'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('plant'),
        device,
        request: fc.nat(30),
        event: fc.option(fc.nat(6)),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('bring'), legacy: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase'), who: fc.nat(6) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('evict'), who: fc.nat(6) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('wait'), hours: fc.constantFrom(0.001, 0.01, 0.1, 5, 30, 100) }),
    },
  ) as fc.Arbitrary<Step>,
  { minLength: 20, maxLength: 80, size: 'max' },
);

test('no touch, trial, outcome or claim is lost or doubled, whoever turns out to be whom, and when', {
  timeout: 300_000,
}, async () => {
  const sums: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const played = new Story(1);
      const wrong = await played.play(story);
      for (const [what, n] of Object.entries(played.people.counts)) sums[what] = (sums[what] ?? 0) + n;
      expect(wrong).toBeNull();
    }),
    { numRuns: HISTORIES, seed: SEED },
  );
  // Stories in which nothing happens prove nothing.
  expect(sums.linked).toBeGreaterThan(HISTORIES);
  expect(sums.seen).toBeGreaterThan(HISTORIES * 2);
  expect(sums.outcomes).toBeGreaterThan(HISTORIES);
  expect(sums.kept).toBeGreaterThan(HISTORIES);
  for (const what of ['capped', 'erased', 'closed', 'strangers']) expect(sums[what]).toBeGreaterThan(HISTORIES / 10);
});

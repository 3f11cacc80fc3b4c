import { describe, expect, test } from 'vitest';
import { BUCKETS, bucketOf } from '../hash.ts';
import { isHeldOut } from './holdout.ts';

const IDS = 100_000;
const ids = Array.from({ length: IDS }, (_, i) => `customer-${i}`);
const none = { global: 0, campaign: 0 };

/** How many standard deviations a share of `ids` is away from the one declared. */
function zOf(count: number, share: number): number {
  return (count - IDS * share) / Math.sqrt(IDS * share * (1 - share));
}

describe('isHeldOut', () => {
  // Buckets are hashes, not draws: the bound is that of a 1-in-10,000 event, and the ids are fixed.
  test.each([0.0001, 0.01, 0.1, 0.3, 0.5])('keeps a share of %f, globally and by campaign', (share) => {
    const global = ids.filter((id) => isHeldOut('salt', id, 'c', { global: share, campaign: 0 })).length;
    const campaign = ids.filter((id) => isHeldOut('salt', id, 'c', { global: 0, campaign: share })).length;
    expect(Math.abs(zOf(global, share))).toBeLessThan(3.9);
    expect(Math.abs(zOf(campaign, share))).toBeLessThan(3.9);
  });

  test('a share of 0 keeps nobody, and the two shares add up as independent events', () => {
    expect(ids.some((id) => isHeldOut('salt', id, 'c', none))).toBe(false);
    const either = ids.filter((id) => isHeldOut('salt', id, 'c', { global: 0.2, campaign: 0.25 })).length;
    expect(Math.abs(zOf(either, 0.4))).toBeLessThan(3.9);
  });

  test('the bucket that a share ends at is outside of it', () => {
    const shareOf = (salt: string) => bucketOf(salt, 'someone');
    const [globally, here] = [shareOf('salt:holdout'), shareOf('salt:holdout:c')];
    const held = (global: number, campaign: number) => isHeldOut('salt', 'someone', 'c', { global, campaign });
    expect([held(globally, 0), held(0, here)]).toEqual([false, false]);
    expect([held(globally + 1 / BUCKETS, 0), held(0, here + 1 / BUCKETS)]).toEqual([true, true]);
  });

  test.each([
    ['two campaigns', 'spring', 'summer', 'salt'],
    ['campaigns whose ids differ in the last character', 'c1', 'c2', 'salt'],
    ['a campaign whose id continues another', 'a', 'ab', 'salt'],
    ['two workspaces', 'c', 'c', 'other-salt'],
  ])('is independent between %s', (_which, first, second, salt) => {
    const share = { global: 0, campaign: 0.5 };
    const both = ids.filter((id) => isHeldOut('salt', id, first, share) && isHeldOut(salt, id, second, share)).length;
    expect(Math.abs(zOf(both, 0.25))).toBeLessThan(3.9);
  });

  test('the global group is independent of a campaign’s', () => {
    const both = ids.filter(
      (id) =>
        isHeldOut('salt', id, 'c', { global: 0.5, campaign: 0 }) &&
        isHeldOut('salt', id, 'c', { global: 0, campaign: 0.5 }),
    ).length;
    expect(Math.abs(zOf(both, 0.25))).toBeLessThan(3.9);
  });

  test('is fixed by salt, campaign and bucketing id, and raising a share only adds customers', () => {
    const held = (share: number) =>
      ids.slice(0, 5_000).filter((id) => isHeldOut('salt', id, 'c', { global: 0, campaign: share }));
    expect(held(0.1)).toEqual(held(0.1));
    const wider = new Set(held(0.2));
    expect(held(0.1).every((id) => wider.has(id))).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import { HOLDOUT_ARM } from './bandits/allocation.ts';
import { decide } from './decide.ts';
import { campaignOf, channelOf, configurationOf, DAY_MS, settingsOf, slicesOf } from './testing/configuration.ts';
import { touchAt } from './testing/customer.ts';
import { decideOnce, inputOf, NOON_MS } from './testing/decide-once.ts';

const day = (max: number) => ({ max, windowMs: DAY_MS });

describe('several placements in one request', () => {
  const caps = (max: number) => ({ channels: [channelOf('web', { cap: day(max), countsTowardGlobal: true })] });
  const two = [campaignOf('first', { placements: ['hero'] }), campaignOf('second', { placements: ['side'] })];
  const both = { placements: ['hero', 'side'] };

  test('a claim of an earlier placement counts against the channel’s cap of a later one', () => {
    const [, side] = decide(inputOf(slicesOf(configurationOf(two, caps(1))), both));
    expect(side).toMatchObject({ chosen: null, refusals: { capped_channel: 1 } });
    const [, allowed] = decide(inputOf(slicesOf(configurationOf(two, caps(2))), both));
    expect(allowed!.chosen?.campaign.id).toBe('second');
  });

  test('and against the global cap, when its channel counts toward it', () => {
    const settings = settingsOf({ globalCap: day(1) });
    const placements = [
      { id: 'hero', name: 'Hero', channel: 'quiet' },
      { id: 'side', name: 'Side', channel: 'loud' },
    ];
    const channels = (quietCounts: boolean) => [
      channelOf('quiet', { countsTowardGlobal: quietCounts }),
      channelOf('loud', { countsTowardGlobal: true }),
    ];
    const sideOf = (quietCounts: boolean) =>
      decide(
        inputOf(slicesOf(configurationOf(two, { settings, placements, channels: channels(quietCounts) })), both),
      )[1]!;
    expect(sideOf(true).refusals).toEqual({ capped_global: 1 });
    expect(sideOf(false).chosen?.campaign.id).toBe('second');
  });

  test('a claim on another channel does not count against a channel’s cap', () => {
    const placements = [
      { id: 'hero', name: 'Hero', channel: 'other' },
      { id: 'side', name: 'Side', channel: 'capped' },
    ];
    const channels = [channelOf('other'), channelOf('capped', { cap: day(1) })];
    const [, side] = decide(inputOf(slicesOf(configurationOf(two, { placements, channels })), both));
    expect(side!.chosen?.campaign.id).toBe('second');
  });

  test('a channel that does not count toward the global cap is not held by it', () => {
    const settings = settingsOf({ globalCap: day(1) });
    const customer = { touches: [touchAt(NOON_MS, { channel: 'mail', countsTowardGlobal: true })] };
    const heroOf = (countsTowardGlobal: boolean) =>
      decideOnce(slicesOf(configurationOf(two, { settings, channels: [channelOf('web', { countsTowardGlobal })] })), {
        customer,
      });
    expect(heroOf(true).refusals).toEqual({ capped_global: 1 });
    expect(heroOf(false).chosen?.campaign.id).toBe('first');
  });

  test('a held-out customer’s earlier placement claims nothing', () => {
    const held = [campaignOf('first', { placements: ['hero'], holdout: 0.5 }), two[1]!];
    const slices = slicesOf(configurationOf(held, caps(1)));
    const outcomes = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const [hero, side] = decide(inputOf(slices, { ...both, customer: { bucketingId: `id-${i}` } }));
      const isHeldOut = hero!.chosen!.armId === HOLDOUT_ARM;
      expect(side!.chosen?.campaign.id).toBe(isHeldOut ? 'second' : undefined);
      outcomes.add(String(isHeldOut));
    }
    expect(outcomes.size).toBe(2);
  });

  test('a placement that the catalog does not know gets default content and leaves the others alone', () => {
    const slices = slicesOf(configurationOf(two));
    for (const unknown of ['nowhere', 'constructor', '__proto__', 'toString']) {
      const [none, hero] = decide(inputOf(slices, { placements: [unknown, 'hero'] }));
      expect(none).toEqual({ placement: unknown, decisionId: 'decision-1', chosen: null, refusals: {}, measured: [] });
      expect(hero!.chosen?.campaign.id).toBe('first');
    }
  });
});

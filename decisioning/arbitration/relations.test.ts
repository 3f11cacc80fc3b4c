import { describe, expect, test } from 'vitest';
import { HOLDOUT_ARM } from '../bandits/allocation.ts';
import { decide } from '../decide.ts';
import { decideWithReceipt, replay } from '../receipt.ts';
import { campaignOf, channelOf, configurationOf, DAY_MS, slicesOf } from '../testing/configuration.ts';
import { touchAt } from '../testing/customer.ts';
import { inputOf, NOON_MS } from '../testing/decide-once.ts';

const both = { placements: ['hero', 'side'] };
const first = campaignOf('first', { exclusionGroups: ['offers'] });

describe('exclusion groups', () => {
  const second = campaignOf('second', { placements: ['side'], exclusionGroups: ['offers'] });
  const other = campaignOf('other', { placements: ['side'], exclusionGroups: ['news'] });

  test('leave a later placement to a campaign of another group, or of none', () => {
    const [, side] = decide(inputOf(slicesOf(configurationOf([first, second, other])), both));
    expect(side).toMatchObject({ chosen: { campaign: { id: 'other' } }, refusals: { excluded: 1 } });
    const none = campaignOf('none', { placements: ['side'] });
    const [, free] = decide(inputOf(slicesOf(configurationOf([first, second, none])), both));
    expect(free!.chosen?.campaign.id).toBe('none');
  });

  test('hold between held-out choices too, so that holdouts do not change who is eligible', () => {
    const held = slicesOf(configurationOf([{ ...first, holdout: 0.5 }, second]));
    const arms = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const [hero, side] = decide(inputOf(held, { ...both, customer: { bucketingId: `id-${i}` } }));
      expect(side!.refusals).toEqual({ excluded: 1 });
      arms.add(hero!.chosen!.armId === HOLDOUT_ARM ? HOLDOUT_ARM : 'shown');
    }
    expect(arms.size).toBe(2);
  });

  test('do not reach into the next request', () => {
    const customer = { touches: [touchAt(NOON_MS - 1, { campaignId: 'first' })] };
    const [side] = decide(inputOf(slicesOf(configurationOf([first, second])), { placements: ['side'], customer }));
    expect(side!.chosen?.campaign.id).toBe('second');
  });
});

describe('not within days of another campaign', () => {
  const shy = campaignOf('shy', { placements: ['side'], notWithin: [{ campaign: 'first', days: 1 }] });

  test('counts what an earlier placement of the request is about to show, but not a held-out choice', () => {
    const slices = slicesOf(configurationOf([{ ...first, holdout: 0.5 }, shy]));
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const [hero, side] = decide(inputOf(slices, { ...both, customer: { bucketingId: `id-${i}` } }));
      const isHeldOut = hero!.chosen!.armId === HOLDOUT_ARM;
      expect(side!.refusals).toEqual(isHeldOut ? {} : { too_soon_after: 1 });
      seen.add(String(isHeldOut));
    }
    expect(seen.size).toBe(2);
  });

  test('a claim that was not confirmed is no touch', () => {
    const pending = touchAt(NOON_MS - 1, { campaignId: 'first', pendingUntilMs: NOON_MS + 1 });
    const slices = slicesOf(configurationOf([first, shy]));
    const reasonOf = (touch: typeof pending) =>
      decide(inputOf(slices, { placements: ['side'], customer: { touches: [touch] } }))[0]!.refusals;
    expect(reasonOf(pending)).toEqual({});
    expect(reasonOf({ ...pending, pendingUntilMs: null })).toEqual({ too_soon_after: 1 });
  });

  test('is asked after customers are measured, since held-out ones have no touches to be refused for', () => {
    const slices = slicesOf(configurationOf([first, { ...shy, holdout: 0.1 }]));
    const customer = { touches: [touchAt(NOON_MS - 1, { campaignId: 'first' })] };
    const [side] = decide(inputOf(slices, { placements: ['side'], customer }));
    expect(side).toMatchObject({ chosen: null, refusals: { too_soon_after: 1 } });
    expect(side!.measured.map(({ campaign }) => campaign.id)).toEqual(['shy']);
  });
});

describe('only after', () => {
  test('nobody is measured for a campaign whose turn has not come', () => {
    const sequel = campaignOf('sequel', { holdout: 0.1, onlyAfter: [{ campaign: 'first', withinMs: DAY_MS }] });
    const slices = slicesOf(configurationOf([{ ...first, placements: ['side'] }, sequel]));
    const [hero] = decide(inputOf(slices));
    expect(hero).toMatchObject({ chosen: null, refusals: { not_yet: 1 }, measured: [] });
  });
});

test('receipts hold what the rules read and replay to the same reasons', () => {
  const slices = slicesOf(
    configurationOf(
      [
        first,
        campaignOf('sequel', { onlyAfter: [{ goal: 'click', withinMs: DAY_MS }] }),
        campaignOf('shy', { placements: ['side'], notWithin: [{ campaign: 'first', days: 90 }] }),
      ],
      { channels: [channelOf('web', { quietHours: { fromMinute: 0, toMinute: 60 } })] },
    ),
  );
  const customer = { timeZone: 'UTC', touches: [touchAt(NOON_MS - 89 * DAY_MS, { campaignId: 'first' })] };
  const input = inputOf(slices, { placements: ['side', 'hero'], customer });
  const { decisions, receipt } = decideWithReceipt(input, {
    requestId: 'r',
    revision: 1,
    rules: { hero: 'h', side: 's' },
  });
  expect(decisions.map(({ refusals }) => refusals)).toEqual([{ too_soon_after: 1 }, { not_yet: 1 }]);
  expect(receipt.reads).toEqual([
    ['time.zoneKnown', true],
    ['time.minute', 720],
    ['exposures.first.count.90d', 1],
    ['outcomes.click.count.1440m', 0],
  ]);
  expect(replay(JSON.parse(JSON.stringify(receipt)), slices.slices)).toEqual(JSON.parse(JSON.stringify(decisions)));
});

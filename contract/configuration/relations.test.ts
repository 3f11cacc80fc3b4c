import { describe, expect, test } from 'vitest';
import { campaign } from './campaign.ts';
import { channel, settings } from './catalog-parts.ts';

const DAY_MS = 86_400_000;
const spring = { id: 'spring', name: 'Spring', objective: { goal: 'click' }, placements: ['hero'] };
const minimal = { ...spring, arms: [{ id: 'a', content: { text: 'a' } }] };

/** The fields that a document was refused for, none when it is taken. */
function refusedAt(result: { readonly error?: { readonly issues: readonly { readonly path: PropertyKey[] }[] } }) {
  return result.error?.issues.map(({ path }) => path.join('/')) ?? [];
}

describe('a campaign', () => {
  test('that declares nothing is neutral in every preset and depends on nobody', () => {
    expect(campaign.parse(minimal)).toMatchObject({
      arbitration: { affinity: {}, contextWeight: 1, value: 1, lever: 1, budget: 0 },
      exclusionGroups: [],
      onlyAfter: [],
      notWithin: [],
    });
  });

  test('comes after a campaign or a goal, within 90 days unless told', () => {
    const onlyAfter = [{ campaign: 'welcome' }, { goal: 'click', within: '90s' }, { goal: 'click', within: '2m' }];
    expect(refusedAt(campaign.safeParse({ ...minimal, onlyAfter }))).toEqual(['onlyAfter/1/within']);
    const parsed = campaign.parse({ ...minimal, onlyAfter: [onlyAfter[0], onlyAfter[2]] });
    expect(parsed.onlyAfter).toEqual([
      { campaign: 'welcome', withinMs: 90 * DAY_MS },
      { goal: 'click', withinMs: 120_000 },
    ]);
  });

  test.each([
    ['onlyAfter/0', { onlyAfter: [{}] }],
    ['onlyAfter/0', { onlyAfter: [{ campaign: 'a', goal: 'b' }] }],
    ['onlyAfter', { onlyAfter: Array.from({ length: 11 }, () => ({ goal: 'click' })) }],
    ['notWithin/0/days', { notWithin: [{ campaign: 'a', days: 91 }] }],
    ['notWithin/0/days', { notWithin: [{ campaign: 'a', days: 0 }] }],
    ['exclusionGroups', { exclusionGroups: Array.from({ length: 11 }, (_, i) => `g${i}`) }],
    ['arbitration/affinity/web', { arbitration: { affinity: { web: 1.1 } } }],
    ['arbitration/value', { arbitration: { value: -1 } }],
    ['arbitration/budget', { arbitration: { budget: Number.POSITIVE_INFINITY } }],
  ])('is refused at %s for %j', (at, extra) => {
    expect(refusedAt(campaign.safeParse({ ...minimal, ...extra }))).toEqual([at]);
  });
});

describe('quiet hours of a channel', () => {
  const channelWith = (quietHours: unknown) => channel.safeParse({ id: 'sms', name: 'SMS', quietHours });

  test('are none unless told, and minutes of the day, also over midnight', () => {
    expect(channel.parse({ id: 'sms', name: 'SMS' }).quietHours).toBeNull();
    expect(channelWith({ from: '21:30', to: '08:00' }).data?.quietHours).toEqual({ fromMinute: 1_290, toMinute: 480 });
    expect(channelWith({ from: '21:00', to: '24:00' }).data?.quietHours).toEqual({
      fromMinute: 1_260,
      toMinute: 1_440,
    });
    expect(channelWith({ from: '24:00', to: '08:00' }).data?.quietHours).toEqual({ fromMinute: 0, toMinute: 480 });
  });

  test.each([
    ['08:00', '08:00'],
    ['00:00', '24:00'],
    ['24:00', '00:00'],
  ])('from %s to %s leave no hour, or take none: refused', (from, to) => {
    expect(refusedAt(channelWith({ from, to }))).toEqual(['quietHours/to']);
  });
});

test('the preset is weighted unless told, and one of those that there are', () => {
  expect(settings.parse({}).arbitration).toEqual({ exploration: 0, preset: 'weighted' });
  expect(refusedAt(settings.safeParse({ arbitration: { preset: 'loudest' } }))).toEqual(['arbitration/preset']);
});

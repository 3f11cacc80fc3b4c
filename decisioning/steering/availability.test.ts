import { describe, expect, test } from 'vitest';
import { channelOf, configurationOf, DAY_MS, HOUR_MS, slicesOf } from '../testing/configuration.ts';
import { PLACE, STYLE, steeredOf, TIME } from '../testing/steered.ts';
import { availabilityOf, keepsUnavailable, maskOf, OUTBOUND_FROM_MS, partOf } from './availability.ts';

const { slices } = slicesOf(
  configurationOf(
    [
      steeredOf('both', [PLACE, TIME], {
        exclude: [{ place: ['web'], time: ['later'] }],
        schedule: { end: '2026-03-07T00:00', timeZone: 'America/New_York', weekly: [] },
      }),
      steeredOf('place', [STYLE, PLACE]),
      steeredOf('plain', [STYLE]),
    ],
    {
      placements: [
        { id: 'hero', name: 'Hero', channel: 'web' },
        { id: 'inbox', name: 'Inbox', channel: 'mail' },
      ],
      channels: [channelOf('mail', { claimTtlMs: DAY_MS })],
    },
  ),
);
const campaignOf = (id: string) => slices.hero!.campaigns.find((campaign) => campaign.id === id)!;
const { channel: web } = slices.hero!;
const { channel: mail } = slices.inbox!;
const zoned = (zone: unknown) => (path: string) => (path === 'time.zone' ? zone : undefined);
const iso = (list: readonly (number | undefined)[] | undefined) =>
  list?.map((ms) => (ms === undefined ? '' : new Date(ms).toISOString().slice(0, 16)));
const at = (text: string): number => Date.parse(`2026-03-0${text}:00Z`);

describe('which arms are available', () => {
  const both = campaignOf('both');

  test('the arms are those of the example', () => {
    expect(both.armIds).toEqual(['web_morning', 'web_evening', 'mail_morning', 'mail_evening', 'mail_later']);
  });

  test('a campaign without such parameters is not asked: its customer’s clock is not read', () => {
    const never = () => expect.unreachable();
    expect(availabilityOf(campaignOf('plain'), web, never, 0)).toBeUndefined();
    expect(availabilityOf(campaignOf('place'), web, never, 0)).toEqual({ available: [true, false, true, false] });
    expect(availabilityOf(campaignOf('place'), mail, never, 0)).toEqual({ available: [false, true, false, true] });
  });

  test.each([
    ['05:59 in Berlin', '4T04:59', '00000'],
    ['06:00', '4T05:00', '10000'],
    ['09:59', '4T08:59', '10000'],
    ['10:00', '4T09:00', '00000'],
    ['18:00', '4T17:00', '01000'],
  ])('on a page those whose time it is: %s', (_, now, mask) => {
    const { available, sendAtMs } = availabilityOf(both, web, zoned('Europe/Berlin'), at(now))!;
    expect([maskOf(available), sendAtMs]).toEqual([mask, undefined]);
  });

  test('a page goes by the campaign’s zone for a customer whose own is not known', () => {
    for (const zone of [undefined, 'Mars/Olympus', 7])
      expect(maskOf(availabilityOf(both, web, zoned(zone), at('4T12:00'))!.available)).toBe('10000');
  });

  test('a message may wait, each arm for its own moment', () => {
    const { available, sendAtMs } = availabilityOf(both, mail, zoned('Europe/Berlin'), at('4T12:00'))!;
    expect(maskOf(available)).toBe('00111');
    expect(iso(sendAtMs)).toEqual(['', '', '2026-03-05T05:00', '2026-03-04T17:00', '2026-03-04T14:00']);
  });

  test('a message has no window without a known zone: it fails closed', () => {
    expect(iso(availabilityOf(both, mail, zoned(undefined), at('4T12:00'))!.sendAtMs)).toEqual([
      '',
      '',
      '',
      '',
      '2026-03-04T14:00',
    ]);
  });

  test('a message is sent before the campaign ends, and outside quiet hours', () => {
    // It ends at midnight in New York, 05:00 UTC, an hour before it is morning in London.
    const last = availabilityOf(both, mail, zoned('Europe/London'), at('6T21:00'))!;
    expect(iso(last.sendAtMs)).toEqual(['', '', '', '', '2026-03-06T23:00']);
    const quietHours = { fromMinute: 22 * 60, toMinute: 8 * 60 };
    const quiet = availabilityOf(both, { ...mail, quietHours }, zoned('UTC'), at('4T21:00'))!;
    expect(iso(quiet.sendAtMs)).toEqual(['', '', '2026-03-05T08:00', '2026-03-05T18:00', '2026-03-05T08:00']);
  });

  test('a claim of an hour may wait, one that is a millisecond shorter answers at once', () => {
    const almost = { ...mail, claimTtlMs: OUTBOUND_FROM_MS };
    const now = at('4T16:30');
    expect(iso(availabilityOf(both, almost, zoned('UTC'), at('4T17:00'))!.sendAtMs)).toEqual([
      '',
      '',
      '',
      '2026-03-04T18:00',
      '',
    ]);
    expect(maskOf(availabilityOf(both, almost, zoned('UTC'), now)!.available)).toBe('00000');
    const short = { ...mail, claimTtlMs: OUTBOUND_FROM_MS - 1 };
    expect(availabilityOf(both, short, zoned('UTC'), at('4T18:00'))).toEqual({
      available: [false, false, false, true, false],
    });
    expect(HOUR_MS).toBe(OUTBOUND_FROM_MS);
  });
});

describe('what follows from it', () => {
  const assignment = { armId: 'mail_later', leaf: 'rest', propensityArm: 1, periodKey: 'p', untilMs: 1 };

  test('when all are available nothing is narrowed', () => {
    expect(partOf(undefined)).toBeUndefined();
    expect(partOf({ available: [true, true] })).toBeUndefined();
    expect(partOf({ available: [true, false] })).toEqual([true, false]);
  });

  test('a kept arm that is not available keeps its campaign away; one that is gone does not', () => {
    const both = campaignOf('both');
    const availability = { available: [true, true, true, true, false] };
    expect(keepsUnavailable(both, availability, assignment)).toBe(true);
    expect(keepsUnavailable(both, availability, { ...assignment, armId: 'mail_morning' })).toBe(false);
    expect(keepsUnavailable(both, availability, { ...assignment, armId: 'gone' })).toBe(false);
    expect(keepsUnavailable(both, availability, undefined)).toBe(false);
    expect(keepsUnavailable(both, undefined, assignment)).toBe(false);
  });
});

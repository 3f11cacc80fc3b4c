import { describe, expect, test } from 'vitest';
import { channelOf, configurationOf, DAY_MS, HOUR_MS, problemsOf } from '../testing/configuration.ts';
import { PLACE, parameterOf, STYLE, steeredOf, TIME } from '../testing/steered.ts';

const places = {
  placements: [
    { id: 'hero', name: 'Hero', channel: 'web' },
    { id: 'inbox', name: 'Inbox', channel: 'mail' },
  ],
  channels: [channelOf('mail', { claimTtlMs: DAY_MS }), channelOf('fax')],
};
const problemsWith = (...of: Parameters<typeof steeredOf>) => problemsOf(configurationOf([steeredOf(...of)], places));
const only = (path: string, words: string) => [{ path: `/campaigns/c${path}`, detail: expect.stringContaining(words) }];

describe('parameters that fit their campaign', () => {
  test('are taken', () => {
    expect(problemsWith('c', [STYLE, PLACE])).toEqual([]);
    expect(problemsWith('c', [PLACE, TIME], { exclude: [{ place: ['web'], time: ['later'] }] })).toEqual([]);
  });

  test('a price is refused at its value', () => {
    const priced = parameterOf('gift', 'content', ['none', { id: 'mug', costMinor: 300 }]);
    expect(problemsWith('c', [STYLE, priced])).toEqual(only('/parameters/1/values/1/costMinor', 'needs a pool'));
  });

  test('a channel that is not there, and one that no placement of the campaign is on', () => {
    const phone = parameterOf('place', 'channel', [
      { id: 'web', channel: 'web' },
      { id: 'phone', channel: 'telephone' },
    ]);
    expect(problemsWith('c', [phone])).toEqual(only('/parameters/0/values/1/channel', 'there is no channel'));
    const fax = parameterOf('place', 'channel', [{ id: 'fax', channel: 'fax' }]);
    expect(problemsWith('c', [STYLE, fax])).toEqual(only('/parameters/1/values/0/channel', 'no placement'));
  });

  test('an arm that could never be shown must be taken out: a page cannot wait', () => {
    expect(problemsWith('c', [PLACE, TIME])).toEqual(only('/exclude', 'web_later'));
    // Without a channel of its own it may wait in the mail.
    expect(problemsWith('c', [TIME])).toEqual([]);
    expect(problemsWith('c', [TIME], { placements: ['hero'] })).toEqual(only('/exclude', '"later"'));
  });

  test('nor can it wait longer than the channel’s claim', () => {
    const afterDays = (afterMs: number) => [parameterOf('time', 'timing', ['now', { id: 'late', afterMs }])];
    expect(problemsWith('c', afterDays(DAY_MS))).toEqual([]);
    expect(problemsWith('c', afterDays(DAY_MS + HOUR_MS))).toEqual(only('/exclude', '"late"'));
  });

  describe('a time within the quiet hours', () => {
    const night = { fromMinute: 1_260, toMinute: 480 };
    const at = (from: number, to: number) =>
      parameterOf('time', 'timing', [
        { id: 'noon', window: { fromMinute: 660, toMinute: 780 } },
        { id: 'late', window: { fromMinute: from, toMinute: to } },
      ]);
    const sms = channelOf('sms', { claimTtlMs: DAY_MS, quietHours: night });
    const mail = channelOf('mail', { claimTtlMs: DAY_MS });
    const problemsOn = (channels: readonly ReturnType<typeof channelOf>[], ...of: Parameters<typeof steeredOf>) =>
      problemsOf(
        configurationOf([steeredOf(...of)], {
          placements: [
            { id: 'hero', name: 'Hero', channel: 'sms' },
            { id: 'inbox', name: 'Inbox', channel: channels.at(-1)!.id },
          ],
          channels,
        }),
      );

    test('of every channel is refused at its window; one open minute is enough', () => {
      expect(problemsOn([sms], 'c', [at(1_320, 1_380)])).toEqual(
        only('/parameters/0/values/1/window', 'quiet hours of "sms"'),
      );
      expect(problemsOn([sms], 'c', [at(1_260, 480)])).toHaveLength(1);
      expect(problemsOn([sms], 'c', [at(1_259, 480)])).toEqual([]);
      expect(problemsOn([sms], 'c', [at(1_260, 481)])).toEqual([]);
    });

    test('of one channel is fine where it may go out on another; an arm for the silent one must be taken out', () => {
      expect(problemsOn([sms, mail], 'c', [at(1_320, 1_380)])).toEqual([]);
      const place = parameterOf('place', 'channel', [
        { id: 'sms', channel: 'sms' },
        { id: 'mail', channel: 'mail' },
      ]);
      expect(problemsOn([sms, mail], 'c', [place, at(1_320, 1_380)])).toEqual(only('/exclude', 'arm "sms_late"'));
      const exclude = [{ place: ['sms'], time: ['late'] }];
      expect(problemsOn([sms, mail], 'c', [place, at(1_320, 1_380)], { exclude })).toEqual([]);
    });
  });

  test('too many arms for its leaves is a matter of its parameters', () => {
    const many = parameterOf(
      'many',
      'content',
      Array.from({ length: 32 }, (_, i) => `v${i}`),
    );
    const other = parameterOf(
      'other',
      'content',
      Array.from({ length: 16 }, (_, i) => `w${i}`),
    );
    const contexts = Array.from({ length: 8 }, (_, i) => ({ id: `l${i}`, condition: { plan: `p${i}` } }));
    expect(problemsWith('c', [many, other], { contexts })).toEqual(only('/parameters', '512 arms × 9 leaves'));
    expect(problemsWith('c', [many, other], { contexts: contexts.slice(1) })).toEqual([]);
  });
});

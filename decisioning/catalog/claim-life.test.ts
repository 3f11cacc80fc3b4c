import { describe, expect, test } from 'vitest';
import { armOf, campaignOf, channelOf, configurationOf, DAY_MS, HOUR_MS, MINUTE_MS } from '../testing/configuration.ts';
import { ledgersWithLives } from './claim-life.ts';
import type { CampaignConfiguration } from './configuration.ts';

const stock = (id: string) => ({ id, name: id, total: 5, alertsAt: [] });
const capacity = { perDay: 9, timeZone: 'UTC', pacing: { mode: 'none' }, alertsAt: [] } as const;

function livesWith(campaigns: readonly CampaignConfiguration[]): Record<string, number | undefined> {
  const ledgers = ledgersWithLives(
    configurationOf(campaigns, {
      stocks: [stock('few'), stock('unused')],
      channels: [
        channelOf('web', { claimTtlMs: 2 * MINUTE_MS }),
        channelOf('hour', { claimTtlMs: HOUR_MS - 1, capacity }),
        channelOf('mail', { claimTtlMs: DAY_MS, capacity }),
      ],
      placements: ['web', 'hour', 'mail'].map((channel) => ({ id: `on-${channel}`, name: channel, channel })),
    }),
  );
  return Object.fromEntries(Object.entries(ledgers ?? {}).map(([key, spec]) => [key, spec.claimLifeMs]));
}

describe('the life of claims on a ledger', () => {
  const on = (id: string, ...placements: string[]) => campaignOf(id, { placements, stock: 'few', arms: [armOf('a')] });

  test('is that of the channel of what takes from it, and unknown where nothing does', () => {
    expect(livesWith([on('c', 'on-web')])).toEqual({
      'channel:hour': undefined,
      'channel:mail': undefined,
      'stock:few': 2 * MINUTE_MS,
      'stock:unused': undefined,
    });
  });

  test('is the longest where several do, twice as long where a message may be sent later', () => {
    expect(livesWith([on('c', 'on-web', 'on-hour'), on('d', 'on-mail')])).toMatchObject({
      'channel:hour': HOUR_MS - 1,
      'channel:mail': 2 * DAY_MS,
      'stock:few': 2 * DAY_MS,
    });
    expect(livesWith([on('c', 'on-web', 'on-hour')])['stock:few']).toBe(HOUR_MS - 1);
  });
});

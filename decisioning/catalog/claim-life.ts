/** How long claims can be pending, by what they take from: units in doubt are not given back before. */

import type { LedgerSpec } from '../limits/ledger-spec.ts';
import { OUTBOUND_FROM_MS } from '../steering/availability.ts';
import type { ChannelConfiguration, Configuration } from './configuration.ts';
import { ledgersOf, needsOf, needsOn } from './ledgers.ts';

/** What is sent may be sent a claim's life later, and its claim lives from then on. */
function lifeOn({ claimTtlMs }: ChannelConfiguration): number {
  return claimTtlMs < OUTBOUND_FROM_MS ? claimTtlMs : 2 * claimTtlMs;
}

/** Ledger → the longest life of a claim on it, milliseconds; ledgers that nothing is taken from are left out. */
function livesOf({ campaigns, placements, channels }: Configuration): ReadonlyMap<string, number> {
  const channelOf = new Map(channels.map((channel) => [channel.id, channel]));
  const channelOfPlacement = new Map(placements.map(({ id, channel }) => [id, channelOf.get(channel)]));
  const lives = new Map<string, number>();
  for (const campaign of campaigns) {
    const needs = needsOf(campaign);
    for (const placement of campaign.placements) {
      const channel = channelOfPlacement.get(placement);
      if (!channel) continue;
      for (const { ledger } of needsOn(needs, channel)) {
        lives.set(ledger, Math.max(lives.get(ledger) ?? 0, lifeOn(channel)));
      }
    }
  }
  return lives;
}

/** The ledgers of a configuration by key, each with the life of its claims; undefined when there are none. */
export function ledgersWithLives(configuration: Configuration): Readonly<Record<string, LedgerSpec>> | undefined {
  const ledgers = ledgersOf(configuration);
  if (!ledgers) return undefined;
  const lives = livesOf(configuration);
  return Object.fromEntries(
    Object.entries(ledgers).map(([key, spec]) => {
      const claimLifeMs = lives.get(key);
      return [key, claimLifeMs === undefined ? spec : { ...spec, claimLifeMs }];
    }),
  );
}

import { describe, expect, test } from 'vitest';
import { NEUTRAL_TERMS } from './arbitration/terms.ts';
import { PRESET_NAMES, type PresetName } from './arbitration/value.ts';
import { decideWithReceipt, replay } from './receipt.ts';
import { armOf, campaignOf, configurationOf, HOUR_MS, settingsOf, slicesOf } from './testing/configuration.ts';
import { touchAt } from './testing/customer.ts';
import { decideOnce, inputOf, NOON_MS } from './testing/decide-once.ts';

const rated = (alpha: number, beta: number) => ({
  arms: [armOf('a', { prior: { alpha, beta } })],
  strategy: { policy: 'thompson', minExploration: 0 } as const,
});

/** Three campaigns, each the best of one preset: expected rate .5, urgency and priority, and value. */
const campaigns = [
  campaignOf('likely', rated(10, 10)),
  campaignOf('urgent', {
    ...rated(1, 9),
    objective: { goal: 'click', conversionWeight: 1, revenueWeight: 0, priority: 0.25 },
    schedule: { end: '2026-03-06T12:00', timeZone: 'UTC', weekly: [] },
    arbitration: { ...NEUTRAL_TERMS, affinity: { web: 0.75, email: 0 }, budget: 2_000 },
  }),
  campaignOf('worthy', {
    ...rated(1, 3),
    arbitration: { ...NEUTRAL_TERMS, affinity: { web: 0.5 }, contextWeight: 2, value: 30, lever: 0.5 },
  }),
];

const slicesUnder = (preset: PresetName | undefined, weight = 0) =>
  slicesOf(
    configurationOf(campaigns, {
      settings: settingsOf({ arbitration: { exploration: 0, preset }, fatigue: { weight, halfLifeMs: HOUR_MS } }),
    }),
  );

describe('settings.arbitration.preset', () => {
  // seed: likely 0 + 20; urgent 2.5 + 15 + 10·24/48 + 2 = 24.5; worthy 10. pcvl: .5, .1, .25·2·30·.5 = 7.5.
  test.each([
    [undefined, 'likely', { likely: 0.5, urgent: 0.35, worthy: 0.25 }],
    ['weighted', 'likely', { likely: 0.5, urgent: 0.35, worthy: 0.25 }],
    ['seed', 'urgent', { likely: 20, urgent: 24.5, worthy: 10 }],
    ['pcvl', 'worthy', { likely: 0.5, urgent: 0.1, worthy: 7.5 }],
  ] as const)('%s chooses %s', (preset, winner, values) => {
    const { chosen, candidates } = decideOnce(slicesUnder(preset));
    expect(chosen?.campaign.id).toBe(winner);
    expect(chosen?.propensityCampaign).toBe(1);
    expect(Object.fromEntries(candidates!.map(({ campaignId, value }) => [campaignId, value]))).toEqual(values);
  });

  test('candidates are shown with the terms of the preset, fatigue beside them', () => {
    const partsUnder = (preset: PresetName) =>
      decideOnce(slicesUnder(preset)).candidates!.find(({ campaignId }) => campaignId === 'urgent')!.parts;
    expect(partsUnder('weighted')).toEqual({ conversion: 0.1, revenue: 0, priority: 0.25, fatigue: 0 });
    expect(partsUnder('seed')).toEqual({ priority: 2.5, affinity: 15, urgency: 5, budget: 2, fatigue: 0 });
    expect(partsUnder('pcvl')).toEqual({ propensity: 0.1, contextWeight: 1, value: 1, lever: 1, fatigue: 0 });
  });

  test('a slice carries a preset only when it is not the default', () => {
    expect(slicesUnder('weighted').slices.hero).toEqual(slicesUnder(undefined).slices.hero);
    expect(slicesUnder('seed').slices.hero!.preset).toBe('seed');
  });

  test.each(PRESET_NAMES)('%s: a receipt replays to the same values, to the bit', (preset) => {
    const slices = slicesUnder(preset, 0.125);
    // A third of an hour, so that neither urgency nor pressure is a round number.
    const nowMs = NOON_MS + HOUR_MS / 3;
    const customer = { touches: [touchAt(NOON_MS)] };
    const { decisions, receipt } = decideWithReceipt(inputOf(slices, { nowMs, customer }), {
      requestId: 'r',
      revision: 1,
      rules: { hero: 'h' },
    });
    const again = replay(JSON.parse(JSON.stringify(receipt)), slices.slices);
    expect(again).toEqual(JSON.parse(JSON.stringify(decisions)));
    expect(again[0]!.candidates!.every(({ parts }) => parts!.fatigue > 0)).toBe(true);
  });
});

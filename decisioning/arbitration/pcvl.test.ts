import { expect, test } from 'vitest';
import { pcvl } from './pcvl.ts';
import type { PresetCandidate } from './preset.ts';
import { NEUTRAL_TERMS } from './terms.ts';

const candidate: PresetCandidate = {
  campaign: {
    conversionWeight: 7,
    revenueWeight: 7,
    priority: 7,
    endsAtMs: 1,
    arbitration: { ...NEUTRAL_TERMS, contextWeight: 1.5, value: 80, lever: 2 },
  },
  expected: { rate: 0.125, revenueMinor: 999 },
  channel: 'web',
  nowMs: 0,
};

test('pcvl multiplies the expected rate, the context weight, the value and the lever, and looks at nothing else', () => {
  expect(pcvl(candidate)).toEqual({
    terms: { propensity: 0.125, contextWeight: 1.5, value: 80, lever: 2 },
    total: 30,
  });
  expect(pcvl({ ...candidate, expected: { rate: 0.25, revenueMinor: 0 }, channel: 'email' }).total).toBe(60);
});

test('a campaign that declares nothing is worth its rate, and one factor of 0 makes it worthless', () => {
  const { arbitration: _, ...plain } = candidate.campaign;
  expect(pcvl({ ...candidate, campaign: plain }).total).toBe(0.125);
  const lever0 = { ...candidate.campaign, arbitration: { ...NEUTRAL_TERMS, lever: 0, value: 1e9 } };
  expect(pcvl({ ...candidate, campaign: lever0 }).total).toBe(0);
});

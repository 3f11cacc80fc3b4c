import { describe, expect, test } from 'vitest';
import { NEUTRAL_TERMS } from '../arbitration/terms.ts';
import { campaignOf, catalogOf, configurationOf, DAY_MS, HOUR_MS, problemsOf } from '../testing/configuration.ts';
import type { CampaignConfiguration } from './configuration.ts';

const withOther = (extra: Partial<CampaignConfiguration>) =>
  configurationOf([campaignOf('c', extra), campaignOf('other'), campaignOf('all')], {
    goals: [{ id: 'all', name: 'All', source: 'any', windowMs: DAY_MS, defaultValueMinor: 0 }],
  });

describe('publishing refuses', () => {
  test.each<[string, Partial<CampaignConfiguration>, string]>([
    ['only after a campaign that is not there', { onlyAfter: [{ campaign: 'x', withinMs: DAY_MS }] }, '/0/campaign'],
    ['only after a goal that is not there', { onlyAfter: [{ goal: 'x', withinMs: DAY_MS }] }, '/0/goal'],
    ['only after itself', { onlyAfter: [{ campaign: 'c', withinMs: DAY_MS }] }, '/0/campaign'],
    ['only after nothing', { onlyAfter: [{ withinMs: DAY_MS }] }, '/0'],
    ['only after both', { onlyAfter: [{ campaign: 'other', goal: 'click', withinMs: DAY_MS }] }, '/0'],
    // Counters call any goal `all`, and know no campaign of that name.
    ['only after a goal that counters cannot tell apart', { onlyAfter: [{ goal: 'all', withinMs: DAY_MS }] }, '/0'],
    ['only after a campaign that they cannot', { onlyAfter: [{ campaign: 'all', withinMs: DAY_MS }] }, '/0'],
    ['a window of half a minute', { onlyAfter: [{ goal: 'click', withinMs: 30_000 }] }, '/0'],
  ])('%s', (_title, extra, at) => {
    expect(problemsOf(withOther(extra)).map(({ path }) => path)).toEqual([`/campaigns/c/onlyAfter${at}`]);
  });

  test.each<[string, Partial<CampaignConfiguration>, string]>([
    ['a distance from a campaign that is not there', { notWithin: [{ campaign: 'x', days: 1 }] }, '/0/campaign'],
    ['a distance from itself', { notWithin: [{ campaign: 'c', days: 1 }] }, '/0/campaign'],
    ['a distance that cannot be counted', { notWithin: [{ campaign: 'all', days: 1 }] }, '/0'],
    ['a distance longer than history', { notWithin: [{ campaign: 'other', days: 91 }] }, '/0'],
    [
      'a distance from what it must come after at once',
      { notWithin: [{ campaign: 'other', days: 7 }], onlyAfter: [{ campaign: 'other', withinMs: 7 * DAY_MS }] },
      '/0',
    ],
  ])('%s', (_title, extra, at) => {
    expect(problemsOf(withOther(extra)).map(({ path }) => path)).toEqual([`/campaigns/c/notWithin${at}`]);
  });

  test('an affinity for a channel that is not there', () => {
    const arbitration = { ...NEUTRAL_TERMS, affinity: { email: 1, pigeon: 0.5 } };
    expect(problemsOf(withOther({ arbitration }))).toEqual([
      { path: '/campaigns/c/arbitration/affinity/pigeon', detail: 'there is no channel "pigeon"' },
    ]);
  });

  test('campaigns that wait for each other in a circle, and those behind it, but no chain', () => {
    const waiting = (id: string, ...others: string[]) =>
      campaignOf(id, { onlyAfter: others.map((campaign) => ({ campaign, withinMs: HOUR_MS })) });
    const chain = [waiting('d', 'c', 'b'), waiting('c', 'b'), waiting('b', 'a'), campaignOf('a')];
    expect(problemsOf(configurationOf(chain))).toEqual([]);
    const circle = [waiting('a', 'c'), waiting('b', 'a'), waiting('c', 'b'), waiting('d', 'c'), campaignOf('e')];
    expect(problemsOf(configurationOf(circle)).map(({ path }) => path)).toEqual(
      ['a', 'b', 'c', 'd'].map((id) => `/campaigns/${id}/onlyAfter`),
    );
  });
});

describe('compiled', () => {
  const rulesOf = (extra: Partial<CampaignConfiguration>) =>
    catalogOf(withOther(extra)).placements.hero!.rules.campaigns.find(({ id }) => id === 'c')!;

  test('rules become the counters they read', () => {
    const { onlyAfter, notWithin } = rulesOf({
      onlyAfter: [
        { campaign: 'other', withinMs: 90 * DAY_MS },
        { goal: 'click', withinMs: HOUR_MS },
      ],
      notWithin: [{ campaign: 'other', days: 3 }],
    });
    expect(onlyAfter).toEqual(['exposures.other.count.129600m', 'outcomes.click.count.60m']);
    expect(notWithin).toEqual([{ campaign: 'other', counter: 'exposures.other.count.3d' }]);
  });

  test('a campaign that declares nothing, or only what is neutral, has the same bytes', () => {
    const plain = JSON.stringify(rulesOf({}));
    const neutral = { arbitration: NEUTRAL_TERMS, exclusionGroups: [], onlyAfter: [], notWithin: [] };
    expect(JSON.stringify(rulesOf(neutral))).toBe(plain);
    expect(plain).not.toContain('arbitration');
  });

  test('the order in which affinities are written changes nothing', () => {
    const textOf = (affinity: Record<string, number>) =>
      JSON.stringify(rulesOf({ arbitration: { ...NEUTRAL_TERMS, affinity } }));
    expect(textOf({ web: 0.5, email: 1 })).toBe(textOf({ email: 1, web: 0.5 }));
  });
});

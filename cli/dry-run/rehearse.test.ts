import { describe, expect, test } from 'vitest';
import type {
  CampaignConfiguration,
  ConditionDocument,
  Configuration,
} from '../../decisioning/catalog/configuration.ts';
import { DEFAULT_PHASES, DEFAULT_THRESHOLDS } from '../../decisioning/lifecycle/phases.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { CHURN } from '../../decisioning/scoring/testing/manifest.ts';
import {
  armOf,
  campaignOf,
  catalogOf,
  channelOf,
  configurationOf,
  DAY_MS,
  ranked,
} from '../../decisioning/testing/configuration.ts';
import { inventVisitors } from './audience.ts';
import { rehearse } from './rehearse.ts';
import { formatRehearsal } from './report.ts';

const startMs = Date.UTC(2026, 8, 7);

function rehearsed(campaigns: readonly CampaignConfiguration[], extra: Partial<Configuration> = {}) {
  const catalog = catalogOf(configurationOf(campaigns, extra));
  const visitors = inventVisitors(catalog, 300);
  const spec = { startMs, days: 3, allocateEveryMs: 3_600_000, visitors, truth: {} };
  const rehearsal = rehearse(catalog, spec, 1, 1_000);
  const of = (id: string) => rehearsal.campaigns.find(({ campaign }) => campaign === id)!;
  return { rehearsal, of, text: formatRehearsal(rehearsal, spec, 1), visitors };
}

describe('a rehearsal', () => {
  test('chooses a campaign for everyone, tells its arms and how soon it has trials', () => {
    const { of, rehearsal, text } = rehearsed([campaignOf('c')]);
    const c = of('c');
    expect(c).toMatchObject({
      asked: rehearsal.visits,
      chosen: rehearsal.visits,
      shown: rehearsal.visits,
      refusals: [],
    });
    expect(c.arms.map(({ share }) => share).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(c.hoursToTrials).toBeCloseTo((1_000 * 72) / c.trials, 9);
    expect(c.hoursToTrialsPerArm!).toBeGreaterThan(c.hoursToTrials!);
    expect(text).toContain('always chosen');
    expect(rehearsal.unanswered).toBe(0);
  });

  test('counts refusals by reason, caps and holdouts', () => {
    const { of, rehearsal, text } = rehearsed([
      campaignOf('c', { caps: [{ max: 1, windowMs: 30 * DAY_MS }], holdout: 0.5 }),
    ]);
    const { refusals, chosen, heldOut, shown, reach } = of('c');
    expect(refusals.map(({ reason }) => reason)).toEqual(['capped_campaign']);
    expect(chosen + refusals[0]!.count).toBe(rehearsal.visits);
    expect(shown).toBe(reach);
    expect(heldOut + shown).toBe(chosen);
    expect(text).toContain('its own cap was reached');
  });

  test('tells the phases a campaign goes through: what it admits grows while nothing is known of outcomes', () => {
    const lifecycle = { phases: DEFAULT_PHASES, thresholds: DEFAULT_THRESHOLDS };
    const { of, text } = rehearsed([campaignOf('c', { lifecycle })]);
    const { phases, refusals, asked } = of('c');
    expect(phases).toEqual([
      { phase: 'initialization', admitted: 0.1 },
      { phase: 'learning', admitted: 0.5 },
    ]);
    expect(refusals.map(({ reason }) => reason)).toEqual(['not_admitted']);
    expect(refusals[0]!.count / asked).toBeGreaterThan(0.5);
    expect(text).toContain('c: from initialization (10 % of customers) to learning (50 % of customers)');
    expect(text).toContain('Arms, before any outcome is known');
    expect(rehearsed([campaignOf('c')]).text).not.toContain('Phases');
    const slow = { ...lifecycle, thresholds: { ...DEFAULT_THRESHOLDS, trialsPerArm: 100_000 } };
    expect(rehearsed([campaignOf('c', { lifecycle: slow })]).text).toContain('c: stayed in initialization');
  });

  test('says which campaign is never chosen, and why', () => {
    const { text, of } = rehearsed([
      campaignOf('winner', { objective: ranked(2) }),
      campaignOf('loser', { objective: ranked(1) }),
      campaignOf('nobody', { audience: { condition: { plan: { $in: [] } } } }),
      campaignOf('later', { schedule: { timeZone: 'UTC', weekly: [], start: '2027-01-01T00:00' } }),
    ]);
    expect(of('loser').hoursToTrials).toBeNull();
    expect(text).toContain('! loser is never chosen: another campaign was worth more.');
    expect(text).toContain('! nobody is never chosen: not in its audience.');
    expect(text).toContain('! later is never chosen: outside its schedule.');
    expect(text).not.toContain('! winner');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('tells when a channel asks for consent that half of the customers gave', () => {
    const { of } = rehearsed([campaignOf('c')], { channels: [channelOf('web', { requiresConsent: true })] });
    const { refusals, asked } = of('c');
    expect(refusals[0]!.reason).toBe('no_consent');
    expect(refusals[0]!.count / asked).toBeGreaterThan(0.4);
    expect(refusals[0]!.count / asked).toBeLessThan(0.6);
  });

  test('without campaigns or visitors there are no figures, and no division by nothing', () => {
    const catalog = catalogOf(configurationOf([campaignOf('c')]));
    const visitors = inventVisitors(catalog, 300);
    const spec = { startMs, days: 1, allocateEveryMs: 3_600_000, visitors: { ...visitors, newPerDay: 0 }, truth: {} };
    const text = formatRehearsal(rehearse(catalog, spec, 1, 10), spec, 1);
    expect(text).toContain('nobody came');
    expect(text).not.toMatch(/NaN|Infinity/);
  });
});

describe('invented customers', () => {
  test('live where most campaigns say, in UTC where none names another zone', () => {
    const inZone = (id: string, timeZone: string) => campaignOf(id, { schedule: { timeZone, weekly: [] } });
    const zoneOf = (...campaigns: CampaignConfiguration[]) =>
      inventVisitors(catalogOf(configurationOf(campaigns)), 100).timeZone;
    expect(zoneOf(inZone('a', 'UTC'), inZone('b', 'Europe/Berlin'))).toBe('Europe/Berlin');
    expect(zoneOf(inZone('a', 'Asia/Tokyo'), inZone('b', 'Europe/Berlin'), inZone('c', 'Europe/Berlin'))).toBe(
      'Europe/Berlin',
    );
    expect(zoneOf(inZone('a', 'UTC'))).toBe('UTC');
  });

  test('have scores that count, from 0 to 1, also where a condition names one', () => {
    const campaign = campaignOf('c', {
      audience: { condition: { liking: { $gte: 0.3 } } },
      arms: [armOf('a', { score: 'liking' })],
      strategy: { policy: 'thompson', modelWeight: 0.5, minExploration: 0.05 },
    });
    const attributes = ['liking', 'age'].map((id) => ({ id, type: 'number', source: 'any' }) as const);
    const invented = inventVisitors(catalogOf(configurationOf([campaign], { attributes })), 100).attributes;
    expect(invented.liking).toEqual({ kind: 'histogram', edges: [], shares: [1], min: 0, max: 1 });
    expect(invented.age).toEqual({ kind: 'uniform', min: 0, max: 100 });
  });

  test('have scores of models as their training saw them spread, and anything from 0 to 1 of a model that is not known', () => {
    const audience = (condition: object) => ({ audience: { condition: condition as ConditionDocument } });
    const campaigns = [
      campaignOf('known', audience({ 'models.intent.probability': { $gte: 0.2 } })),
      campaignOf('between', audience({ 'models.intent.probability': { $gte: 0.05, $lt: 0.2 } })),
      campaignOf('unknown', audience({ 'models.other.probability': { $gte: 0.75 } })),
      campaignOf('worth', audience({ 'models.intent.worth': { $gte: 750 } })),
      campaignOf('scored', {
        arms: [armOf('a', { score: 'models.arms.probability' }), armOf('b', { score: 'models.arms.probability' })],
        strategy: { policy: 'thompson', modelWeight: 0.5, minExploration: 0.05 },
      }),
    ].map((campaign, i) => ({ ...campaign, placements: [`p${i}`] }));
    const placements = campaigns.map((_, i) => ({ id: `p${i}`, name: 'P', channel: 'web' }));
    const catalog = catalogOf(configurationOf(campaigns, { placements }));
    const output = { tensor: 'y', column: 0, kind: 'probability' } as const;
    const intent: ModelManifest = {
      ...CHURN,
      id: 'intent',
      outputs: [
        { ...output, name: 'probability', range: [0, 1] },
        { ...output, name: 'worth', range: [0, 1_000] },
      ],
      reference: { score: { edges: [0.05, 0.2], shares: [0.7, 0.2, 0.1] }, inputs: {} },
    };
    const visitors = inventVisitors(catalog, 400, new Map([['intent', intent]]));
    const spec = { startMs, days: 3, allocateEveryMs: 3_600_000, visitors, truth: {} };
    const rehearsal = rehearse(catalog, spec, 1, 1_000);
    const share = (id: string) => {
      const { chosen, asked } = rehearsal.campaigns.find(({ campaign }) => campaign === id)!;
      return chosen / asked;
    };
    expect(share('known')).toBeCloseTo(0.1, 1);
    expect(share('between')).toBeCloseTo(0.2, 1);
    expect(share('unknown')).toBeCloseTo(0.25, 1);
    expect(share('worth')).toBeCloseTo(0.25, 1);
    // A customer's arms are drawn apart: neither wins.
    expect(
      rehearsal.campaigns.find(({ campaign }) => campaign === 'scored')!.arms.every(({ share: of }) => of > 0.3),
    ).toBe(true);
    const text = formatRehearsal(rehearsal, spec, 1);
    expect(text).toContain('models.intent.probability (as in its training: half of all below 0.036)');
    expect(text).toContain('models.arms.probability (0 to 1)');
    expect(text).not.toContain('#');
  });

  test('have every value that conditions name, and others', () => {
    const campaign = campaignOf('c', {
      audience: {
        condition: {
          $or: [{ plan: 'gold' }, { plan: { $in: ['silver'] } }, { tags: { $in: ['vip'] } }, { 'geo.country': 'FR' }],
        },
      },
      contexts: [{ id: 'rich', condition: { income: { $gte: 50_000 } } }],
    });
    const attributes = [
      { id: 'plan', type: 'string', source: 'any' },
      { id: 'income', type: 'number', source: 'any' },
      { id: 'member', type: 'boolean', source: 'any' },
      { id: 'tags', type: 'string_list', source: 'any' },
    ] as const;
    const visitors = inventVisitors(catalogOf(configurationOf([campaign], { attributes })), 100);
    const names = (name: string) => {
      const spec = visitors.attributes[name]!;
      return spec.kind === 'choices' ? spec.values.map(([value]) => value) : spec;
    };
    expect(names('plan')).toEqual(['gold', 'silver', 'another']);
    expect(names('geo.country')).toEqual(['FR', 'another']);
    expect(names('income')).toEqual({ kind: 'uniform', min: 0, max: 100_000 });
    expect(names('member')).toEqual({ kind: 'chance', share: 0.5 });
    expect(names('device.type')).toEqual(['mobile', 'desktop', 'tablet']);
    expect(names('tags')).toEqual({ kind: 'list', values: [['vip', 0.5]] });
    expect(visitors.placements).toEqual(['hero']);
  });

  test('pays whatever costs, and tells what it would have taken of pools, stocks and capacities', () => {
    const rules = { timeZone: 'UTC', pacing: { mode: 'none' }, alertsAt: [] } as const;
    const { of, rehearsal, text } = rehearsed(
      [
        campaignOf('c', {
          ...{ pool: 'p', stock: 's', dailyCapacity: 100_000 },
          arms: [armOf('a', { costMinor: 10 }), armOf('b', { costMinor: 30 })],
        }),
      ],
      {
        pools: [{ id: 'p', name: 'p', totalMinor: 50, ...rules }],
        stocks: [{ id: 's', name: 's', total: 1_000_000, alertsAt: [] }],
      },
    );
    const { asked, chosen, arms } = of('c');
    expect(chosen).toBe(asked);
    const share = arms.find(({ arm }) => arm === 'a')!.share;
    const claimedOf = Object.fromEntries(rehearsal.ledgers.map(({ ledger, claimed }) => [ledger, claimed]));
    expect(claimedOf).toEqual({
      'pool:p': Math.round(chosen * (share * 10 + (1 - share) * 30)),
      'stock:s': chosen,
      'campaign:c': chosen,
    });
    expect(text).toContain('never run out in a rehearsal');
    expect(text).toMatch(/! pool:p: [\d,]+ of 50 minor units claimed: it would run out/);
    expect(text).toMatch(/ {2}campaign:c: [\d,]+ of 100,000 a day claimed$/m);
    expect(rehearsed([campaignOf('c')]).text).not.toContain('never run out');
  });
});

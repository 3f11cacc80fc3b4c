import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { ArmConfiguration, CampaignConfiguration, Configuration, ScheduleConfiguration } from './configuration.ts';
import { openSlice } from './open.ts';
import { readContents, readDirectory, readRules } from './read.ts';

const workspace = { workspaceId: 'w', salt: 'salt' };
const DAY_MS = 86_400_000;

function arm(id: string, extra: Partial<ArmConfiguration> = {}): ArmConfiguration {
  return { id, content: { text: id }, costMinor: 0, ...extra };
}

function campaign(id: string, extra: Partial<CampaignConfiguration> = {}): CampaignConfiguration {
  return {
    id,
    name: id,
    objective: { goal: 'click', conversionWeight: 1, revenueWeight: 0, priority: 0 },
    audience: {},
    placements: ['hero'],
    schedule: { timeZone: 'UTC', weekly: [] },
    caps: [],
    sticky: { mode: 'none' },
    holdout: 0,
    strategy: { policy: 'thompson', minExploration: 0.01 },
    contexts: [],
    arms: [arm('a'), arm('b')],
    shards: 1,
    ...extra,
  };
}

function configuration(extra: Partial<Configuration> = {}): Configuration {
  return {
    campaigns: [campaign('spring')],
    segments: [],
    placements: [{ id: 'hero', name: 'Hero', channel: 'web' }],
    channels: [],
    goals: [],
    attributes: [{ id: 'plan', type: 'string', source: 'any' }],
    sites: [{ id: 'shop', name: 'Shop', kind: 'web', origins: ['https://shop.example'], consent: 'required' }],
    settings: {
      id: 'workspace',
      holdout: 0,
      globalCap: { max: 7, windowMs: 7 * DAY_MS },
      arbitration: { exploration: 0 },
      fatigue: { weight: 0, halfLifeMs: 3 * DAY_MS },
      currency: 'EUR',
    },
    ...extra,
  };
}

function catalogOf(document: Configuration) {
  const result = compile(document, workspace);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.catalog;
}

function problemsOf(document: Configuration) {
  const result = compile(document, workspace);
  return result.ok ? [] : result.problems;
}

/** Problems of a single campaign, as path → detail. */
function campaignProblems(extra: Partial<CampaignConfiguration>): Record<string, string> {
  return Object.fromEntries(
    problemsOf(configuration({ campaigns: [campaign('spring', extra)] })).map(({ path, detail }) => [path, detail]),
  );
}

describe('compile', () => {
  test('cuts one slice per placement, with the campaigns of that placement only', () => {
    const { placements } = catalogOf(
      configuration({
        campaigns: [campaign('z', { placements: ['hero', 'side'] }), campaign('a', { placements: ['side'] })],
        placements: [
          { id: 'side', name: 'Side', channel: 'web', defaultContent: { text: 'hello' } },
          { id: 'hero', name: 'Hero', channel: 'email' },
        ],
      }),
    );
    expect(Object.keys(placements)).toEqual(['hero', 'side']);
    expect(placements.hero!.rules.campaigns.map(({ id }) => id)).toEqual(['z']);
    expect(placements.side!.rules.campaigns.map(({ id }) => id)).toEqual(['a', 'z']);
    expect(placements.hero!.rules.channel).toMatchObject({ requiresConsent: true, cap: { max: 3 } });
    expect(placements.side!.contents).toMatchObject({ defaultContent: { text: 'hello' }, contents: { z: { a: {} } } });
  });

  test('gives the same bytes whatever the order of the documents', () => {
    const campaigns = ['c', 'a', 'b'].map((id) => campaign(id, { audience: { segment: `s${id}` } }));
    const segments = ['sb', 'sa', 'sc'].map((id) => ({ id, name: id, condition: { plan: id } }));
    const one = catalogOf(configuration({ campaigns, segments }));
    const other = catalogOf(configuration({ campaigns: campaigns.toReversed(), segments: segments.toReversed() }));
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });

  test('starts even arms evenly, above the floor, and lets the token live as long as the goal', () => {
    const [first] = catalogOf(configuration()).placements.hero!.rules.campaigns;
    expect(first!.initialAllocation.leaves.rest!.probabilities).toEqual([0.5, 0.5]);
    expect(first!.initialAllocation.version).toBe(0);
    expect(first!.tokenLifeMs).toBe(DAY_MS);
  });

  test('a prior from history moves the initial allocation towards the better arm', () => {
    const arms = [arm('a', { prior: { alpha: 50, beta: 950 } }), arm('b', { prior: { alpha: 100, beta: 900 } })];
    const [first] = catalogOf(configuration({ campaigns: [campaign('spring', { arms })] })).placements.hero!.rules
      .campaigns;
    expect(first!.initialAllocation.leaves.rest!.probabilities[1]).toBeGreaterThan(0.98);
  });

  test('carries the segments that campaigns use, and those these refer to, and no others', () => {
    const segments = [
      { id: 'deep', name: 'd', condition: { plan: 'gold' } },
      { id: 'outer', name: 'o', condition: { $inSegment: 'deep' } },
      { id: 'unused', name: 'u', condition: {} },
    ];
    const { rules } = catalogOf(
      configuration({ campaigns: [campaign('spring', { audience: { segment: 'outer' } })], segments }),
    ).placements.hero!;
    expect(Object.keys(rules.segments)).toEqual(['deep', 'outer']);
    expect(() => openSlice(rules)).not.toThrow();
  });

  test('a document replaces the built-in channel or goal of its id', () => {
    const { directory, placements } = catalogOf(
      configuration({
        goals: [{ id: 'click', name: 'Tap', source: 'any', windowMs: 5_000, defaultValueMinor: 3 }],
        channels: [
          {
            id: 'web',
            name: 'Web',
            countsTowardGlobal: true,
            requiresConsent: false,
            cap: null,
            claimTtlMs: 7,
            fatigueWeight: 1,
          },
        ],
      }),
    );
    expect(directory.goals.click).toMatchObject({ windowMs: 5_000 });
    expect(placements.hero!.rules.channel).toMatchObject({ countsTowardGlobal: true, claimTtlMs: 7 });
    expect(Object.keys(placements.hero!.rules.fatigue.channelWeights)).toHaveLength(11);
  });

  test('another set of arms, order of arms, leaf or policy has another arms key', () => {
    const keyOf = (extra: Partial<CampaignConfiguration>): string =>
      catalogOf(configuration({ campaigns: [campaign('spring', extra)] })).policies[0]!.armsKey;
    const keys = [
      keyOf({}),
      keyOf({ arms: [arm('b'), arm('a')] }),
      keyOf({ arms: [arm('a'), arm('b'), arm('c')] }),
      keyOf({ contexts: [{ id: 'gold', condition: { plan: 'gold' } }] }),
      keyOf({ strategy: { policy: 'fixed_split', weights: { a: 1, b: 1 }, minExploration: 0 } }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf({ name: 'renamed', holdout: 0.1 })).toBe(keys[0]);
  });

  test('what it makes is what readers accept', () => {
    const { directory, placements } = catalogOf(configuration());
    expect(readDirectory(JSON.stringify(directory))).toEqual({ ok: true, value: directory });
    expect(readRules(JSON.stringify(placements.hero!.rules))).toEqual({ ok: true, value: placements.hero!.rules });
    expect(readContents(JSON.stringify(placements.hero!.contents)).ok).toBe(true);
  });

  test('compiles 300 campaigns of 20 placements in under a second', () => {
    const ids = Array.from({ length: 20 }, (_, i) => `p${i}`);
    const campaigns = Array.from({ length: 300 }, (_, i) =>
      campaign(`c${i}`, { placements: ids, arms: Array.from({ length: 10 }, (_, k) => arm(`a${k}`)) }),
    );
    const document = configuration({ campaigns, placements: ids.map((id) => ({ id, name: id, channel: 'web' })) });
    const startedMs = performance.now();
    expect(compile(document, workspace).ok).toBe(true);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});

describe('compile refuses', () => {
  test('references to what is not there, all at once', () => {
    const problems = problemsOf(
      configuration({
        campaigns: [
          campaign('spring', {
            objective: { goal: 'sale', conversionWeight: 1, revenueWeight: 0, priority: 0 },
            placements: ['hero', 'nowhere'],
            audience: { segment: 'nobody', condition: { $inSegment: ['ghosts'] } },
          }),
        ],
        placements: [{ id: 'hero', name: 'Hero', channel: 'pigeon' }],
      }),
    );
    expect(problems.map(({ path }) => path)).toEqual([
      '/placements/hero/channel',
      '/campaigns/spring/objective/goal',
      '/campaigns/spring/placements/1',
      '/campaigns/spring/audience/segment',
      '/campaigns/spring/audience/condition',
    ]);
    expect(problems[0]!.detail).toBe('there is no channel "pigeon"');
  });

  test.each([
    ['no arms', { arms: [] }, '/campaigns/spring/arms'],
    ['513 arms', { arms: Array.from({ length: 513 }, (_, i) => arm(`a${i}`)) }, '/campaigns/spring/arms'],
    ['one id for two arms', { arms: [arm('a'), arm('a')] }, '/campaigns/spring/arms/1/id'],
    ['an arm named holdout', { arms: [arm('holdout')] }, '/campaigns/spring/arms/0/id'],
    ['a price', { arms: [arm('a', { costMinor: 1 })] }, '/campaigns/spring/arms/0/costMinor'],
    ['a placement twice', { placements: ['hero', 'hero'] }, '/campaigns/spring/placements/1'],
    [
      'more arms × leaves than 4,096',
      {
        arms: Array.from({ length: 373 }, (_, i) => arm(`a${i}`)),
        contexts: Array.from({ length: 10 }, (_, i) => ({ id: `c${i}`, condition: {} })),
      },
      '/campaigns/spring/arms',
    ],
    ['a context named rest', { contexts: [{ id: 'rest', condition: {} }] }, '/campaigns/spring/contexts/0/id'],
    [
      'a context twice',
      { contexts: ['x', 'x'].map((id) => ({ id, condition: {} })) },
      '/campaigns/spring/contexts/1/id',
    ],
    [
      'a weight of an unknown arm',
      { strategy: { policy: 'fixed_split', weights: { a: 1, b: 1, c: 1 }, minExploration: 0 } },
      '/campaigns/spring/strategy/weights/c',
    ],
    [
      'an arm without a weight',
      { strategy: { policy: 'fixed_split', weights: { a: 1 }, minExploration: 0 } },
      '/campaigns/spring/strategy/weights',
    ],
    [
      'weights that are all 0',
      { strategy: { policy: 'fixed_split', weights: { a: 0, b: 0 }, minExploration: 0 } },
      '/campaigns/spring/strategy/weights',
    ],
    [
      'a floor above one half',
      { strategy: { policy: 'thompson', minExploration: 0.51 } },
      '/campaigns/spring/strategy/minExploration',
    ],
    [
      'an unknown operator',
      { audience: { condition: { plan: { $like: 'x' } } } },
      '/campaigns/spring/audience/condition',
    ],
    [
      'an undeclared attribute',
      { contexts: [{ id: 'x', condition: { $or: [{ colour: 'red' }] } }] },
      '/campaigns/spring/contexts/0/condition',
    ],
    [
      'a misspelt counter',
      { audience: { condition: { 'touches.email.count.7w': 1 } } },
      '/campaigns/spring/audience/condition',
    ],
    [
      'a counter of an unknown goal',
      { audience: { condition: { 'outcomes.sale.count.7d': 1 } } },
      '/campaigns/spring/audience/condition',
    ],
  ] as [string, Partial<CampaignConfiguration>, string][])('%s', (_title, extra, path) => {
    expect(Object.keys(campaignProblems(extra))).toEqual([path]);
  });

  test('not what stands exactly at the limits', () => {
    const many = Array.from({ length: 512 }, (_, i) => arm(`a${i}`));
    const contexts = Array.from({ length: 7 }, (_, i) => ({ id: `c${i}`, condition: { 'geo.country': `${i}` } }));
    expect(campaignProblems({ arms: many, contexts })).toEqual({});
    expect(campaignProblems({ strategy: { policy: 'thompson', minExploration: 0.5 } })).toEqual({});
  });

  test('two documents of one kind with one id', () => {
    expect(problemsOf(configuration({ campaigns: [campaign('x'), campaign('x')] }))).toEqual([
      { path: '/campaigns/x', detail: '"x" is the id of two campaigns' },
    ]);
  });

  test('segments that refer to each other in a circle, naming it', () => {
    const segments = [
      { id: 'a', name: 'a', condition: { $inSegment: 'b' } },
      { id: 'b', name: 'b', condition: { $notInSegment: 'a' } },
    ];
    expect(problemsOf(configuration({ segments }))[0]!.detail).toContain('a → b → a');
  });

  test('attributes with a name the runtime uses', () => {
    const attributes = ['geo.planet', 'touches', 'time'].map((id) => ({ id, type: 'string', source: 'any' }) as const);
    expect(problemsOf(configuration({ attributes })).map(({ path }) => path)).toEqual([
      '/attributes/geo.planet/id',
      '/attributes/touches/id',
      '/attributes/time/id',
    ]);
  });

  test('a slice of more than 4 MiB', () => {
    const long = 'x'.repeat(15_000);
    const arms = Array.from({ length: 300 }, (_, i) => arm(`a${i}`, { content: { text: long } }));
    const problems = problemsOf(configuration({ campaigns: [campaign('spring', { arms })] }));
    expect(problems.map(({ path }) => path)).toEqual(['/placements/hero']);
  });

  test.each([
    ['an end at its start', { start: '2026-05-01T10:00', end: '2026-05-01T10:00', timeZone: 'UTC' }, 'end'],
    // 02:30 does not exist and becomes 03:30, after 03:15.
    [
      'an end that a gap puts first',
      { start: '2026-03-29T02:30', end: '2026-03-29T03:15', timeZone: 'Europe/Berlin' },
      'end',
    ],
    ['30 February', { start: '2026-02-30T00:00', timeZone: 'UTC' }, 'start'],
    ['a zone that is not one', { start: '2026-02-03T00:00', timeZone: 'Mars/Olympus' }, 'timeZone'],
  ] as [string, Omit<ScheduleConfiguration, 'weekly'>, string][])('%s', (_title, schedule, field) => {
    const problems = campaignProblems({ schedule: { ...schedule, weekly: [] } });
    expect(Object.keys(problems)).toEqual([`/campaigns/spring/schedule/${field}`]);
  });
});

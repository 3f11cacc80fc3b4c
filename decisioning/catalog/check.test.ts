import { describe, expect, test } from 'vitest';
import { REQUEST_PATHS } from '../request-attributes.ts';
import { armOf, configurationOf, learnerOf, problemsOf } from '../testing/configuration.ts';
import type { CampaignConfiguration, ScheduleConfiguration } from './configuration.ts';

/** Problems of a single campaign, as path → detail. */
function campaignProblems(extra: Partial<CampaignConfiguration>): Record<string, string> {
  const problems = problemsOf(configurationOf([learnerOf('spring', extra)]));
  return Object.fromEntries(problems.map(({ path, detail }) => [path, detail]));
}

describe('compile refuses', () => {
  test('references to what is not there, all at once', () => {
    const problems = problemsOf(
      configurationOf([learnerOf('spring')], {
        campaigns: [
          learnerOf('spring', {
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
    ['513 arms', { arms: Array.from({ length: 513 }, (_, i) => armOf(`a${i}`)) }, '/campaigns/spring/arms'],
    ['one id for two arms', { arms: [armOf('a'), armOf('a')] }, '/campaigns/spring/arms/1/id'],
    ['an arm named holdout', { arms: [armOf('holdout')] }, '/campaigns/spring/arms/0/id'],
    ['a price', { arms: [armOf('a', { costMinor: 1 })] }, '/campaigns/spring/arms/0/costMinor'],
    ['a placement twice', { placements: ['hero', 'hero'] }, '/campaigns/spring/placements/1'],
    [
      'more arms × leaves than 4,096',
      {
        arms: Array.from({ length: 373 }, (_, i) => armOf(`a${i}`)),
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
      '65 arms with customer scores',
      {
        arms: Array.from({ length: 65 }, (_, i) => armOf(`a${i}`)),
        strategy: { policy: 'epsilon_greedy', epsilon: 0.1, topArms: 2, minExploration: 0 },
      },
      '/campaigns/spring/arms',
    ],
    [
      'a prior below 1 with customer scores',
      {
        arms: [armOf('a', { prior: { alpha: 0.5, beta: 3 } }), armOf('b')],
        strategy: { policy: 'thompson', modelWeight: 0.3, minExploration: 0 },
      },
      '/campaigns/spring/arms/0/prior',
    ],
    [
      'an unknown operator',
      { audience: { condition: { plan: { $like: 'x' } } } },
      '/campaigns/spring/audience/condition',
    ],
    [
      'an undeclared attribute',
      { contexts: [{ id: 'x', condition: { $or: [{ colour: 'red' }] } }] },
      '/campaigns/spring/contexts/0/condition/$or/0/colour',
    ],
    [
      'a misspelt counter',
      { audience: { condition: { 'touches.email.count.7w': 1 } } },
      '/campaigns/spring/audience/condition',
    ],
    [
      'a counter of an unknown goal',
      { audience: { condition: { 'outcomes.sale.count.7d': 1 } } },
      '/campaigns/spring/audience/condition/outcomes.sale.count.7d',
    ],
    [
      'a misspelt fact of the request, inside a negation',
      { audience: { condition: { $not: { 'device.typ': 'mobile' } } } },
      '/campaigns/spring/audience/condition/$not/device.typ',
    ],
  ] as [string, Partial<CampaignConfiguration>, string][])('%s', (_title, extra, path) => {
    expect(Object.keys(campaignProblems(extra))).toEqual([path]);
  });

  test('every name that is not there, with the one that was meant or those there are', () => {
    const attributes = [{ id: 'plan', type: 'string', source: 'any' } as const];
    const condition = {
      'device.typ': 'mobile',
      device: 'mobile',
      hour: 9,
      plna: 'gold',
      colour: 'red',
      'outcomes.clik.count.7d': 1,
      'a/b~c': 1,
    };
    const campaign = learnerOf('spring', {
      objective: { goal: 'clik', conversionWeight: 1, revenueWeight: 0, priority: 0 },
      audience: { condition },
      strategy: { policy: 'fixed_split', weights: { a: 1, b: 1, c: 1 }, minExploration: 0 },
    });
    const told = problemsOf(configurationOf([campaign], { attributes }));
    const at = '/campaigns/spring/audience/condition';
    const unknown = 'is neither a declared attribute nor one that the runtime provides';
    expect(Object.fromEntries(told.map(({ path, detail }) => [path, detail]))).toEqual({
      '/campaigns/spring/objective/goal': 'there is no goal "clik": did you mean "click"?',
      '/campaigns/spring/strategy/weights/c': 'there is no arm "c": there are a, b',
      [`${at}/device.typ`]: '"device.typ" is not known of a request: did you mean "device.type"?',
      [`${at}/device`]: '"device" is not known of a request: there are device.type, device.os, device.browser',
      [`${at}/hour`]: `"hour" ${unknown}: did you mean "time.hour"?`,
      [`${at}/plna`]: `"plna" ${unknown}: did you mean "plan"?`,
      [`${at}/colour`]: `"colour" ${unknown}`,
      [`${at}/outcomes.clik.count.7d`]: '"outcomes.clik.count.7d": there is no goal "clik": did you mean "click"?',
      [`${at}/a~1b~0c`]: `"a/b~c" ${unknown}`,
    });
  });

  test('not a single fact that the runtime provides', () => {
    const condition = Object.fromEntries(REQUEST_PATHS.map((path) => [path, 'x']));
    expect(REQUEST_PATHS).toContain('device.type');
    expect(campaignProblems({ audience: { condition } })).toEqual({});
  });

  test('not what stands exactly at the limits', () => {
    const many = Array.from({ length: 512 }, (_, i) => armOf(`a${i}`));
    const contexts = Array.from({ length: 7 }, (_, i) => ({ id: `c${i}`, condition: { 'geo.country': `${i}` } }));
    expect(campaignProblems({ arms: many, contexts })).toEqual({});
    expect(campaignProblems({ strategy: { policy: 'thompson', minExploration: 0.5 } })).toEqual({});
    const scored = { policy: 'thompson', modelWeight: 0.3, minExploration: 0 } as const;
    expect(campaignProblems({ arms: many.slice(0, 64), strategy: scored })).toEqual({});
    expect(campaignProblems({ arms: many, strategy: { ...scored, modelWeight: 0 } })).toEqual({});
    const vague = armOf('a', { prior: { alpha: 0.5, beta: 3 } });
    expect(campaignProblems({ arms: [vague], strategy: { ...scored, policy: 'ucb' } })).toEqual({});
  });

  test('two documents of one kind with one id', () => {
    expect(problemsOf(configurationOf([learnerOf('spring')], { campaigns: [learnerOf('x'), learnerOf('x')] }))).toEqual(
      [{ path: '/campaigns/x', detail: '"x" is the id of two campaigns' }],
    );
  });

  test('segments that refer to each other in a circle, naming it', () => {
    const segments = [
      { id: 'a', name: 'a', condition: { $inSegment: 'b' } },
      { id: 'b', name: 'b', condition: { $notInSegment: 'a' } },
    ];
    expect(problemsOf(configurationOf([learnerOf('spring')], { segments }))[0]!.detail).toContain('a → b → a');
  });

  test('attributes with a name the runtime uses', () => {
    const attributes = ['geo.planet', 'touches', 'time'].map((id) => ({ id, type: 'string', source: 'any' }) as const);
    expect(problemsOf(configurationOf([learnerOf('spring')], { attributes })).map(({ path }) => path)).toEqual([
      '/attributes/geo.planet/id',
      '/attributes/touches/id',
      '/attributes/time/id',
    ]);
  });

  test('a slice of more than 4 MiB', () => {
    const long = 'x'.repeat(15_000);
    const arms = Array.from({ length: 300 }, (_, i) => armOf(`a${i}`, { content: { text: long } }));
    const problems = problemsOf(configurationOf([learnerOf('spring')], { campaigns: [learnerOf('spring', { arms })] }));
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

import { describe, expect, test } from 'vitest';
import { computedMs } from '../testing/computed.ts';
import {
  armOf,
  catalogOf,
  channelOf,
  configurationOf,
  DAY_MS,
  learnerOf,
  WORKSPACE,
} from '../testing/configuration.ts';
import { compile } from './compile.ts';
import type { CampaignConfiguration } from './configuration.ts';
import { BUILT_IN_CHANNELS } from './defaults.ts';
import { openSlice } from './open.ts';
import { readContents, readDirectory, readRules } from './read.ts';

describe('compile', () => {
  test('cuts one slice per placement, with the campaigns of that placement only', () => {
    const { placements } = catalogOf(
      configurationOf([learnerOf('spring')], {
        campaigns: [learnerOf('z', { placements: ['hero', 'side'] }), learnerOf('a', { placements: ['side'] })],
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
    const campaigns = ['c', 'a', 'b'].map((id) => learnerOf(id, { audience: { segment: `s${id}` } }));
    const segments = ['sb', 'sa', 'sc'].map((id) => ({ id, name: id, condition: { plan: id } }));
    const one = catalogOf(configurationOf([learnerOf('spring')], { campaigns, segments }));
    const other = catalogOf(
      configurationOf([learnerOf('spring')], { campaigns: campaigns.toReversed(), segments: segments.toReversed() }),
    );
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });

  test('starts even arms evenly, above the floor, and lets the token live as long as the goal', () => {
    const [first] = catalogOf(configurationOf([learnerOf('spring')])).placements.hero!.rules.campaigns;
    expect(first!.initialAllocation.leaves.rest!.probabilities).toEqual([0.5, 0.5]);
    expect(first!.initialAllocation.version).toBe(0);
    expect(first!.tokenLifeMs).toBe(DAY_MS);
  });

  test('a prior from history moves the initial allocation towards the better arm', () => {
    const arms = [armOf('a', { prior: { alpha: 50, beta: 950 } }), armOf('b', { prior: { alpha: 100, beta: 900 } })];
    const [first] = catalogOf(configurationOf([learnerOf('spring')], { campaigns: [learnerOf('spring', { arms })] }))
      .placements.hero!.rules.campaigns;
    expect(first!.initialAllocation.leaves.rest!.probabilities[1]).toBeGreaterThan(0.98);
  });

  test('carries the segments that campaigns use, and those these refer to, and no others', () => {
    const segments = [
      { id: 'deep', name: 'd', condition: { plan: 'gold' } },
      { id: 'outer', name: 'o', condition: { $inSegment: 'deep' } },
      { id: 'unused', name: 'u', condition: {} },
    ];
    const { rules } = catalogOf(
      configurationOf([learnerOf('spring')], {
        campaigns: [learnerOf('spring', { audience: { segment: 'outer' } })],
        segments,
      }),
    ).placements.hero!;
    expect(Object.keys(rules.segments)).toEqual(['deep', 'outer']);
    expect(() => openSlice(rules)).not.toThrow();
  });

  test('a document replaces the built-in channel or goal of its id', () => {
    const { directory, placements } = catalogOf(
      configurationOf([learnerOf('spring')], {
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
            quietHours: null,
          },
        ],
      }),
    );
    expect(directory.goals.click).toMatchObject({ windowMs: 5_000 });
    expect(placements.hero!.rules.channel).toMatchObject({ countsTowardGlobal: true, claimTtlMs: 7 });
    expect(Object.keys(placements.hero!.rules.fatigue.channelWeights)).toHaveLength(11);
  });

  test('the directory lists the channels by id, built-in ones included, an own one and a replaced one once each', () => {
    const channels = [channelOf('fax'), channelOf('email')];
    const { directory } = catalogOf(configurationOf([learnerOf('spring')], { channels }));
    expect(directory.channels).toEqual(
      [...BUILT_IN_CHANNELS.map(({ id }) => id), 'fax'].toSorted((a, b) => (a < b ? -1 : 1)),
    );
    const text = JSON.stringify({ ...directory, channels: 'email' });
    expect(readDirectory(text)).toEqual({ ok: false, reason: 'bad_shape', at: '/channels' });
  });

  test('another set of arms, order of arms, leaf or policy has another arms key', () => {
    const keyOf = (extra: Partial<CampaignConfiguration>): string =>
      catalogOf(configurationOf([learnerOf('spring')], { campaigns: [learnerOf('spring', extra)] })).policies[0]!
        .armsKey;
    const keys = [
      keyOf({}),
      keyOf({ arms: [armOf('b'), armOf('a')] }),
      keyOf({ arms: [armOf('a'), armOf('b'), armOf('c')] }),
      keyOf({ contexts: [{ id: 'gold', condition: { plan: 'gold' } }] }),
      keyOf({ strategy: { policy: 'fixed_split', weights: { a: 1, b: 1 }, minExploration: 0 } }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf({ name: 'renamed', holdout: 0.1 })).toBe(keys[0]);
  });

  test('what it makes is what readers accept', () => {
    const sites = [
      { id: 'shop', name: 'Shop', kind: 'web', origins: ['https://shop.example'], consent: 'required' } as const,
    ];
    const { directory, placements } = catalogOf(configurationOf([learnerOf('spring')], { sites }));
    expect(readDirectory(JSON.stringify(directory))).toEqual({ ok: true, value: directory });
    expect(readRules(JSON.stringify(placements.hero!.rules))).toEqual({ ok: true, value: placements.hero!.rules });
    expect(readContents(JSON.stringify(placements.hero!.contents)).ok).toBe(true);
  });

  test('compiles 300 campaigns of 20 placements in under a second', () => {
    const ids = Array.from({ length: 20 }, (_, i) => `p${i}`);
    const campaigns = Array.from({ length: 300 }, (_, i) =>
      learnerOf(`c${i}`, { placements: ids, arms: Array.from({ length: 10 }, (_, k) => armOf(`a${k}`)) }),
    );
    const document = configurationOf([learnerOf('spring')], {
      campaigns,
      placements: ids.map((id) => ({ id, name: id, channel: 'web' })),
    });
    expect(computedMs(() => expect(compile(document, WORKSPACE).ok).toBe(true))).toBeLessThan(1_000);
  });
});

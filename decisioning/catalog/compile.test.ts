import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { CampaignConfiguration } from './configuration.ts';
import { openSlice } from './open.ts';
import { readContents, readDirectory, readRules } from './read.ts';
import { arm, campaign, catalogOf, configuration, DAY_MS, workspace } from './testing/configuration.ts';

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

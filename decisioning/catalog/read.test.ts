import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { Configuration } from './configuration.ts';
import { readContents, readDirectory, readRules } from './read.ts';

const configuration: Configuration = {
  campaigns: [
    {
      id: 'c',
      name: 'c',
      objective: { goal: 'click', conversionWeight: 1, revenueWeight: 0, priority: 0 },
      audience: { segment: 's' },
      placements: ['hero'],
      schedule: { timeZone: 'UTC', weekly: [{ days: [1], fromMinute: 0, toMinute: 60 }] },
      caps: [{ max: 1, windowMs: 1_000 }],
      sticky: { mode: 'days', days: 3 },
      holdout: 0.1,
      strategy: { policy: 'fixed_split', weights: { a: 1, b: 3 }, minExploration: 0 },
      contexts: [{ id: 'de', condition: { 'geo.country': 'DE' } }],
      arms: ['a', 'b'].map((id) => ({ id, content: {}, costMinor: 0 })),
      shards: 1,
      arbitration: { affinity: { email: 0.5 }, contextWeight: 1, value: 2, lever: 1, budget: 10 },
      exclusionGroups: ['offers'],
      onlyAfter: [{ goal: 'click', withinMs: 60_000 }],
      notWithin: [{ campaign: 'other', days: 7 }],
    },
    {
      id: 'other',
      name: 'other',
      objective: {
        goal: 'click',
        conversionWeight: 1,
        revenueWeight: 0,
        priority: 0,
        reward: { kind: 'composite', goals: [{ goal: 'view', weight: -2 }] },
        secondary: ['dwell'],
      },
      learning: { halfLifeMs: 86_400_000, delayCorrection: true },
      audience: {},
      placements: ['hero'],
      schedule: { timeZone: 'UTC', weekly: [] },
      caps: [],
      sticky: { mode: 'none' },
      holdout: 0,
      strategy: { policy: 'thompson', minExploration: 0 },
      contexts: [],
      arms: [{ id: 'a', content: {}, costMinor: 0 }],
      shards: 1,
    },
  ],
  segments: [{ id: 's', name: 's', condition: {} }],
  placements: [{ id: 'hero', name: 'hero', channel: 'email' }],
  channels: [
    {
      id: 'email',
      name: 'E-mail',
      countsTowardGlobal: true,
      requiresConsent: true,
      cap: { max: 3, windowMs: 1_000 },
      claimTtlMs: 1_000,
      fatigueWeight: 1,
      quietHours: { fromMinute: 1_260, toMinute: 480 },
    },
  ],
  goals: [],
  attributes: [{ id: 'plan', type: 'string', source: 'any' }],
  sites: [{ id: 'app', name: 'app', kind: 'app', origins: [], consent: 'required' }],
  pools: [],
  stocks: [],
  settings: {
    id: 'workspace',
    holdout: 0,
    globalCap: null,
    arbitration: { exploration: 0, preset: 'seed' },
    fatigue: { weight: 0, halfLifeMs: 1 },
    currency: 'EUR',
  },
};
const compiled = compile(configuration, { workspaceId: 'w', salt: 's' });
if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
const { directory, placements } = compiled.catalog;
const { rules, contents } = placements.hero!;

type Path = readonly (string | number)[];

/** Every place in a value, the value itself left out. */
function placesOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [[...at, key], ...placesOf(child, [...at, key])]);
}

/** A copy with something else at one place. */
function poisoned(value: unknown, path: Path, poison: unknown): string {
  const copy = structuredClone(value) as Record<string | number, unknown>;
  let parent = copy;
  for (const key of path.slice(0, -1)) parent = parent[key] as typeof parent;
  parent[path.at(-1)!] = poison;
  return JSON.stringify(copy);
}

/** Subtrees that the segment compiler, not this reader, judges; and free content. */
const JUDGED_ELSEWHERE = /^(segments\/s|campaigns\/0\/contexts\/0\/condition|contents\/(c|other)\/[ab])\//;

describe('a reader', () => {
  test('accepts what was compiled', () => {
    expect(readRules(JSON.stringify(rules)).ok).toBe(true);
    expect(readContents(JSON.stringify(contents)).ok).toBe(true);
    expect(readDirectory(JSON.stringify(directory)).ok).toBe(true);
  });

  test('refuses a slice in which any one value has become something else', () => {
    const through: string[] = [];
    const cases = [
      ['rules', rules, readRules],
      ['contents', contents, readContents],
      ['directory', directory, readDirectory],
    ] as const;
    for (const [name, slice, read] of cases) {
      for (const path of placesOf(slice)) {
        const place = path.join('/');
        if (JUDGED_ELSEWHERE.test(place)) continue;
        // A function-like object is neither text, number, flag, list nor a record of anything that slices hold.
        if (read(poisoned(slice, path, [[]])).ok) through.push(`${name}/${place}`);
      }
    }
    expect(through).toEqual([]);
  });

  test.each([
    ['text that is not JSON', '{', 'not_json'],
    ['JSON that is no object', '3', 'unknown_format'],
    ['a format it does not know', JSON.stringify({ ...rules, format: 3 }), 'unknown_format'],
    ['a segment that is missing', JSON.stringify({ ...rules, segments: {} }), 'bad_shape'],
    [
      'probabilities that do not sum to 1',
      poisoned(rules, ['campaigns', 0, 'initialAllocation', 'leaves', 'rest', 'probabilities'], [0.5, 0.4]),
      'bad_shape',
    ],
    [
      'a leaf without allocation',
      poisoned(rules, ['campaigns', 0, 'contexts'], [{ id: 'fr', condition: {} }]),
      'bad_shape',
    ],
    ['a preset it does not know', JSON.stringify({ ...rules, preset: 'loudest' }), 'bad_shape'],
    ['a counter that cannot be read', poisoned(rules, ['campaigns', 0, 'onlyAfter', 0], 'outcomes.click'), 'bad_shape'],
    ['an arm too many', poisoned(rules, ['campaigns', 0, 'armIds'], ['a', 'b', 'c']), 'bad_shape'],
    ['a directory', JSON.stringify(directory), 'bad_shape'],
  ])('refuses %s', (_title, text, reason) => {
    expect(readRules(text)).toMatchObject({ ok: false, reason });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileCampaign } from './campaign.ts';
import { readMap } from './map.ts';

const folder = mkdtempSync(join(tmpdir(), 'map-'));
const file = join(folder, 'map.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const CAMPAIGN = `campaign:
  id: c
  name: C
  objective: { goal: visit }
  placements: [p]
  arms:
    - { id: a, content: {} }
    - { id: b, content: {} }
`;

function mapOf(head: string, campaign = CAMPAIGN) {
  writeFileSync(file, head + campaign);
  return readMap(file);
}

describe('readMap', () => {
  test('reads both modes', () => {
    expect(mapOf('mode: full-feedback\nrewards: { a: A, b: B }\n').mode).toBe('full-feedback');
    const randomised = 'mode: randomised\nreward: { column: v }\narms: { column: arm, values: { A: a, B: b } }\n';
    expect(mapOf(randomised).mode).toBe('randomised');
  });

  test.each([
    ['an unknown mode', 'mode: random\n', ':1:7: "mode" must be one of'],
    [
      'an unknown field',
      'mode: full-feedback\nrewards: { a: A, b: B }\ncolour: red\n',
      ':3:1: "colour" is not a known field',
    ],
    [
      'an arm that the campaign lacks',
      'mode: full-feedback\nrewards: { a: A, c: C }\n',
      ':2:18: "c" is not an arm of the campaign',
    ],
    [
      'an arm that is not mapped',
      'mode: full-feedback\nrewards: { a: A }\n',
      ':2:10: arm "b" of the campaign is not mapped',
    ],
    ['broken YAML', 'mode: [\n', `:2:`],
    ['two documents', 'a: 1\n---\n', 'a map is one document'],
  ])('refuses %s at its line and column', (_, head, message) => {
    expect(() => mapOf(head)).toThrow(message);
  });
});

describe('compileCampaign', () => {
  const head = 'mode: full-feedback\nrewards: { a: A, b: B }\n';

  test('names what publishing would refuse', () => {
    const map = mapOf(head, CAMPAIGN.replace('placements', 'audience: { segment: gone }\n  placements'));
    expect(() => compileCampaign(map, undefined, 's')).toThrow('/campaigns/c/audience/segment');
  });

  test('plays one strategy on every row: no phase keeps rows out, no other strategy shares them', () => {
    const two =
      'lifecycle: {}\n  strategies: [{ id: x, strategy: { policy: ucb } }, { id: y, strategy: { policy: ucb } }]\n  arms:';
    const { policy, slice } = compileCampaign(mapOf(head, CAMPAIGN.replace('arms:', two)), 'thompson', 's');
    expect(policy).not.toHaveProperty('lifecycle');
    expect(policy).not.toHaveProperty('strategies');
    expect(Object.keys(slice.campaigns[0]!.rules.initialAllocation.leaves)).toEqual(['rest']);
  });

  test('replaces the policy: uniform has equal shares and no floor, fixed_split needs weights', () => {
    const map = mapOf(head);
    expect(compileCampaign(map, 'uniform', 's').policy.strategy).toEqual({
      policy: 'fixed_split',
      weights: { a: 1, b: 1 },
    });
    expect(compileCampaign(map, undefined, 's').policy.strategy).toEqual({ policy: 'thompson' });
    expect(() => compileCampaign(map, 'fixed_split', 's')).toThrow('names no weights');
  });

  test.each([
    ['thompson', { policy: 'thompson' }],
    ['ucb', { policy: 'ucb' }],
    ['epsilon_greedy', { policy: 'epsilon_greedy', epsilon: 0.1 }],
    ['inverse_gap', { policy: 'inverse_gap', gamma: 1_000 }],
  ] as const)('plays %s with its defaults, unless the campaign has parameters for it', (policy, strategy) => {
    const other = CAMPAIGN.replace('arms:', 'strategy: { policy: fixed_split, weights: { a: 1, b: 1 } }\n  arms:');
    const played = compileCampaign(mapOf(head, other), policy, 's').policy;
    expect(played).toMatchObject({ strategy, minExploration: 0.01 });
    const own = CAMPAIGN.replace('arms:', `strategy: { policy: ${policy}, minExploration: 0.2 }\n  arms:`);
    expect(compileCampaign(mapOf(head, own), policy, 's').policy).toMatchObject({ strategy, minExploration: 0.2 });
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadWorld } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'world-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WORLD = `name: W
documents:
  - { kind: placement, id: hero, name: Hero }
  - kind: campaign
    id: c
    name: C
    objective: { goal: click }
    placements: [hero]
    arms:
      - { id: a, content: { text: A } }
      - { id: b, content: { text: B } }
truth:
  c:
    arms: { a: 0.1, b: 0.2 }
contenders:
  - { name: first }
  - { name: second, set: { strategy: { policy: ucb } } }
`;

function load(text: string) {
  const file = join(folder, 'world.yaml');
  writeFileSync(file, text);
  return loadWorld(file);
}

describe('loadWorld', () => {
  test('compiles each contender with what it sets, and asks for the placements that campaigns use', () => {
    const { contenders, spec, compared } = load(WORLD);
    expect(contenders.map(({ plan }) => plan.campaigns.get('c')!.policy.strategy.policy)).toEqual(['thompson', 'ucb']);
    expect(spec.visitors.placements).toEqual(['hero']);
    expect(compared).toEqual(['c']);
  });

  test('without contenders the documents play as they are', () => {
    const { contenders } = load(WORLD.slice(0, WORLD.indexOf('contenders')));
    expect(contenders.map(({ name }) => name)).toEqual(['as declared']);
  });

  test('arms that are not named have the base, times the factors of their values', () => {
    const parameters =
      'parameters:\n      - { id: tone, values: [{ id: warm }, { id: cool }] }\n      - { id: size, values: [{ id: big }, { id: small }] }';
    const arms = WORLD.slice(WORLD.indexOf('arms:'), WORLD.indexOf('\ntruth:'));
    const truth = 'base: 0.1\n    values: { tone: { warm: 2 }, size: { small: 0.5 } }\n    arms: { cool_big: 0.3 }';
    const { spec } = load(WORLD.replace(arms, parameters).replace('arms: { a: 0.1, b: 0.2 }', truth));
    const rates = Object.entries(spec.truth.c!.arms).map(([id, { rate }]) => [id, rate]);
    expect(Object.fromEntries(rates)).toEqual({ warm_big: 0.2, warm_small: 0.1, cool_big: 0.3, cool_small: 0.05 });
  });

  test("what contenders are measured by is the documents' reward unless the world names another", () => {
    const rewarded = WORLD.replace(
      'name: second, set: {',
      'name: second, set: { objective: { goal: click, reward: { kind: count } },',
    );
    const measured = (text: string) => load(text).measures.get('c');
    expect(measured(rewarded)).toMatchObject({ goal: { id: 'click' }, reward: { kind: 'binary' } });
    const base = rewarded.replace('objective: { goal: click }', 'objective: { goal: click, reward: { kind: count } }');
    expect(measured(base)).toMatchObject({ reward: { kind: 'count' } });
    expect(measured(base.replace('name: W', 'name: W\nmeasure: conversions'))).toMatchObject({
      reward: { kind: 'binary' },
    });
    const worth = base.replace('b: 0.2', 'b: { rate: 0.2, value: 9 }').replace('name: W', 'name: W\nmeasure: revenue');
    expect(measured(worth)).toMatchObject({ goal: { id: 'click' }, reward: { kind: 'revenue' } });
    for (const { plan } of load(worth).contenders)
      expect(plan.campaigns.get('c')!.measure).toEqual(load(worth).measures.get('c'));
  });

  test('values and delays are constants, or a median with a spread', () => {
    const constant = load(WORLD.replace('b: 0.2', 'b: { rate: 0.2, value: 90, delay: 2h }')).spec.truth.c!.arms.b;
    expect(constant).toEqual({
      rate: 0.2,
      value: { median: 9_000, spread: 0 },
      delay: { median: 7_200_000, spread: 0 },
    });
    const varied = load(WORLD.replace('b: 0.2', 'b: { rate: 0.2, value: { median: 90 } }')).spec.truth.c!.arms.b;
    expect(varied!.value).toEqual({ median: 9_000, spread: 1 });
  });

  test('a contender may take a field out', () => {
    const capped = WORLD.replace('arms:\n      -', 'caps: [{ max: 1, per: 1d }]\n    arms:\n      -');
    const { contenders } = load(capped.replace('name: first', 'name: first, set: { caps: null }'));
    const caps = contenders.map(({ plan }) => plan.sliceOf('hero')!.rules.campaigns[0]!.caps.length);
    expect(caps).toEqual([0, 1]);
  });

  test.each([
    ['an unknown field', ['name: W', 'name: W\ncolour: red'], 'world.yaml:2:1: "colour" is not a known field'],
    ['a rate above 1', ['b: 0.2', 'b: 2'], 'world.yaml:14:24: "truth.c.arms.b" must be at most 1'],
    ['an arm without a rate', ['a: 0.1, ', ''], 'world.yaml:14:11: arm "a" has no rate, and there is no "base"'],
    ['a rate of no arm', ['a: 0.1', 'a: 0.1, z: 0.1'], 'world.yaml:14:21: "z" is no arm of "c"'],
    [
      'values without parameters',
      ['arms: { a: 0.1, b: 0.2 }', 'base: 0.1\n    values: { tone: { kind: 2 } }'],
      'world.yaml:15:15: "tone" is no parameter',
    ],
    [
      'a goal beside it that is not there',
      ['a: 0.1', 'a: { rate: 0.1, also: { clicks: 0.2 } }'],
      'world.yaml:14:37: there is no goal "clicks": did you mean "click"?',
    ],
    ['truth of no campaign', ['truth:\n  c:', 'truth:\n  d:'], 'world.yaml:13:3: there is no campaign "d"'],
    [
      'a document that breaks the contract',
      ['goal: click', 'gaol: click'],
      'world.yaml:7:18: "gaol" is not a known field',
    ],
    ['what publishing refuses', ['goal: click', 'goal: nope'], 'world.yaml:7:24: there is no goal "nope"'],
    [
      'a strategy that does not exist',
      ['policy: ucb', 'policy: magic'],
      /world.yaml:17:\d+: "strategy\.policy" must be one of/,
    ],
    [
      'a strategy that publishing refuses',
      ['policy: ucb', 'policy: fixed_split, weights: { a: 1 }'],
      /world.yaml:17:\d+: arm "b" has no weight/,
    ],
    [
      'a contender of no campaign',
      ['name: first', 'name: first, campaigns: [x]'],
      /world.yaml:16:\d+: there is no campaign "x"/,
    ],
    [
      'an attribute that no document declares',
      ['truth:', 'visitors: { attributes: { plan: { share: 0.5 } } }\ntruth:'],
      'world.yaml:12:27: "plan" is no declared attribute',
    ],
    [
      'a fact that no request has',
      ['truth:', "visitors: { attributes: { 'device.typ': { share: 0.5 } } }\ntruth:"],
      'world.yaml:12:27: "device.typ" is not known of a request: did you mean "device.type"?',
    ],
    [
      'a placement that is not there',
      ['truth:', 'visitors: { placements: [side] }\ntruth:'],
      'there is no placement "side"',
    ],
    [
      'a group of an undeclared attribute',
      ['b: 0.2 }', 'b: 0.2 }\n    groups: [{ condition: { plann: gold } }]'],
      'world.yaml:15:27: "plann" is no declared attribute',
    ],
    [
      'a group of an unknown segment',
      ['b: 0.2 }', 'b: 0.2 }\n    groups: [{ condition: { $inSegment: vip } }]'],
      'world.yaml:15:27: there is no segment "vip"',
    ],
    [
      'more visits than a run may have',
      ['truth:', 'visitors: { newPerDay: 100000 }\ntruth:'],
      'world.yaml:12:24: "visitors.newPerDay" makes more than 1000000 visits a run',
    ],
    [
      'revenue where nothing is worth anything',
      ['name: W', 'name: W\nmeasure: revenue'],
      'world.yaml:2:10: "c" is measured in revenue, but no arm has a "value", and neither has the goal "click"',
    ],
    [
      'a value that is no number',
      ['b: 0.2', 'b: { rate: 0.2, value: much }'],
      'world.yaml:14:44: "truth.c.arms.b.value" must be one of: number, object',
    ],
    ['two documents', ['name: W', 'name: W\n---\nname: V'], 'a world is one document'],
  ])('refuses %s at its line', (_, [from, to], message) => {
    expect(() => load(WORLD.replace(from!, to!))).toThrow(message);
  });

  test('the world that the guide begins with loads', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/simulation.md'), 'utf8');
    const [, text] = /```yaml\n(name: [\s\S]*?)```/.exec(guide)!;
    expect(load(text!).contenders.map(({ name }) => name)).toEqual(['even split', 'Thompson']);
  });

  const examples = join(import.meta.dirname, '../../examples/worlds');
  test.each(readdirSync(examples).filter((file) => file.endsWith('.yaml')))('the example %s loads', (file) => {
    expect(loadWorld(join(examples, file)).contenders.length).toBeGreaterThan(0);
  });
});

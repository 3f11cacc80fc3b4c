import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_ARMS } from '../bandits/allocate.ts';
import { parameterOf } from '../testing/steered.ts';
import { mergedContent } from './merged-content.ts';
import {
  type ArmsResult,
  armsOf,
  designOf,
  type ExcludeRule,
  MAX_COMBINATIONS,
  type ParameterConfiguration,
  type ParameterProblem,
} from './parameters.ts';

const offer = parameterOf('offer', 'content', ['cashback', 'bonus']);
const tone = parameterOf('tone', 'content', ['calm', 'loud', 'none']);

function arms(result: ArmsResult) {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.arms;
}

function problems(result: ArmsResult): readonly ParameterProblem[] {
  return result.ok ? [] : result.problems;
}

const numbered = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe('arms of parameters', () => {
  test('are all combinations, the first parameter changing slowest, called by the ids of their values', () => {
    const made = arms(armsOf({ parameters: [offer, tone], exclude: [] }));
    expect(made.map(({ id, values }) => [id, values])).toEqual([
      ['cashback_calm', [0, 0]],
      ['cashback_loud', [0, 1]],
      ['cashback_none', [0, 2]],
      ['bonus_calm', [1, 0]],
      ['bonus_loud', [1, 1]],
      ['bonus_none', [1, 2]],
    ]);
  });

  test('a rule takes out what matches all of it, whichever order rules stand in', () => {
    const rules: ExcludeRule[] = [{ offer: ['bonus'], tone: ['calm', 'loud'] }, { tone: ['none'] }];
    const made = arms(armsOf({ parameters: [offer, tone], exclude: rules }));
    expect(made.map(({ id }) => id)).toEqual(['cashback_calm', 'cashback_loud']);
    expect(arms(armsOf({ parameters: [offer, tone], exclude: rules.toReversed() }))).toEqual(made);
  });

  test('show the content of the campaign under that of their values, later parameters above earlier ones', () => {
    const picture = parameterOf('picture', 'content', [
      {
        id: 'a',
        content: { text: 'first', parts: { image: { src: '/a.png', alt: 'A' } }, data: { x: [1, 2], y: { z: 1 } } },
      },
    ]);
    const words = parameterOf('words', 'content', [
      {
        id: 'b',
        content: {
          text: 'second',
          parts: { image: { alt: 'B' }, button: { text: 'Go' } },
          data: { x: [3], y: { w: 2 } },
        },
      },
    ]);
    const [arm] = arms(armsOf({ parameters: [picture, words], exclude: [], content: { text: 'base', href: '/' } }));
    expect(arm!.content).toEqual({
      text: 'second',
      href: '/',
      parts: { image: { src: '/a.png', alt: 'B' }, button: { text: 'Go' } },
      data: { x: [3], y: { z: 1, w: 2 } },
    });
  });

  test('cost what their values cost together, and are named after them', () => {
    const parameters = [
      parameterOf('one', 'content', [{ id: 'a', name: 'Anna', costMinor: 3 }]),
      parameterOf('two', 'content', [{ id: 'b', costMinor: 4 }]),
    ];
    expect(arms(armsOf({ parameters, exclude: [] }))).toMatchObject([{ id: 'a_b', name: 'Anna, b', costMinor: 7 }]);
  });

  test('design names every value and every arm’s values', () => {
    const exclude = [{ offer: ['bonus'], tone: ['calm', 'none'] }];
    const made = arms(armsOf({ parameters: [offer, tone], exclude }));
    expect(designOf([offer, tone], made)).toEqual({
      parameters: [
        { id: 'offer', values: ['cashback', 'bonus'] },
        { id: 'tone', values: ['calm', 'loud', 'none'] },
      ],
      arms: { cashback_calm: [0, 0], cashback_loud: [0, 1], cashback_none: [0, 2], bonus_loud: [1, 1] },
    });
  });
});

describe('what is wrong with parameters is told at its field', () => {
  const cases: readonly (readonly [string, Parameters<typeof armsOf>[0], ParameterProblem['path'], string])[] = [
    ['a parameter twice', { parameters: [offer, offer], exclude: [] }, ['parameters', 1, 'id'], 'offer'],
    [
      'a value twice',
      { parameters: [offer, parameterOf('b', 'content', ['x', 'x'])], exclude: [] },
      ['parameters', 1, 'values', 1, 'id'],
      'x',
    ],
    ['an unknown parameter', { parameters: [offer], exclude: [{ colour: ['x'] }] }, ['exclude', 0, 'colour'], 'colour'],
    [
      'an unknown value',
      { parameters: [offer], exclude: [{ offer: ['bonus'] }, { offer: ['bonus', 'gift'] }] },
      ['exclude', 1, 'offer'],
      'gift',
    ],
    [
      'everything excluded',
      { parameters: [offer], exclude: [{ offer: ['bonus', 'cashback'] }] },
      ['exclude'],
      'no arm',
    ],
    [
      'two combinations with one id',
      {
        parameters: [parameterOf('p', 'content', ['a', 'a_b']), parameterOf('q', 'content', ['b_c', 'c'])],
        exclude: [],
      },
      ['parameters', 0, 'values', 1, 'id'],
      'a_b_c',
    ],
    [
      'the name of the control group',
      { parameters: [parameterOf('p', 'content', ['holdout'])], exclude: [] },
      ['parameters', 0, 'values', 0, 'id'],
      'control group',
    ],
    [
      'an id of 65 characters, at the longest value',
      {
        parameters: [parameterOf('p', 'content', ['a'.repeat(20)]), parameterOf('q', 'content', ['b', 'c'.repeat(44)])],
        exclude: [],
      },
      ['parameters', 1, 'values', 1, 'id'],
      '65 characters',
    ],
    [
      'more than 512 arms',
      {
        parameters: [parameterOf('p', 'content', numbered(27, 'a')), parameterOf('q', 'content', numbered(19, 'b'))],
        exclude: [],
      },
      ['parameters'],
      '513 arms',
    ],
    [
      'more combinations than are looked at',
      { parameters: ['p', 'q', 'r'].map((id) => parameterOf(id, 'content', numbered(26, id))), exclude: [] },
      ['parameters'],
      `${MAX_COMBINATIONS} combinations`,
    ],
  ];

  test.each(cases)('%s', (_, source, path, words) => {
    expect(problems(armsOf(source))).toEqual([{ path, detail: expect.stringContaining(words) }]);
  });

  test('an id of 64 characters and 512 arms are taken', () => {
    const long = [parameterOf('p', 'content', ['a'.repeat(20)]), parameterOf('q', 'content', ['c'.repeat(43)])];
    expect(arms(armsOf({ parameters: long, exclude: [] }))[0]!.id).toHaveLength(64);
    const many = [parameterOf('p', 'content', numbered(32, 'a')), parameterOf('q', 'content', numbered(16, 'b'))];
    expect(arms(armsOf({ parameters: many, exclude: [] }))).toHaveLength(MAX_ARMS);
  });

  test('what a rule takes out early is not multiplied', () => {
    const parameters = ['p', 'q', 'r', 's'].map((id) => parameterOf(id, 'content', numbered(32, id)));
    const [, ...others] = numbered(32, 'q');
    const exclude = ['q', 'r', 's'].map((id) => ({ [id]: others.map((value) => value.replace('q', id)) }));
    expect(arms(armsOf({ parameters, exclude }))).toHaveLength(32);
  });
});

describe('any parameters', () => {
  // No underscore in ids, so that joining them is one to one.
  const ids = (max: number) => fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: max });
  const parameters = fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,3}$/), ids(4)), {
      minLength: 1,
      maxLength: 4,
      selector: ([id]) => id,
    })
    .map((list): ParameterConfiguration[] => list.map(([id, values]) => parameterOf(id, 'content', values)));
  const source = parameters.chain((list) =>
    fc.record({
      parameters: fc.constant(list),
      exclude: fc.array(
        fc.subarray(list, { minLength: 1 }).chain((some) =>
          fc
            .tuple(
              ...some.map(({ values }) =>
                fc.subarray(
                  values.map(({ id }) => id),
                  { minLength: 1 },
                ),
              ),
            )
            .map((lists) => Object.fromEntries(some.map(({ id }, i) => [id, lists[i]!]))),
        ),
        { maxLength: 3 },
      ),
    }),
  );

  /** The arms that a plain reading of the rules leaves, as sets of `parameter=value`. */
  function expected({ parameters: list, exclude }: { parameters: ParameterConfiguration[]; exclude: ExcludeRule[] }) {
    let all: Record<string, string>[] = [{}];
    for (const { id, values } of list) all = all.flatMap((one) => values.map((value) => ({ ...one, [id]: value.id })));
    return all.filter(
      (one) => !exclude.some((rule) => Object.entries(rule).every(([id, out]) => out.includes(one[id]!))),
    );
  }

  test('make exactly the combinations that no rule matches, each once, whose values tell them apart', () => {
    fc.assert(
      fc.property(source, (given) => {
        const left = expected(given);
        const made = armsOf(given);
        if (left.length === 0) {
          expect(problems(made)).toEqual([{ path: ['exclude'], detail: 'leaves no arm' }]);
          return;
        }
        const found = arms(made).map(({ values = [] }) =>
          Object.fromEntries(values.map((v, i) => [given.parameters[i]!.id, given.parameters[i]!.values[v]!.id])),
        );
        expect(found).toEqual(left);
        expect(new Set(arms(made).map(({ id }) => id)).size).toBe(left.length);
      }),
      { seed: 3 },
    );
  });

  test('rules in any order make the same arms, byte by byte', () => {
    fc.assert(
      fc.property(source, ({ parameters: list, exclude }) => {
        const one = armsOf({ parameters: list, exclude });
        const other = armsOf({ parameters: list, exclude: exclude.toReversed() });
        expect(JSON.stringify(other)).toBe(JSON.stringify(one));
      }),
      { seed: 4 },
    );
  });
});

describe('contents laid over each other', () => {
  test('any JSON over nothing, and nothing over any JSON, is that JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const content = { data: JSON.parse(JSON.stringify(data)) };
        expect(JSON.stringify(mergedContent({}, content))).toBe(JSON.stringify(content));
        expect(JSON.stringify(mergedContent(content, {}))).toBe(JSON.stringify(content));
        expect(JSON.stringify(mergedContent(content, content))).toBe(JSON.stringify(content));
      }),
      { seed: 5 },
    );
  });

  test('a field called __proto__ is a field', () => {
    const hostile = JSON.parse('{"data":{"__proto__":{"polluted":true}}}');
    const merged = mergedContent({ data: { a: 1 } }, hostile);
    expect(JSON.stringify(merged)).toBe('{"data":{"a":1,"__proto__":{"polluted":true}}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

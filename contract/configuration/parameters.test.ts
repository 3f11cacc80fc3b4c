import { describe, expect, test } from 'vitest';
import { findings } from '../issues.ts';
import { KINDS } from './index.ts';

const { schema } = KINDS.campaign;

/** A campaign as it is written, with one parameter of two values unless told. */
const written = (own: object) => ({
  id: 'card',
  name: 'Card',
  objective: { goal: 'click' },
  placements: ['hero'],
  parameters: [{ id: 'offer', values: [{ id: 'bonus', content: { text: 'Bonus' } }, { id: 'gift' }] }],
  ...own,
});

/** Where it is wrong, and how. */
function wrong(own: object): readonly (readonly [string, string])[] {
  const result = schema.safeParse(written(own));
  if (result.success) return [];
  return findings(result.error.issues).map(({ path, detail }) => [`/${path.join('/')}`, detail]);
}

const values = [{ id: 'a' }, { id: 'b' }];

describe('a campaign with parameters', () => {
  test('gets the arms that they make, and keeps its parameters beside them', () => {
    const parsed = schema.parse(
      written({
        content: { href: '/card' },
        parameters: [
          { id: 'offer', values: [{ id: 'bonus', content: { text: 'Bonus' } }, { id: 'gift' }] },
          { id: 'place', kind: 'channel', values: [{ id: 'web' }, { id: 'letter', channel: 'direct_mail' }] },
          {
            id: 'time',
            kind: 'timing',
            values: [
              { id: 'now' },
              { id: 'night', window: { from: '22:00', to: '00:00', days: ['fri', 'sun'] }, after: '2h' },
            ],
          },
        ],
        exclude: [
          { place: 'web', time: 'night' },
          { offer: ['gift'], place: ['letter', 'web'] },
        ],
      }),
    );
    expect(parsed.arms).toEqual([
      { id: 'bonus_web_now', content: { href: '/card', text: 'Bonus' }, costMinor: 0, values: [0, 0, 0] },
      { id: 'bonus_letter_now', content: { href: '/card', text: 'Bonus' }, costMinor: 0, values: [0, 1, 0] },
      { id: 'bonus_letter_night', content: { href: '/card', text: 'Bonus' }, costMinor: 0, values: [0, 1, 1] },
    ]);
    expect(parsed).toMatchObject({
      parameters: [
        { id: 'offer', kind: 'content' },
        { id: 'place', values: [{ channel: 'web' }, { channel: 'direct_mail' }] },
        {
          id: 'time',
          values: [
            { id: 'now' },
            { id: 'night', window: { fromMinute: 1_320, toMinute: 0, days: [5, 7] }, afterMs: 7_200_000 },
          ],
        },
      ],
    });
    expect(parsed).not.toHaveProperty('exclude');
    expect(parsed).not.toHaveProperty('content');
  });

  test('gives its score to every arm that names none, written or made', () => {
    const score = 'models.likes.probability';
    expect(schema.parse(written({ score }))).toHaveProperty('arms', [
      expect.objectContaining({ id: 'bonus', score }),
      expect.objectContaining({ id: 'gift', score }),
    ]);
    const arms = [
      { id: 'a', content: { text: 'A' } },
      { id: 'b', content: { text: 'B' }, score: 'likes.b' },
    ];
    const { parameters: _, ...rest } = written({ arms, score });
    expect(schema.parse(rest)).toMatchObject({
      arms: [
        { id: 'a', score },
        { id: 'b', score: 'likes.b' },
      ],
    });
  });

  test('without parameters a campaign is what it was', () => {
    const arms = [{ id: 'a', content: { text: 'A' } }];
    const { parameters: _, ...rest } = written({ arms });
    const parsed = schema.parse(rest);
    expect(parsed.arms).toEqual([{ id: 'a', content: { text: 'A' }, costMinor: 0 }]);
    expect(parsed).not.toHaveProperty('parameters');
  });

  test.each([
    ['neither arms nor parameters', { parameters: undefined }, '/arms', 'is required, or "parameters"'],
    ['both', { arms: [{ id: 'a', content: {} }] }, '/parameters', 'must not stand beside "arms"'],
    [
      'a rule beside arms',
      { arms: [{ id: 'a', content: {} }], parameters: undefined, exclude: [{ a: 'b' }] },
      '/exclude',
      'needs "parameters"',
    ],
    [
      'content beside arms',
      { arms: [{ id: 'a', content: {} }], parameters: undefined, content: {} },
      '/content',
      'needs "parameters"',
    ],
    ['no parameter', { parameters: [] }, '/parameters', 'must not be empty'],
    [
      'nine parameters',
      { parameters: 'abcdefghi'.split('').map((id) => ({ id, values: [{ id }] })) },
      '/parameters',
      'at most 8 items',
    ],
    ['no value', { parameters: [{ id: 'p', values: [] }] }, '/parameters/0/values', 'must not be empty'],
    [
      'a value twice',
      { parameters: [{ id: 'p', values: [...values, values[0]] }] },
      '/parameters/0/values/2/id',
      'must be unique',
    ],
    [
      'a channel where none belongs',
      { parameters: [{ id: 'p', values: [{ id: 'a', channel: 'web' }] }] },
      '/parameters/0/values/0/channel',
      'needs a parameter of kind channel',
    ],
    [
      'a window where none belongs',
      { parameters: [{ id: 'p', kind: 'channel', values: [{ id: 'a', window: { from: '18:00', to: '21:00' } }] }] },
      '/parameters/0/values/0/window',
      'needs a parameter of kind timing',
    ],
    [
      'a window of nothing',
      { parameters: [{ id: 'p', kind: 'timing', values: [{ id: 'a', window: { from: '18:00', to: '18:00' } }] }] },
      '/parameters/0/values/0/window/to',
      'must be another time',
    ],
    [
      'a window from 24:00 to 00:00',
      { parameters: [{ id: 'p', kind: 'timing', values: [{ id: 'a', window: { from: '24:00', to: '00:00' } }] }] },
      '/parameters/0/values/0/window/to',
      'must be another time',
    ],
    [
      'two parameters for the time',
      { parameters: ['p', 'q'].map((id) => ({ id, kind: 'timing', values })) },
      '/parameters/1/kind',
      'must be unique',
    ],
    ['an empty rule', { exclude: [{}] }, '/exclude/0', 'must name a parameter'],
    ['a rule for everything', { exclude: [{ offer: ['gift', 'bonus'] }] }, '/exclude', 'leaves no arm'],
    ['a rule about an unknown value', { exclude: [{ offer: 'none' }] }, '/exclude/0/offer', 'no value "none"'],
    ['an unknown kind', { parameters: [{ id: 'p', kind: 'price', values }] }, '/parameters/0/kind', 'must be one of'],
  ])('%s is refused at its field', (_, own, path, words) => {
    expect(wrong(own)).toEqual([[path, expect.stringContaining(words)]]);
  });

  test('contents that are small by themselves may be too large together', () => {
    const part = { text: 'x'.repeat(4_000), alt: 'x'.repeat(4_000) };
    const content = (name: string) => ({ parts: { [name]: part } });
    const large = (names: string[]) => ({
      parameters: names.map((id) => ({ id, values: [{ id, content: content(id) }] })),
    });
    expect(wrong(large(['a', 'b']))).toEqual([]);
    expect(wrong(large(['a', 'b', 'c']))).toEqual([['/parameters', expect.stringContaining('"a_b_c"')]]);
  });
});

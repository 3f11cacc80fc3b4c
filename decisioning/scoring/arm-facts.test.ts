import { expect, test } from 'vitest';
import { factsOfArm, MAX_ARM_FACTS, MAX_FACT_LENGTH } from './arm-facts.ts';

test('an arm’s facts are the short texts, numbers and booleans of its content, where they stand', () => {
  const content = {
    text: 'Stay with us',
    html: '<b>Stay</b>',
    parts: { headline: { text: 'A headline' }, body: { text: 'x'.repeat(MAX_FACT_LENGTH + 1) } },
    data: { topic: 'loans', rank: 2, sold: false, tags: ['a'] },
  };
  expect(factsOfArm({ id: 'a', content })).toEqual({
    id: 'a',
    content: {
      text: 'Stay with us',
      parts: { headline: { text: 'A headline' } },
      data: { topic: 'loans', rank: 2, sold: false },
    },
  });
});

test('there are so many of them, and they lie so deep, and no more', () => {
  const many = Object.fromEntries(Array.from({ length: MAX_ARM_FACTS + 5 }, (_, i) => [`n${i}`, i]));
  const { content } = factsOfArm({ id: 'a', content: { data: many } }) as { content: { data: object } };
  expect(Object.keys(content.data)).toHaveLength(MAX_ARM_FACTS);
  expect(factsOfArm({ id: 'a', content: { data: { a: { b: { c: { d: 1 } } } } } })).toEqual({ id: 'a', content: {} });
  expect(factsOfArm({ id: 'a', content: null })).toEqual({ id: 'a', content: {} });
});

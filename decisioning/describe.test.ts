import { expect, test } from 'vitest';
import { describeRefusal } from './describe.ts';
import { REFUSAL_REASONS } from './reasons.ts';

test('every reason has a sentence of its own', () => {
  const sentences = REFUSAL_REASONS.map(describeRefusal);
  expect(new Set(sentences).size).toBe(REFUSAL_REASONS.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{10,}\.$/);
});

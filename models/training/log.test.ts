import { expect, test } from 'vitest';
import { loggedTrials } from './log.ts';

const about = (decision: string, key: string) => ({
  format: 1,
  key: `${decision} ${key}`,
  decision,
  at: '',
  campaign: 'c',
});
const scoring = { version: 1, stage: 'live', row: [1], missing: [], outputs: { probability: 0.5 } };
const decided = (id: string) => ({
  ...about(id, 'decision'),
  kind: 'decision',
  goal: 'buy',
  models: { churn: { used: scoring } },
});
const seen = (id: string, trial = true) => ({ ...about(id, 'exposure'), kind: 'exposure', trial });
const bought = (id: string, orders: number, value: number) => ({
  ...about(id, `outcome buy ${orders}`),
  kind: 'outcome',
  goal: 'buy',
  orders,
  value,
});

test('trials are what was seen, with the last word of what came of it, in whatever order and however often', () => {
  const lines = [
    bought('a', 2, 700),
    decided('a'),
    bought('a', 1, 500),
    seen('a'),
    seen('a'),
    decided('a'),
    decided('b'),
    seen('b'),
    decided('unseen'),
    decided('again'),
    seen('again', false),
  ];
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  expect(
    loggedTrials(text, 'churn').map(({ decision, converted, value }) => [decision.decision, converted, value]),
  ).toEqual([
    ['a', true, 700],
    ['b', false, 0],
  ]);
  expect(loggedTrials(text, 'other')).toEqual([]);
});

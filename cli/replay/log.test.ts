import { describe, expect, test } from 'vitest';
import { readLog } from './log.ts';
import { replayMap } from './map.ts';

const campaign = {
  id: 'c',
  name: 'C',
  objective: { goal: 'visit' },
  placements: ['p'],
  arms: [
    { id: 'a', content: {} },
    { id: 'b', content: {} },
  ],
};
const randomised = replayMap.parse({
  mode: 'randomised',
  arms: { column: 'arm', values: { A: 'a', B: 'b' } },
  reward: { column: 'visit' },
  attributes: { newbie: { column: 'newbie', type: 'boolean' }, 'account.age': { column: 'age', type: 'number' } },
  campaign,
});
const fullFeedback = replayMap.parse({ mode: 'full-feedback', rewards: { b: 'B', a: 'A' }, campaign });

async function* rows(text: string) {
  for (const [i, line] of text.split('\n').entries()) yield { line: i + 1, cells: line.split(',') };
}

describe('readLog', () => {
  test('reads the shown arm, its reward and attributes by their types', async () => {
    const log = await readLog('log.csv', rows('age,arm,visit,newbie\n30,B,1,0\n4.5,A,0,true'), randomised);
    expect(log).toEqual([
      { shown: 1, rewards: [1], attributes: { newbie: false, 'account.age': 30 } },
      { shown: 0, rewards: [0], attributes: { newbie: true, 'account.age': 4.5 } },
    ]);
  });

  test('reads every reward in the order of the campaign’s arms', async () => {
    const log = await readLog('log.csv', rows('A,B\n0,1'), fullFeedback);
    expect(log).toEqual([{ shown: -1, rewards: [0, 1], attributes: {} }]);
  });

  test.each([
    ['a missing column', 'arm,visit\nA,1', 'log.csv:1: has no column "newbie", only arm, visit'],
    [
      'an arm the map does not know',
      'age,arm,visit,newbie\n1,C,1,0',
      'log.csv:2: column "arm": "C" is not one of A, B',
    ],
    [
      'a reward that is no number',
      'age,arm,visit,newbie\n1,A,yes,0',
      'log.csv:2: column "visit": "yes" is not a number',
    ],
    ['a reward below zero', 'age,arm,visit,newbie\n1,A,-1,0', 'log.csv:2: column "visit": "-1"'],
    ['a blank reward', 'age,arm,visit,newbie\n1,A,,0', 'log.csv:2: column "visit": ""'],
    [
      'an attribute of another type',
      'age,arm,visit,newbie\n1,A,1,maybe',
      'log.csv:2: column "newbie": "maybe" is no boolean',
    ],
    ['a row that is too short', 'age,arm,visit,newbie\n1,A,1,0\n1,A', 'log.csv:3: 2 columns, the header has 4'],
    ['a log without rows', 'age,arm,visit,newbie', 'log.csv: holds no rows'],
  ])('refuses %s', async (_, text, message) => {
    await expect(readLog('log.csv', rows(text), randomised)).rejects.toThrow(message);
  });
});

import { expect, test } from 'vitest';
import { longestTask, type Trace } from './visit.ts';

const PAGE = 7;
const run = (name: string, ms: number, url?: string, pid = PAGE): Trace['traceEvents'][number] => ({
  name,
  pid,
  dur: ms * 1_000,
  ...(url && { args: { data: { url } } }),
});
const API = 'https://api.example';
const OWN = run('EvaluateScript', 50, 'https://shop.example/demo/shop.js');

test.each<[string, Trace['traceEvents'][number], number]>([
  ['the script’s own run', run('EvaluateScript', 3, `${API}/hyperedge.js`), 3],
  ['a part of a release', run('FunctionCall', 4, `${API}/v/0123456789/events.js`), 4],
  ['a lazy part that is compiled', { ...run('v8.compileModule', 5), args: { fileName: `${API}/events.js` } }, 5],
  ['the body of a lazy part', run('v8.evaluateModule', 6), 6],
  ['what a promise of the page goes on with', run('RunMicrotasks', 7), 7],
])('counts %s', (_, event, ms) => expect(longestTask({ traceEvents: [OWN, event] })).toBe(ms));

test.each([
  ['the shop’s own code', run('FunctionCall', 9, 'https://shop.example/demo/shop.js')],
  ['promises of another process', run('RunMicrotasks', 9, undefined, PAGE + 1)],
  ['what is no code', run('Layout', 9)],
])('leaves out %s', (_, event) => expect(longestTask({ traceEvents: [OWN, event] })).toBe(0));

test('tells the longest by the clock from the one that ran longest', () => {
  const traceEvents = [
    OWN,
    { ...run('v8.evaluateModule', 9), tdur: 2_000 },
    { ...run('RunMicrotasks', 5), tdur: 4_000 },
  ];
  expect([longestTask({ traceEvents }), longestTask({ traceEvents }, 'tdur')]).toEqual([9, 4]);
});

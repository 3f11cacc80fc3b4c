import { describe, expect, test } from 'vitest';
import { testRandom } from '../../decisioning/testing/seeds.ts';
import { firstAlarm } from './watch.ts';
import type { Poisoning } from './world.ts';

const SEED = 4_106;
const world = { trialsPerHour: 1_000, rate: 0.03 };
const DAY_HOURS = 24;

describe('simulated feedback', () => {
  test('that is honest gives no alarm in two weeks after two weeks, though days and hours differ', () => {
    expect(firstAlarm(world, testRandom(SEED), 14 * DAY_HOURS, 'normal')).toEqual({});
  });

  test.each<{ poisoning: Poisoning; withinMinutes: number; part: RegExp }>([
    { poisoning: { kind: 'bot', share: 0.3 }, withinMinutes: 30, part: /source:shop|arm:a|all/ },
    { poisoning: { kind: 'values', site: 'shop', times: 100 }, withinMinutes: 12 * 60, part: /source:shop|arm:|all/ },
    { poisoning: { kind: 'broken_goal', site: 'all' }, withinMinutes: 6 * 60, part: /./ },
    { poisoning: { kind: 'flood', site: 'small', times: 10 }, withinMinutes: 4 * 60, part: /source:small/ },
    { poisoning: { kind: 'silence' }, withinMinutes: 12 * 60, part: /./ },
  ])('with $poisoning.kind gives one within $withinMinutes minutes', ({ poisoning, withinMinutes, part }) => {
    const { delayMinutes, anomaly } = firstAlarm(world, testRandom(SEED + 1), 24, 'normal', poisoning);
    expect(delayMinutes).toBeLessThanOrEqual(withinMinutes);
    expect(anomaly?.part).toMatch(part);
  });
});

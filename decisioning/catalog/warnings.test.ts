import { describe, expect, test } from 'vitest';
import { campaignOf, channelOf, DAY_MS } from '../testing/configuration.ts';
import { parameterOf, steeredOf } from '../testing/steered.ts';
import type { CampaignConfiguration, SegmentConfiguration } from './configuration.ts';
import { conditionWarning, warningsOf } from './warnings.ts';

const gold: SegmentConfiguration = { id: 'gold', name: 'Gold', condition: { plan: 'gold' } };
const nobody: SegmentConfiguration = { id: 'nobody', name: 'Nobody', condition: { age: { $gt: 3, $lt: 2 } } };
const pathsOf = (extra: Partial<CampaignConfiguration>, segments: readonly SegmentConfiguration[] = [gold]) =>
  warningsOf({ campaigns: [campaignOf('c', extra)], segments }).map(({ path }) => path);

describe('an audience that can hold for nobody', () => {
  test('is told once, at the condition, at the segment, or above both', () => {
    const silver = { plan: 'silver' };
    expect(pathsOf({ audience: { condition: { $and: [{ plan: 'gold' }, silver] } } })).toEqual([
      '/campaigns/c/audience/condition',
    ]);
    expect(pathsOf({ audience: { segment: 'gold', condition: silver } })).toEqual(['/campaigns/c/audience']);
    expect(pathsOf({ audience: { segment: 'nobody' } }, [nobody])).toEqual([
      '/campaigns/c/audience/segment',
      '/segments/nobody/condition',
    ]);
    expect(pathsOf({ audience: { segment: 'gold', condition: { plan: 'gold' } } })).toEqual([]);
    expect(pathsOf({ audience: { segment: 'gone' } })).toEqual([]);
  });

  test('is told of contexts, which are then never anybody’s', () => {
    const contexts = [
      { id: 'one', condition: { plan: 'gold' } },
      { id: 'two', condition: { plan: { $in: [] } } },
    ];
    expect(pathsOf({ contexts })).toEqual(['/campaigns/c/contexts/1/condition']);
  });

  test('names the path', () => {
    expect(conditionWarning(nobody.condition)).toContain('"age"');
    expect(conditionWarning(gold.condition)).toBeUndefined();
    expect(conditionWarning({ $no: 1 })).toBeUndefined();
  });
});

describe('hours of arms outside of the weekly ones', () => {
  const weekly = [{ days: [1, 2, 3, 4, 5], fromMinute: 540, toMinute: 1_020 }];
  const windowed = (fromMinute: number, toMinute: number, days?: readonly number[]) =>
    parameterOf('time', 'timing', ['any', { id: 'w', window: { fromMinute, toMinute, days } }]);
  const toldOn = (claimTtlMs: number, ...of: Parameters<typeof windowed>) =>
    warningsOf({
      campaigns: [steeredOf('c', [windowed(...of)], { placements: ['hero'], schedule: { timeZone: 'UTC', weekly } })],
      placements: [{ id: 'hero', name: 'Hero', channel: 'web' }],
      channels: [channelOf('web', { claimTtlMs })],
    }).map(({ path }) => path);

  test('are told where pages show them at once; a common minute is enough', () => {
    const told = ['/campaigns/c/parameters/0/values/1/window'];
    expect(toldOn(60_000, 1_020, 1_200)).toEqual(told);
    expect(toldOn(60_000, 1_019, 1_200)).toEqual([]);
    expect(toldOn(60_000, 1_200, 540)).toEqual(told);
    expect(toldOn(60_000, 1_200, 541)).toEqual([]);
    expect(toldOn(60_000, 0, 1_440)).toEqual([]);
    expect(toldOn(60_000, 600, 660, [6, 7])).toEqual(told);
    expect(toldOn(60_000, 600, 660, [5])).toEqual([]);
    // From Sunday evening into Monday morning.
    expect(toldOn(60_000, 1_200, 600, [7])).toEqual([]);
    expect(toldOn(60_000, 1_200, 600, [5])).toEqual(told);
  });

  test('are no matter of messages, which may wait', () => {
    expect(toldOn(DAY_MS, 1_020, 1_200)).toEqual([]);
  });
});

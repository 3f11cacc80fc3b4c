import { describe, expect, test } from 'vitest';
import { chooseArm } from './assignment.ts';
import type { StickyConfiguration } from './catalog/configuration.ts';
import { stickyPeriod } from './sticky-period.ts';
import { armOf, campaignOf, configurationOf, DAY_MS, HOUR_MS, slicesOf } from './testing/configuration.ts';
import { viewOf } from './testing/customer.ts';
import { NOON_MS } from './testing/decide-once.ts';
import type { Assignment } from './view.ts';
import { evidenceFrom } from './view.ts';

const campaignWith = (sticky: StickyConfiguration) =>
  slicesOf(configurationOf([campaignOf('c', { sticky })])).slices.hero!.campaigns[0]!;
const kept: Assignment = {
  armId: 'b',
  leaf: 'gold',
  propensityArm: 0.125,
  periodKey: 'session:s1:1',
  untilMs: NOON_MS + HOUR_MS,
};

const periodOf = (sticky: StickyConfiguration, assignment?: Assignment, nowMs = NOON_MS, sessionKey = 's1') => {
  const customer = viewOf(
    { bucketingId: 'x', sessionKey, ...(assignment && { assignments: { c: assignment } }) },
    nowMs,
  );
  return stickyPeriod(campaignWith(sticky), customer, 'decision-1', nowMs);
};

describe('stickyPeriod', () => {
  test('none: every decision is a period of its own, whatever was assigned', () => {
    const period = { assignment: undefined, periodKey: 'decision-1', stickyUntilMs: NOON_MS };
    expect(periodOf({ mode: 'none' })).toEqual(period);
    expect(periodOf({ mode: 'none' }, kept)).toEqual(period);
  });

  test('days: a new period lasts whole days from now, a live one goes on unchanged', () => {
    const days = { mode: 'days', days: 3 } as const;
    expect(periodOf(days)).toEqual({
      assignment: undefined,
      periodKey: `days:${NOON_MS}`,
      stickyUntilMs: NOON_MS + 3 * DAY_MS,
    });
    const live = { ...kept, periodKey: 'days:5' };
    expect(periodOf(days, live)).toEqual({ assignment: live, periodKey: 'days:5', stickyUntilMs: live.untilMs });
  });

  test.each([
    ['days', -1, true],
    ['days', 0, false],
    ['session', -1, true],
    ['session', 0, false],
  ] as const)('%s: %d ms after its end the period is alive: %s', (mode, afterMs, alive) => {
    const sticky = mode === 'days' ? ({ mode, days: 1 } as const) : { mode };
    expect(periodOf(sticky, kept, kept.untilMs + afterMs).assignment !== undefined).toBe(alive);
  });

  test('session: kept within the session only, for at most 12 hours; what follows is another period', () => {
    const session = { mode: 'session' } as const;
    expect(periodOf(session)).toEqual({
      assignment: undefined,
      periodKey: `session:s1:${NOON_MS}`,
      stickyUntilMs: NOON_MS + 12 * HOUR_MS,
    });
    expect(periodOf(session, kept).assignment).toBe(kept);
    expect(periodOf(session, kept, NOON_MS, 's2')).toMatchObject({
      assignment: undefined,
      periodKey: `session:s2:${NOON_MS}`,
    });
    expect(periodOf(session, { ...kept, periodKey: 'days:5' }).assignment).toBeUndefined();
  });
});

describe('chooseArm', () => {
  const evidence = evidenceFrom(() => undefined);
  const campaign = campaignWith({ mode: 'none' });

  test('a kept arm keeps the leaf and the propensity of its assignment, whatever is drawn', () => {
    for (const draw of [0, 0.999]) {
      expect(chooseArm(campaign, 'rest', kept, evidence, draw)).toEqual({
        armId: 'b',
        leaf: 'gold',
        propensityArm: 0.125,
        sticky: true,
      });
    }
  });

  test('without one the arm is drawn: the boundary belongs to the next arm', () => {
    const armAt = (draw: number) => chooseArm(campaign, 'rest', undefined, evidence, draw).armId;
    expect([0, 0.4999, 0.5, 0.9999].map(armAt)).toEqual(['a', 'a', 'b', 'b']);
  });

  test('an arm that was taken out, and the control group after its holdout ended, are drawn anew', () => {
    for (const armId of ['gone', 'holdout', 'constructor'])
      expect(chooseArm(campaign, 'rest', { ...kept, armId }, evidence, 0)).toEqual({
        armId: 'a',
        leaf: 'rest',
        propensityArm: 0.5,
        sticky: false,
      });
  });

  test('an arm without probability is never drawn', () => {
    const split = campaignOf('c', {
      arms: [armOf('a'), armOf('b'), armOf('z')],
      strategy: { policy: 'fixed_split', weights: { a: 0, b: 1, z: 0 }, minExploration: 0 },
    });
    const [only] = slicesOf(configurationOf([split])).slices.hero!.campaigns;
    for (const draw of [0, 1 - 2 ** -53]) expect(chooseArm(only!, 'rest', undefined, evidence, draw).armId).toBe('b');
  });
});

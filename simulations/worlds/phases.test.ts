import { describe, expect, test } from 'vitest';
import { type RewardSpec, rewardName, rewardTrialsName } from '../../decisioning/bandits/rewards/reward.ts';
import { emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { policyOf } from '../../decisioning/catalog/campaign-policy.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { type EvidenceCell, weighEvidence } from '../../decisioning/learning/weigh-evidence.ts';
import { DEFAULT_DRIFT, DEFAULT_PHASES, DEFAULT_THRESHOLDS } from '../../decisioning/lifecycle/phases.ts';
import { campaignOf } from '../../decisioning/testing/configuration.ts';
import { advanced, type Life, NEWBORN, standingOf } from './phases.ts';

const HOUR_MS = 3_600_000;
const lifecycle = { phases: DEFAULT_PHASES, thresholds: DEFAULT_THRESHOLDS };
const policyWith = (extra: Partial<CampaignPolicy>): CampaignPolicy => ({ ...policyOf(campaignOf('c')), ...extra });
const cell = (arm: string, hour: number, trials: number, conversions: number) => ({
  leaf: 'rest',
  arm,
  hour,
  statistics: { ...emptyStatistics, trials, conversions },
});
const advance = (policy: CampaignPolicy, cells: readonly EvidenceCell[], life: Life, nowMs: number): Life =>
  advanced(
    policy,
    cells,
    (sinceHour) => weighEvidence({ cells, nowMs, ...(sinceHour !== undefined && { sinceMs: sinceHour * HOUR_MS }) }),
    life,
    nowMs,
  );

describe('a life', () => {
  test('begins carefully and moves on as far as its evidence reaches', () => {
    const policy = policyWith({ lifecycle });
    const phaseAfter = (cells: ReturnType<typeof cell>[]) => advance(policy, cells, NEWBORN, 0).phase;
    expect(phaseAfter([])).toBe('initialization');
    expect(phaseAfter([cell('a', 0, 29, 3), cell('b', 0, 30, 3)])).toBe('initialization');
    expect(phaseAfter([cell('a', 0, 30, 3), cell('b', 0, 30, 3)])).toBe('learning');
    expect(phaseAfter([cell('a', 0, 1_000, 200), cell('b', 0, 1_000, 50)])).toBe('optimization');
    expect(standingOf(policy, [], NEWBORN).stage).toEqual({
      phase: 'initialization',
      ...DEFAULT_PHASES.initialization,
    });
  });

  test('goes by the reward, not by conversions, where the campaign makes the most of one', () => {
    const reward: RewardSpec = { kind: 'count', max: 100 };
    const policy = policyWith({ lifecycle, reward });
    // `b` converts half as often as `a`, and five times as much then.
    const counted = (arm: string, conversions: number, times: number) => ({
      ...cell(arm, 0, 1_000, conversions),
      sums: {
        [rewardTrialsName(reward)!]: [1_000],
        [rewardName(reward)!]: [conversions, conversions * times, conversions * times ** 2],
      },
    });
    const alike = [counted('a', 200, 1), counted('b', 100, 2)];
    expect(advance(policy, alike, NEWBORN, 0).phase).toBe('learning');
    expect(advance(policyWith({ lifecycle }), alike, NEWBORN, 0).phase).toBe('optimization');
    expect(advance(policy, [counted('a', 200, 1), counted('b', 100, 10)], NEWBORN, 0).phase).toBe('optimization');
  });

  test('goes back to learning, from what came since, when a rate changes', () => {
    const drift = { ...DEFAULT_DRIFT, bucketHours: 1, settleHours: 1 };
    const policy = policyWith({ lifecycle: { ...lifecycle, drift } });
    const cells = Array.from({ length: 48 }, (_, hour) => [
      cell('a', hour, 100, 10),
      cell('b', hour, 100, hour < 24 ? 20 : 2),
    ]).flat();
    const before = advance(
      policy,
      cells.filter(({ hour }) => hour < 20),
      NEWBORN,
      21 * HOUR_MS,
    );
    expect(before).toMatchObject({ phase: 'optimization', sinceHour: undefined });
    const later = advance(policy, cells, before, 49 * HOUR_MS);
    expect(later.sinceHour).toBe(24);
    // Looked at once: the same hours raise no second alarm.
    expect(advance(policy, cells, later, 49 * HOUR_MS + 1).sinceHour).toBe(24);
  });

  test('without lifecycle or turns nothing is published beside the probabilities', () => {
    const policy = policyWith({});
    expect(advance(policy, [cell('a', 0, 1_000, 900)], NEWBORN, 0)).toBe(NEWBORN);
    expect(standingOf(policy, [], NEWBORN)).toEqual({});
  });

  test('turns change after every thousand trials', () => {
    const own = (id: string) => ({ id, share: 0.5, strategy: { policy: 'thompson' as const }, minExploration: 0.01 });
    const policy = policyWith({ strategies: { mode: 'rotation', list: [own('one'), own('two')] } });
    expect(standingOf(policy, [cell('a', 0, 999, 0)], NEWBORN)).toEqual({ turn: 'one' });
    expect(standingOf(policy, [cell('a', 0, 1_000, 0)], NEWBORN)).toEqual({ turn: 'two' });
  });
});

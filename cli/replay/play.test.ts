import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileCampaign, type ReplayPolicy } from './campaign.ts';
import { readCsv } from './csv.ts';
import { type LogRow, readLog } from './log.ts';
import { type ReplayMap, readMap, replayMap } from './map.ts';
import { BATCH_ROWS, play } from './play.ts';
import { reportOf } from './report.ts';

const root = join(import.meta.dirname, '../..');
const data = join(root, '../shared/data');

const mapOf = (campaign: object): ReplayMap =>
  replayMap.parse({
    mode: 'full-feedback',
    rewards: { a: 'A', b: 'B' },
    attributes: { plan: { column: 'plan' } },
    campaign: {
      id: 'c',
      name: 'C',
      objective: { goal: 'visit' },
      placements: ['p'],
      arms: [
        { id: 'a', content: {} },
        { id: 'b', content: {} },
      ],
      ...campaign,
    },
  });

const rows = (count: number, row: Partial<LogRow> = {}): LogRow[] =>
  Array.from({ length: count }, () => ({ shown: -1, rewards: [0, 1], attributes: { plan: 'gold' }, ...row }));

const run = (map: ReplayMap, log: LogRow[], seed = '1', policy?: ReplayPolicy) =>
  play(log, compileCampaign(map, policy, `replay-${seed}`), seed);

describe('play', () => {
  test('chooses evenly within the first batch and learns after it, not before', () => {
    const map = mapOf({});
    const first = run(map, rows(BATCH_ROWS));
    // 125 ± 5 standard deviations of a fair coin thrown 250 times.
    expect(Math.abs(first.arms[1]!.shown - BATCH_ROWS / 2)).toBeLessThan(5 * Math.sqrt(BATCH_ROWS / 4));
    const second = run(map, rows(2 * BATCH_ROWS));
    expect(second.arms[1]!.shown - first.arms[1]!.shown).toBeGreaterThan(0.97 * BATCH_ROWS);
  });

  test('the same seed gives the same run, another seed another', () => {
    const map = mapOf({});
    expect(run(map, rows(600), '7')).toEqual(run(map, rows(600), '7'));
    expect(run(map, rows(600), '7').arms).not.toEqual(run(map, rows(600), '8').arms);
  });

  test('counts a row with one known outcome only when the campaign picks the arm that was shown', () => {
    const map = mapOf({});
    const played = run(map, rows(1_000, { shown: 0, rewards: [1] }), '1', 'uniform');
    expect(played.arms).toEqual([
      { armId: 'a', shown: played.rewards.length, conversions: played.rewards.length },
      { armId: 'b', shown: 0, conversions: 0 },
    ]);
    expect(Math.abs(played.rewards.length - 500)).toBeLessThan(5 * Math.sqrt(250));
  });

  test('keeps a holdout apart and leaves out rows that the audience does not hold', () => {
    const held = run(mapOf({ holdout: 0.5 }), rows(1_000));
    expect(Math.abs(held.heldOut - 500)).toBeLessThan(5 * Math.sqrt(250));
    expect(held.rewards.length + held.heldOut).toBe(1_000);
    const other = run(mapOf({ audience: { condition: { plan: 'silver' } } }), rows(10));
    expect(other).toMatchObject({ notEligible: 10, rewards: [] });
  });

  test('learns apart per context', () => {
    const map = mapOf({ contexts: [{ id: 'gold', condition: { plan: 'gold' } }] });
    const log = Array.from(
      { length: 4_000 },
      (_, i): LogRow =>
        i % 2 === 0
          ? { shown: -1, rewards: [1, 0], attributes: { plan: 'gold' } }
          : { shown: -1, rewards: [0, 1], attributes: { plan: 'none' } },
    );
    const { rewards } = run(map, log);
    expect(rewards.slice(-1_000).reduce((sum, reward) => sum + reward, 0)).toBeGreaterThan(950);
  });
});

describe('reportOf', () => {
  test('lift over uniform is the paired difference where every outcome is known', () => {
    const log = rows(3_000);
    const played = run(mapOf({}), log);
    const report = reportOf({ campaign: 'c', mode: 'full-feedback', policy: 'thompson' }, log, [{ seed: 1, played }]);
    expect(report.uniformRate).toBe(0.5);
    expect(report.lift!.estimate).toBeCloseTo(report.rewardRate - 0.5, 12);
    expect(report.lift!.low).toBeLessThan(report.lift!.estimate);
  });
});

describe('a campaign with features', () => {
  const map = mapOf({
    features: [{ id: 'gold', attribute: 'plan', type: 'category', values: ['gold'] }],
    strategy: { policy: 'linear_ucb' },
  });
  // Gold customers like b, all others a.
  const log = Array.from({ length: 2_000 }, (_, i): LogRow => {
    const isGold = i % 3 === 0;
    return { shown: -1, rewards: isGold ? [0, 1] : [1, 0], attributes: { plan: isGold ? 'gold' : 'none' } };
  });

  test.each(['linear_ucb', 'linear_thompson', 'inverse_gap'] as const)(
    'gives each row what it likes, by %s',
    (policy) => {
      const { rewards } = run(map, log, '1', policy);
      const last = rewards.slice(-500);
      expect(last.reduce((sum, reward) => sum + reward, 0) / last.length).toBeGreaterThan(0.97);
    },
  );

  test('is blind without a policy that looks: no better than the arm that most rows like', () => {
    const { rewards } = run(map, log, '1', 'thompson');
    expect(rewards.slice(-500).filter((reward) => reward > 0).length).toBeLessThan(0.7 * 500);
  });
});

describe('a campaign with scores', () => {
  // A column of the log says for each row which arm it will reward; in the beginning nobody knows, and on average both arms are alike.
  const scored = replayMap.parse({
    mode: 'full-feedback',
    rewards: { a: 'A', b: 'B' },
    attributes: { forA: { column: 'A', type: 'number' }, forB: { column: 'B', type: 'number' } },
    campaign: {
      id: 'c',
      name: 'C',
      objective: { goal: 'visit' },
      placements: ['p'],
      strategy: { policy: 'thompson', modelWeight: 0.9, minExploration: 0 },
      arms: [
        { id: 'a', score: 'forA', content: {} },
        { id: 'b', score: 'forB', content: {} },
      ],
    },
  });
  const log = (told: boolean) =>
    Array.from({ length: 2_000 }, (_, i): LogRow => {
      const likesA = i % 2 === 0;
      const attributes = told ? { forA: likesA ? 0.9 : 0.1, forB: likesA ? 0.1 : 0.9 } : {};
      return { shown: -1, rewards: likesA ? [1, 0] : [0, 1], attributes };
    });
  const rate = (rewards: readonly number[]) => rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;

  test('gives each row the arm that its scores speak for, and without them is no better than chance', () => {
    expect(rate(run(scored, log(true)).rewards)).toBeGreaterThan(0.97);
    expect(rate(run(scored, log(false)).rewards)).toBeCloseTo(0.5, 1);
  });
});

/** Twenty passes over 64,000 rows take 5 s alone, and more beside other tests. */
const SLOW_MS = 60_000;

describe.skipIf(!existsSync(data))('real logs (needs ../shared/data)', { timeout: SLOW_MS }, () => {
  async function meanOf(log: string, mapFile: string, policy?: ReplayPolicy, seeds = 10) {
    const map = readMap(join(root, 'examples/replay', mapFile));
    const file = join(data, log);
    const parsed = await readLog(file, readCsv(file), map);
    const runs = Array.from({ length: seeds }, (_, i) => ({
      seed: i + 1,
      played: run(map, parsed, String(i + 1), policy),
    }));
    return reportOf({ campaign: map.campaign.id, mode: map.mode, policy: policy ?? 'thompson' }, parsed, runs);
  }

  test('Hillstrom, visits: Thompson earns at least .175 a row over 10 seeds, uniform .147', async () => {
    const report = await meanOf('hillstrom/Hillstrom.csv.gz', 'hillstrom.yaml');
    expect(report.rows).toBe(64_000);
    expect(report.uniformRate).toBeCloseTo(0.1468, 4);
    expect(report.rewardRate).toBeGreaterThanOrEqual(0.175);
    expect(report.lift!.low).toBeGreaterThan(0);
    const uniform = await meanOf('hillstrom/Hillstrom.csv.gz', 'hillstrom.yaml', 'uniform');
    expect(uniform.rewardRate).toBeCloseTo(0.147, 2);
  });

  test.each(['epsilon_greedy', 'thompson', 'inverse_gap'] as const)(
    'Hillstrom in leaves of what customers bought: %s earns at least .175 a row over 3 seeds',
    async (policy) => {
      const report = await meanOf('hillstrom/Hillstrom.csv.gz', 'hillstrom-contexts.yaml', policy, 3);
      expect(report.rewardRate).toBeGreaterThanOrEqual(0.175);
      expect(report.lift!.low).toBeGreaterThan(0);
    },
  );

  test.each(['linear_ucb', 'linear_thompson', 'inverse_gap'] as const)(
    'Hillstrom with the customers’ features: %s earns at least .175 a row over 3 seeds',
    async (policy) => {
      const report = await meanOf('hillstrom/Hillstrom.csv.gz', 'hillstrom-features.yaml', policy, 3);
      expect(report.rewardRate).toBeGreaterThanOrEqual(0.175);
    },
  );

  test('ads: Thompson gets at least 2,450 clicks, mean of 10 seeds', async () => {
    const report = await meanOf('adsctr/Ads_CTR_Optimisation.csv', 'ads.yaml');
    expect(report.rows).toBe(10_000);
    expect(report.uniformRate).toBeCloseTo(0.1239, 4);
    expect(report.rewards).toBeGreaterThanOrEqual(2_450);
  });
});

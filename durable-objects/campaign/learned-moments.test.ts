import { describe, expect, test } from 'vitest';
import { addSums } from '../../decisioning/bandits/named-sums.ts';
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { EvidenceCell } from '../../decisioning/learning/weigh-evidence.ts';
import { readLearned } from './learned.ts';
import { newRoot } from './testing/evidence-root.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const nowHour = 480_000 + 14;
const nowMs = nowHour * HOUR_MS + 20 * 60_000;

describe('moments of features', () => {
  const features = { key: 'f', specs: [{ id: 'x', attribute: 'x', type: 'boolean' as const }] };
  const name = 'linear:f';
  const momentsOf = (count: number) => [count, count, count, 0, 0, 0].map((value) => value * 1e6);
  /** Cells of an hour with one trial each, and their moments in buckets as customers count them. */
  const learnt = (hoursAgo: readonly number[], width: number): EvidenceCell[] =>
    hoursAgo.flatMap((ago) => {
      const hour = nowHour - ago;
      const statistics = addStatistics(emptyStatistics, { trials: 1 });
      const counted: EvidenceCell = { leaf: 'rest', arm: 'a', hour, statistics };
      return [
        counted,
        { ...counted, statistics: emptyStatistics, hour: hour - (hour % width), sums: { [name]: momentsOf(1) } },
      ];
    });
  /** Trials that the moments of arm a stand for, and those that are counted. */
  const trialsOf = async (
    cells: readonly EvidenceCell[],
    learning: CampaignPolicy['learning'],
    sinceMs?: number,
  ): Promise<readonly [moments: number, counted: number]> => {
    const { run, learn, policy } = newRoot();
    await learn(merged(cells));
    const own = policy({ features, ...(learning && { learning }) });
    const { statistics, sums } = await run((_root, sql) => readLearned(sql, own, nowMs, sinceMs));
    return [(sums?.get('rest')?.get('a')?.[name]?.[0] ?? 0) / 1e6, statistics.get('rest')?.get('a')?.trials ?? 0];
  };
  const merged = (cells: readonly EvidenceCell[]): EvidenceCell[] => {
    const byHour = new Map<number, EvidenceCell>();
    for (const cell of cells) {
      const before = byHour.get(cell.hour);
      const sums = addSums(before?.sums ?? {}, cell.sums ?? {});
      const statistics = addStatistics(before?.statistics ?? emptyStatistics, cell.statistics);
      byHour.set(cell.hour, { ...cell, statistics, ...(Object.keys(sums).length > 0 && { sums }) });
    }
    return [...byHour.values()];
  };
  const month = Array.from({ length: 30 * 24 }, (_, i) => i);

  test.each([
    ['by the day with a half-life of 32 days', { halfLifeMs: 32 * DAY_MS }, 24],
    ['by a part of a shorter half-life', { halfLifeMs: 10 * DAY_MS }, 7],
    ['by the hour with a half-life of a day', { halfLifeMs: DAY_MS }, 1],
    ['by the day with a delay correction', { delayCorrection: true as const }, 24],
  ])('kept %s weigh as the trials they are of', async (_title, learning, width) => {
    const [moments, counted] = await trialsOf(learnt(month, width), learning);
    expect(counted).toBeGreaterThan(1);
    expect(Math.abs(moments / counted - 1)).toBeLessThan(0.002);
  });

  test.each([5, 30, 47, 400])(
    'of the day of a change of rates count for the part of it that came after: %i hours ago',
    async (ago) => {
      const sinceMs = (nowHour - ago) * HOUR_MS;
      const [moments, counted] = await trialsOf(learnt(month, 24), undefined, sinceMs);
      expect(counted).toBe(ago + 1);
      expect(moments).toBeCloseTo(counted, 9);
    },
  );

  test('without a rule are the plain sums', async () => {
    expect(await trialsOf(learnt(month, 24), undefined)).toEqual([month.length, month.length]);
  });
});

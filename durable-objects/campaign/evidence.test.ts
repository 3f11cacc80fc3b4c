import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { readCells, readTotals } from './evidence.ts';
import { HOURLY_DAYS, MAX_REPORT_CELLS, type ShardReport, type StatisticsCell } from './protocol.ts';
import { CampaignRoot } from './root.ts';
import { newAddress, source } from './testing/fixtures.ts';

let roots = 0;

/** A root with storage of its own, whose alarm never runs because it is not called from outside. */
function newRoot() {
  roots += 1;
  const stub = source.CAMPAIGN_ROOT.getByName(`root-${roots}`);
  return <T>(step: (root: CampaignRoot, sql: SqlStorage) => T): Promise<T> =>
    runInDurableObject(stub, (_object, state) => step(new CampaignRoot(state.storage), state.storage.sql));
}

function cell(trials: number, at: Partial<StatisticsCell> = {}): StatisticsCell {
  return { leaf: 'rest', arm: 'a', hour: 500_000, statistics: addStatistics(emptyStatistics, { trials }), ...at };
}

const address = newAddress();
const report = (seq: number, cells: readonly StatisticsCell[], shard = 0): ShardReport => ({
  ...address,
  shard,
  seq,
  cells,
});
const trialsIn = (root: (step: (root: CampaignRoot, sql: SqlStorage) => number) => Promise<number>) =>
  root((_root, sql) => readTotals(sql).get('rest')?.get('a')?.trials ?? 0);

describe('merging reports', () => {
  test('takes a later report for the cell as a whole, and ignores a repeat and an older one', async () => {
    const root = newRoot();
    for (const [seq, trials] of [
      [1, 2],
      [3, 7],
      [3, 7],
      [2, 5],
      [1, 2],
    ] as const) {
      await root((r) => r.merge(report(seq, [cell(trials)])));
    }
    expect(await trialsIn(root)).toBe(7);
  });

  test('remembers how new a cell is even when its sums are what they were', async () => {
    const root = newRoot();
    const refunded = (revenueMinor: number) =>
      cell(1, { statistics: addStatistics(emptyStatistics, { revenueMinor }) });
    await root((r) => r.merge(report(5, [refunded(100)])));
    await root((r) => r.merge(report(8, [refunded(100)])));
    await root((r) => r.merge(report(6, [refunded(40)])));
    expect(await root((_r, sql) => readTotals(sql).get('rest')?.get('a')?.revenueMinor)).toBe(100);
  });

  test('adds two shards exactly, each with sequence numbers of its own', async () => {
    const root = newRoot();
    await root((r) => r.merge(report(9, [cell(4)], 0)));
    await root((r) => r.merge(report(1, [cell(5)], 1)));
    await root((r) => r.merge(report(10, [cell(6)], 0)));
    expect(await trialsIn(root)).toBe(11);
    expect(await root((_r, sql) => readCells(sql, 0))).toEqual([cell(11)]);
  });

  test('holds totals at 2^53 − 1, whatever the order, and finds back to their cells when those fall', async () => {
    const earned = (revenueMinor: number, hour: number) =>
      cell(1, { hour, statistics: addStatistics(emptyStatistics, { revenueMinor, trials: 1 }) });
    const reports = [
      report(1, [earned(6e15, 1), earned(6e15, 2)]),
      report(2, [earned(7e15, 2)], 1),
      report(3, [earned(-9e15, 1)]),
      report(4, [earned(-8e15, 2), earned(5, 3)], 1),
    ];
    const totalAfter = async (order: readonly ShardReport[]) => {
      const root = newRoot();
      for (const each of order) await root((r) => r.merge(each));
      return root((_r, sql) => readTotals(sql).get('rest')?.get('a'));
    };
    expect(await totalAfter(reports.slice(0, 2))).toMatchObject({ revenueMinor: Number.MAX_SAFE_INTEGER, trials: 3 });
    const exact = { revenueMinor: -9e15 + 6e15 - 8e15 + 5, trials: 4 };
    expect(Math.abs(exact.revenueMinor)).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
    const held = { revenueMinor: Number.MIN_SAFE_INTEGER, trials: 4 };
    expect(await totalAfter(reports)).toMatchObject(held);
    expect(await totalAfter(reports.toReversed())).toMatchObject(held);
    const back = [...reports, report(5, [earned(1, 1), earned(2, 2)]), report(6, [earned(3, 2)], 1)];
    expect(await totalAfter(back)).toMatchObject({ revenueMinor: 1 + 2 + 3 + 5, trials: 4 });
    expect(await totalAfter([...back.toReversed(), ...back])).toMatchObject({ revenueMinor: 11, trials: 4 });
  });

  test('reads a thousand and more cells at their bound', async () => {
    const root = newRoot();
    const full = { statistics: { ...emptyStatistics, trials: 1, revenueMinor: Number.MAX_SAFE_INTEGER } };
    for (let seq = 1; seq <= 3; seq += 1)
      await root((r) =>
        r.merge(
          report(
            seq,
            Array.from({ length: 400 }, (_, i) => cell(1, { ...full, hour: seq * 400 + i })),
          ),
        ),
      );
    const nowMs = 3_000 * 3_600_000 + 400 * 86_400_000;
    const whole = await root((_r, sql) => readCells(sql, nowMs, 1));
    expect(whole.map(({ statistics }) => statistics)).toEqual([{ ...full.statistics, trials: 1_200 }]);
    expect(await root((_r, sql) => readTotals(sql, 0).get('rest')?.get('a'))).toEqual(whole[0]?.statistics);
  });

  test('wants an allocation only when a sum changed', async () => {
    const root = newRoot();
    await root((r) => r.merge(report(1, [cell(4)])));
    const wanted = await root((r) => r.wantedSeq());
    await root((r) => r.merge(report(1, [cell(4)])));
    await root((r) => r.merge(report(2, [cell(4)])));
    expect(await root((r) => r.wantedSeq())).toBe(wanted);
    await root((r) => r.merge(report(3, [cell(5)])));
    expect(await root((r) => r.wantedSeq())).toBe(wanted + 1);
  });

  test.each([
    ['a fraction', report(2, [cell(0.5)])],
    ['a missing sum', report(2, [cell(1, { statistics: { trials: 1 } as StatisticsCell['statistics'] })])],
    ['another campaign', { ...report(2, [cell(9)]), campaignId: 'other' }],
    [
      'more cells than a report holds',
      report(
        2,
        Array.from({ length: MAX_REPORT_CELLS + 1 }, (_, hour) => cell(1, { hour })),
      ),
    ],
  ])('refuses %s and stores nothing of it', async (_title, broken) => {
    const root = newRoot();
    await root((r) => r.merge(report(1, [cell(4)])));
    await root((r) => expect(() => r.merge(broken)).toThrow(RangeError));
    expect(await trialsIn(root)).toBe(4);
  });
});

describe('the course over time', () => {
  const nowMs = 20_000 * 86_400_000 + 5 * 3_600_000;
  const boundaryHour = (20_000 - HOURLY_DAYS) * 24;
  const hours = [
    boundaryHour - 25,
    boundaryHour - 24,
    boundaryHour - 1,
    boundaryHour,
    boundaryHour + 1,
    boundaryHour + 24,
  ];
  const cells = hours.map((hour) => cell(1, { hour }));

  test('is hourly for the last 90 days and daily before, and loses no sum', async () => {
    const root = newRoot();
    await root((r) => r.merge(report(1, cells)));
    const buckets = await root((_r, sql) =>
      readCells(sql, nowMs).map((c) => [c.hour - boundaryHour, c.statistics.trials]),
    );
    expect(buckets).toEqual([
      [-48, 1],
      [-24, 2],
      [0, 1],
      [1, 1],
      [24, 1],
    ]);
  });

  test('takes wider buckets rather than fewer sums when there are too many', async () => {
    const root = newRoot();
    await root((r) => r.merge(report(1, cells)));
    for (const maxCells of [5, 4, 2, 1]) {
      const view = await root((_r, sql) => readCells(sql, nowMs, maxCells));
      expect(view.length).toBeLessThanOrEqual(maxCells);
      expect(view.reduce((sum, c) => sum + c.statistics.trials, 0)).toBe(cells.length);
    }
  });
});

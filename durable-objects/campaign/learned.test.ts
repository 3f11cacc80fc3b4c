import { runDurableObjectAlarm } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { rewardName, rewardTrialsName } from '../../decisioning/bandits/rewards/reward.ts';
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { DELAY_BUCKETS } from '../../decisioning/learning/delay-buckets.ts';
import { type EvidenceCell, weighEvidence } from '../../decisioning/learning/weigh-evidence.ts';
import { testRandom } from '../../decisioning/testing/seeds.ts';
import { readHourly } from './hourly.ts';
import { readLearned } from './learned.ts';
import { newRoot } from './testing/evidence-root.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const nowHour = Math.floor(Date.now() / HOUR_MS);
const nowMs = nowHour * HOUR_MS + 20 * 60_000;
const reward = { kind: 'count', max: 5 } as const;
const [named, trials] = [rewardName(reward)!, rewardTrialsName(reward)!];

/** Seeded evidence of the hours `ago`. */
function evidence(seed: number, ago: readonly number[]): EvidenceCell[] {
  const random = testRandom(seed);
  const below = (n: number) => Math.floor(random.next() * n);
  return ago.flatMap((hours) =>
    ['mobile', 'rest'].flatMap((leaf) =>
      ['a', 'b'].map((arm): EvidenceCell => {
        const [count, conversions] = [10 + below(90), below(10)];
        const delay = Array.from({ length: DELAY_BUCKETS }, (_, i) => (i === hours % 20 ? conversions : 0));
        const statistics = addStatistics(emptyStatistics, { exposures: count, trials: count, conversions });
        const sums = { [named]: [conversions, 2 * conversions, 4 * conversions], [trials]: [count], delay, other: [1] };
        return { leaf, arm, hour: nowHour - hours, statistics, sums };
      }),
    ),
  );
}

const without = (name: string) => (cell: EvidenceCell) => {
  const { [name]: _, ...sums } = cell.sums ?? {};
  return { ...cell, sums };
};

describe('evidence that is weighed by its age', () => {
  const hours = Array.from({ length: 60 }, (_, i) => i);

  test.each([
    ['a half-life', { halfLifeMs: 6 * HOUR_MS }],
    ['a delay correction', { delayCorrection: true as const }],
    ['both', { halfLifeMs: 6 * HOUR_MS, delayCorrection: true as const }],
  ])('is that of the core over the very hours, with %s', async (_title, learning) => {
    const { run, learn, policy } = newRoot();
    const cells = evidence(1, hours);
    await learn(cells);
    const read = await run((_root, sql) => readLearned(sql, policy({ learning, reward }), nowMs));
    const wanted = cells
      .map(without('other'))
      .map((cell) => ('delayCorrection' in learning ? cell : without('delay')(cell)));
    const expected = weighEvidence({ cells: wanted, nowMs, ...learning });
    for (const [leaf, arms] of expected.statistics)
      for (const [arm, statistics] of arms) {
        expect(read.statistics.get(leaf)?.get(arm)).toEqual(statistics);
        expect(read.sums?.get(leaf)?.get(arm)).toEqual(expected.sums.get(leaf)?.get(arm));
      }
    expect(read.effort).toBeGreaterThan(cells.length);
  });

  test('is forgotten beyond 20 half-lives without being read', async () => {
    const { run, learn, policy } = newRoot();
    const forgotten = Array.from({ length: 50 }, (_, i) => 25 + 10 * i);
    await learn(evidence(2, [1, 19, ...forgotten]));
    const read = await run((_root, sql) => readLearned(sql, policy({ learning: { halfLifeMs: HOUR_MS } }), nowMs));
    const near = weighEvidence({ cells: evidence(2, [1, 19]), nowMs, halfLifeMs: HOUR_MS });
    expect(read.statistics.get('rest')?.get('a')?.trials).toBeCloseTo(near.statistics.get('rest')!.get('a')!.trials, 9);
    // Eight cells and what finds them, of more than two hundred.
    expect(read.effort).toBeLessThan(50);
  });

  test('and old loses no more than 2 % by wide buckets, which hold every trial', async () => {
    const { run, learn, policy } = newRoot();
    const halfLifeMs = 60 * DAY_MS;
    const cells = evidence(
      3,
      Array.from({ length: 200 }, (_, i) => 100 + 7 * i),
    );
    await learn(cells);
    const read = await run((_root, sql) => readLearned(sql, policy({ learning: { halfLifeMs }, reward }), nowMs));
    const exact = weighEvidence({ cells, nowMs, halfLifeMs });
    for (const leaf of ['mobile', 'rest'])
      for (const arm of ['a', 'b']) {
        const ratio = read.statistics.get(leaf)!.get(arm)!.trials / exact.statistics.get(leaf)!.get(arm)!.trials;
        expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
        const sums = read.sums!.get(leaf)!.get(arm)![named]![1]! / exact.sums.get(leaf)!.get(arm)![named]![1]!;
        expect(Math.abs(sums - 1)).toBeLessThan(0.02);
      }
    const ask = { fromHour: 0, nowHour, widthHours: 45, momentsHours: 24, names: new Set([named]) };
    const counted = await run((_root, sql) => readHourly(sql, ask));
    const total = (some: readonly EvidenceCell[]) => some.reduce((sum, { statistics }) => sum + statistics.trials, 0);
    expect(total(counted.cells)).toBe(total(cells));
    expect(counted.cells.length).toBeLessThan(cells.length / 3);
  });

  test('and complete for certain is read as one sum: with a delay correction alone nothing beyond 90 days is read by the hour', async () => {
    const { run, learn, policy } = newRoot();
    const long = [91, 120, 300, 600].map((days) => 24 * days);
    const cells = evidence(8, [...hours, ...long]);
    await learn(cells);
    const learning = { delayCorrection: true as const };
    const read = await run((_root, sql) => readLearned(sql, policy({ learning, reward }), nowMs));
    const expected = weighEvidence({ cells: cells.map(without('other')), nowMs, ...learning });
    for (const leaf of ['mobile', 'rest'])
      for (const arm of ['a', 'b']) {
        const [own, exact] = [read.statistics.get(leaf)!.get(arm)!, expected.statistics.get(leaf)!.get(arm)!];
        // Old delays are judged as if their exposures were 90 days old: the clock of an arm moves by less than a thousandth.
        expect(own.trials / exact.trials).toBeCloseTo(1, 3);
        expect(own.conversions).toBe(exact.conversions);
        expect(read.sums!.get(leaf)!.get(arm)![named]).toEqual(expected.sums.get(leaf)!.get(arm)![named]);
      }
    const young = newRoot();
    await young.learn(evidence(8, hours));
    const near = await young.run((_root, sql) => readLearned(sql, young.policy({ learning, reward }), nowMs));
    expect(read.effort).toBe(near.effort);
  });

  test.each([
    ['a half-life', { halfLifeMs: 6 * HOUR_MS }],
    ['no other rule', {}],
  ])('leaves out what was over at a change of rates, to the hour, with %s', async (_title, learning) => {
    const { run, learn, policy } = newRoot();
    const cells = evidence(9, [...hours, 400, 401, 402, 403]);
    await learn(cells);
    for (const ago of [30, 402]) {
      const sinceMs = (nowHour - ago) * HOUR_MS;
      const read = await run((_root, sql) => readLearned(sql, policy({ learning, reward }), nowMs, sinceMs));
      const plain = cells.map(without('other')).map(without('delay'));
      const expected = weighEvidence({ cells: plain, nowMs, sinceMs, ...learning });
      const [own, exact] = [read.statistics.get('rest')!.get('b')!, expected.statistics.get('rest')!.get('b')!];
      expect(own.trials).toBeCloseTo(exact.trials, 9);
      expect(read.sums!.get('rest')!.get('b')![named]![0]).toBeCloseTo(
        expected.sums.get('rest')!.get('b')![named]![0]!,
        9,
      );
    }
  });

  test('takes wider buckets where its vectors would not fit, and loses none', async () => {
    const { run, learn } = newRoot();
    const cells = evidence(
      4,
      Array.from({ length: 100 }, (_, i) => 200 + i),
    );
    await learn(cells);
    const ask = { fromHour: 0, nowHour, widthHours: 1, momentsHours: 24, names: new Set([named]) };
    const all = await run((_root, sql) => readHourly(sql, ask));
    const few = await run((_root, sql) => readHourly(sql, ask, 600));
    const sum = (some: readonly EvidenceCell[]) =>
      some.reduce((total, { sums }) => total + (sums?.[named]?.[1] ?? 0), 0);
    expect(few.cells.length).toBeLessThanOrEqual(200);
    expect(few.cells.length).toBeLessThan(all.cells.length);
    expect(sum(few.cells)).toBe(sum(all.cells));
    expect(sum(all.cells)).toBe(sum(cells));
  });

  test('moves what is published: the arm that was better lately leads, although the other has more conversions', async () => {
    const { run, learn, policy } = newRoot();
    const of = (arm: string, hour: number, conversions: number): EvidenceCell => ({
      leaf: 'rest',
      arm,
      hour,
      statistics: addStatistics(emptyStatistics, { trials: 1_000, conversions }),
    });
    const old = nowHour - 48;
    await learn([of('a', old, 300), of('b', old, 100), of('a', nowHour - 1, 50), of('b', nowHour - 1, 90)]);
    const leader = (learning?: CampaignPolicy['learning']) =>
      run((root) => root.compute(policy(learning ? { learning } : {}), nowMs).leaves.rest!.pBest[1]!);
    expect(await leader()).toBeLessThan(0.01);
    expect(await leader({ halfLifeMs: 4 * HOUR_MS })).toBeGreaterThan(0.99);
  });
});

describe('time alone', () => {
  const halfLifeMs = 48 * HOUR_MS;

  test('changes nothing without a half-life or a delay correction', async () => {
    const { run, learn, address, policy } = newRoot();
    await learn(evidence(5, [1]));
    await run((root) => root.adopt(address, policy({ learning: { by: 'effects' } })));
    expect(await run((root) => root.refreshAtMs(nowMs))).toBeNull();
  });

  test.each([
    ['a 24th of the half-life', { halfLifeMs }, 2 * HOUR_MS],
    ['an hour at least', { halfLifeMs: HOUR_MS }, HOUR_MS],
    ['an hour with a delay correction', { halfLifeMs, delayCorrection: true as const }, HOUR_MS],
  ])('wants a new allocation after %s, while evidence is young enough', async (_title, learning, afterMs) => {
    const { run, learn, address, policy } = newRoot();
    await run((root) => root.adopt(address, policy({ learning })));
    expect(await run((root) => root.refreshAtMs(nowMs))).toBeNull();
    await learn(evidence(6, [1]));
    await run((root) => root.compute(policy({ learning }), nowMs));
    expect(await run((root) => root.refreshAtMs(nowMs))).toBe(nowMs + afterMs);
    expect(await run((root) => root.refreshAtMs(nowMs + 100 * DAY_MS))).toBeNull();
  });

  test('wakes the root, and new evidence does not wait for it', async () => {
    const { stub, run, learn, address, policy } = newRoot();
    const published = policy({ learning: { halfLifeMs }, leaves: ['rest'] });
    await run((root) => root.adopt(address, published));
    await learn(evidence(7, [1]));
    const alarmAt = () => run((_root, _sql, storage) => storage.getAlarm());
    // Nobody has published this campaign, so the root rests; what it is to be told next comes from the object itself.
    await run((root) => root.compute(published, Date.now()));
    await run((root) => root.settle(root.wantedSeq(), root.compute(published, Date.now())));
    await run((_root, _sql, storage) => storage.setAlarm(Date.now() + HOUR_MS));
    await runDurableObjectAlarm(stub);
    const standing = await alarmAt();
    expect(standing).toBeGreaterThan(Date.now() + HOUR_MS);
    const vectors = { ...address, shard: 9, seq: 1, cells: [], vectors: [] };
    await stub.merge(vectors);
    expect(await alarmAt()).toBeLessThan(Date.now() + 2_000);
  });
});

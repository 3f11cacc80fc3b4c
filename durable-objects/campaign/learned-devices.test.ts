import { describe, expect, test } from 'vitest';
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { DELAY_BUCKETS } from '../../decisioning/learning/delay-buckets.ts';
import type { EvidenceCell } from '../../decisioning/learning/weigh-evidence.ts';
import { readLearned } from './learned.ts';
import { newRoot } from './testing/evidence-root.ts';

const HOUR_MS = 3_600_000;
const nowHour = Math.floor(Date.now() / HOUR_MS);
const nowMs = nowHour * HOUR_MS + 20 * 60_000;

/** Ten trials an hour for two days; conversions after as many buckets of delay as told. */
const cellsOf = (leaf: string, bucket: number): EvidenceCell[] =>
  Array.from({ length: 48 }, (_, hours) => ({
    leaf,
    arm: 'a',
    hour: nowHour - hours,
    statistics: addStatistics(emptyStatistics, { exposures: 10, trials: 10, conversions: 5 }),
    sums: { delay: Array.from({ length: DELAY_BUCKETS }, (_each, i) => (i === bucket ? 5 : 0)) },
  }));

const RULES = [
  ['totals', undefined],
  ['a half-life', { halfLifeMs: 6 * HOUR_MS }],
  ['a delay correction', { delayCorrection: true as const }],
] as const;

describe.each(RULES)('what devices reported, under %s', (_title, learning) => {
  const read = async (cells: EvidenceCell[], learnsFromDevice: boolean) => {
    const { run, learn, policy } = newRoot();
    await learn(cells);
    const own = policy({ ...(learning && { learning }) });
    const { statistics } = await run((_root, sql) =>
      readLearned(sql, { ...own, ...(learnsFromDevice && { learnsFromDevice: true as const }) }, nowMs),
    );
    return statistics;
  };
  const own = cellsOf('rest', 2);
  const devices = cellsOf('~device/rest', 18);

  test('changes nothing that a campaign learns', async () => {
    expect(await read([...own, ...devices], false)).toEqual(await read(own, false));
  });

  test('is there for one that learns from devices', async () => {
    expect([...(await read([...own, ...devices], true)).keys()].sort()).toEqual(['rest', '~device/rest']);
  });
});

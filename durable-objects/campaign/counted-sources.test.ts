import { describe, expect, test } from 'vitest';
import { CountedSources, TIMELESS } from './counted-sources.ts';

describe('how far a source is counted', () => {
  test('is the farthest that was told, in each block once, the earliest first', () => {
    const sources = new CountedSources();
    for (const [seq, blocks] of [
      [3, [7]],
      [9, [7, 8]],
      [4, [5, 7, 6]],
      [8, [TIMELESS]],
    ] as const)
      sources.note('ann:1', { seq, blocks });
    sources.note('bob:1', { seq: 1, blocks: [7] });
    expect(sources.get('ann:1')).toEqual({ seq: 9, blocks: [TIMELESS, 5, 6, 7, 8] });
    expect([sources.size, sources.positions]).toEqual([2, 6]);
  });

  test('changes nothing that it was told of', () => {
    const [one, other] = [new CountedSources(), new CountedSources()];
    one.note('ann:1', { seq: 1, blocks: [1] });
    for (const [source, to] of one) other.note(source, to);
    other.note('ann:1', { seq: 2, blocks: [2] });
    expect(one.get('ann:1')).toEqual({ seq: 1, blocks: [1] });
  });

  test('is noted of 200,000 events of as many blocks in no more time than of as many sources', () => {
    const sources = new CountedSources();
    for (let block = 0; block < 200_000; block += 1) sources.note('ann:1', { seq: block, blocks: [block] });
    expect(sources.positions).toBe(200_000);
  });
});

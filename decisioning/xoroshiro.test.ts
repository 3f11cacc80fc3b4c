import { xoroshiro128plus as outside, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { Xoroshiro128Plus } from './xoroshiro.ts';

test('gives the stream of pure-rand, to the bit, over 200 states and 500 steps each', () => {
  const draw = outside(4_711);
  for (let round = 0; round < 200; round += 1) {
    const state = [draw.next(), draw.next(), draw.next(), draw.next()] as const;
    const theirs = xoroshiro128plusFromState([...state]);
    const own = new Xoroshiro128Plus(...state);
    const steps = Array.from({ length: 500 }, () => [own.step(), theirs.next()]);
    expect(steps.filter(([ours, others]) => ours !== others)).toEqual([]);
  }
});

/** The one suite that every host runs over the conformance vectors. */
import { describe, expect, test } from 'vitest';
import type { ConformanceAnswer, ConformanceVectors } from '../conformance/case.ts';
import { runCase } from '../conformance/case.ts';
import { bucketOf } from '../hash.ts';
import { seededRandom } from '../random.ts';
import { REFUSAL_REASONS } from '../reasons.ts';

/** Integer and table work agrees to the bit; propensities may have passed through `Math.exp`. */
const DIGITS = 12;

function matching({ chosen, ...rest }: ConformanceAnswer): unknown {
  if (!chosen) return { chosen, ...rest };
  const { propensityCampaign, propensityArm } = chosen;
  const close = {
    propensityCampaign: expect.closeTo(propensityCampaign, DIGITS),
    propensityArm: expect.closeTo(propensityArm, DIGITS),
  };
  return { ...rest, chosen: { ...chosen, ...close } };
}

/** Declares the suite; `host` goes into its title. */
export function describeConformance(host: string, vectors: ConformanceVectors): void {
  describe(`decision semantics in ${host}`, () => {
    test.each(vectors.random)('seed $seed gives the same draws to the bit', ({ seed, draws }) => {
      const random = seededRandom(seed);
      expect(draws.map(() => random.next())).toEqual(draws);
    });

    test.each(vectors.buckets)('"$id" under "$salt" falls into $bucket', ({ salt, id, bucket }) => {
      expect(bucketOf(salt, id)).toBe(bucket);
    });

    test.each(vectors.cases)('$name', (one) => {
      expect(runCase(vectors, one)).toEqual(one.expected.map(matching));
    });

    test('the cases name every reason, and none but their own placements', () => {
      const answers = vectors.cases.flatMap(({ expected }) => expected);
      const named = new Set(answers.flatMap(({ refusals }) => Object.keys(refusals)));
      expect([...named].sort()).toEqual(REFUSAL_REASONS.toSorted());
      for (const { requests, expected } of vectors.cases)
        expect(expected.map(({ placement }) => placement)).toEqual(requests.map(({ placement }) => placement));
    });
  });
}

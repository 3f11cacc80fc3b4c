import betainc from '@stdlib/math-base-special-betainc';
import betaln from '@stdlib/math-base-special-betaln';
import stdlibCdf from '@stdlib/stats-base-dists-beta-cdf';
import stdlibLogPdf from '@stdlib/stats-base-dists-beta-logpdf';
import stdlibQuantile from '@stdlib/stats-base-dists-beta-quantile';
import { describe, expect, it } from 'vitest';
import { betaCdf, betaLogPdf, betaTails } from './beta.ts';
import { betaQuantile } from './beta-quantile.ts';
import { logBeta, logGamma } from './gamma.ts';

const TOLERANCE = 1e-9;
const PARAMETERS = [1e-3, 1e-2, 0.1, 0.5, 1, 1.5, 2, 5, 9.9, 10, 30, 100, 1e3, 1e4, 1e5, 1e6, 1e7];
const PAIRS = PARAMETERS.flatMap((a) => PARAMETERS.map((b) => [a, b] as const));
const PROBABILITIES = [1e-12, 1e-9, 1e-6, 1e-3, 0.025, 0.1, 0.5, 0.9, 0.975, 0.999, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12];

/** Both ends, the middle, and around the mean of each distribution, where its mass is. */
function pointsOf(a: number, b: number): number[] {
  const mean = a / (a + b);
  const deviation = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
  const around = [-7, -4, -1, 0, 1, 4, 7].map((k) => mean + k * deviation);
  const fixed = [1e-300, 1e-12, 1e-6, 1e-3, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999, 1 - 1e-6, 1 - 1e-12];
  return [...fixed, ...around].filter((x) => x > 0 && x < 1);
}

/** The largest error over a grid, with where it was; `scale` says relative to what. */
function worst(cases: Iterable<{ at: string; ours: number; theirs: number; scale: number }>) {
  let error = 0;
  let at = '';
  for (const one of cases) {
    const distance = one.ours === one.theirs ? 0 : Math.abs(one.ours - one.theirs) / one.scale;
    if (distance <= error) continue;
    error = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
    at = `${one.at}: ${one.ours} against ${one.theirs}`;
  }
  return { error, at };
}

function expectAgreement(cases: Iterable<{ at: string; ours: number; theirs: number; scale: number }>): void {
  const { error, at } = worst(cases);
  expect(error, at).toBeLessThan(TOLERANCE);
}

describe('logBeta', () => {
  it('agrees with @stdlib betaln to 1e-9, relative above 1 and absolute below', () => {
    expectAgreement(
      PAIRS.map(([a, b]) => {
        const theirs = betaln(a, b);
        return { at: `${a}, ${b}`, ours: logBeta(a, b), theirs, scale: Math.max(1, Math.abs(theirs)) };
      }),
    );
  });

  it('is NaN outside its domain', () => {
    for (const bad of [0, -1, Number.NaN])
      expect([logBeta(bad, 1), logBeta(1, bad), logGamma(bad)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe('logGamma', () => {
  it('equals the logarithms of factorials and of √π', () => {
    expect(logGamma(1)).toBeCloseTo(0, 13);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(logGamma(171) / 706.573_062_245_787_4).toBeCloseTo(1, 13); // ln 170!
  });
});

describe('betaCdf', () => {
  it('agrees with @stdlib betainc and beta-cdf to 1e-9 absolute, both tails', () => {
    expectAgreement(
      PAIRS.flatMap(([a, b]) =>
        pointsOf(a, b).flatMap((x) => {
          const { lower, upper } = betaTails(x, a, b);
          const at = `${x}, ${a}, ${b}`;
          return [
            { at, ours: lower, theirs: betainc(x, a, b), scale: 1 },
            { at, ours: upper, theirs: betainc(x, a, b, true, true), scale: 1 },
            { at, ours: betaCdf(x, a, b), theirs: stdlibCdf(x, a, b), scale: 1 },
          ];
        }),
      ),
    );
  });

  it('is exact where the answer is known: a half by symmetry, powers for b = 1', () => {
    for (const a of [...PARAMETERS, 1e8]) expect(Math.abs(betaCdf(0.5, a, a) - 0.5)).toBeLessThan(1e-11);
    for (const a of [0.001, 0.5, 3, 50]) expect(betaCdf(0.01, a, 1) / 0.01 ** a).toBeCloseTo(1, 12);
  });

  it('is 0 and 1 at and beyond the ends, NaN for bad parameters', () => {
    expect([betaCdf(-1, 2, 3), betaCdf(0, 2, 3), betaCdf(1, 2, 3), betaCdf(2, 2, 3)]).toEqual([0, 0, 1, 1]);
    expect([betaCdf(0.5, 0, 1), betaCdf(0.5, 1, Number.NaN), betaCdf(Number.NaN, 1, 1)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

describe('betaLogPdf', () => {
  it('agrees with @stdlib beta-logpdf to 1e-9, relative above 1 and absolute below', () => {
    expectAgreement(
      PAIRS.flatMap(([a, b]) =>
        pointsOf(a, b).map((x) => {
          const theirs = stdlibLogPdf(x, a, b);
          return { at: `${x}, ${a}, ${b}`, ours: betaLogPdf(x, a, b), theirs, scale: Math.max(1, Math.abs(theirs)) };
        }),
      ),
    );
  });

  it('has the limits of the density at both ends', () => {
    const { POSITIVE_INFINITY, NEGATIVE_INFINITY } = Number;
    expect([betaLogPdf(0, 0.5, 2), betaLogPdf(0, 2, 2)]).toEqual([POSITIVE_INFINITY, NEGATIVE_INFINITY]);
    expect([betaLogPdf(1, 2, 0.5), betaLogPdf(1, 2, 2)]).toEqual([POSITIVE_INFINITY, NEGATIVE_INFINITY]);
    expect([betaLogPdf(0, 1, 3), betaLogPdf(1, 3, 1)]).toEqual([Math.log(3), Math.log(3)]);
  });
});

describe('betaQuantile', () => {
  it('agrees with @stdlib beta-quantile to 1e-9, absolute and (above 1e-290) relative', () => {
    expectAgreement(
      PAIRS.flatMap(([a, b]) =>
        PROBABILITIES.flatMap((p) => {
          const ours = betaQuantile(p, a, b);
          const theirs = stdlibQuantile(p, a, b);
          const at = `${p}, ${a}, ${b}`;
          return [
            { at, ours, theirs, scale: 1 },
            { at, ours, theirs, scale: Math.max(theirs, 1e-290) },
          ];
        }),
      ),
    );
  });

  it('inverts the distribution function in the middle of every distribution', () => {
    for (const [a, b] of PAIRS) {
      const x = betaQuantile(0.5, a, b);
      // Where the quantile is not a double apart from the end, there is nothing to invert.
      if (x < 1e-290 || x > 1 - 1e-9) continue;
      expect(Math.abs(betaCdf(x, a, b) - 0.5)).toBeLessThan(1e-8);
    }
  });

  it('is 0 where the quantile is below the smallest double', () => {
    expect(betaQuantile(1e-12, 1e-3, 5)).toBe(0);
  });

  it('is 0 and 1 at the ends and NaN outside', () => {
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
    for (const p of [-0.1, 1.1, Number.NaN]) expect(betaQuantile(p, 2, 3)).toBeNaN();
    expect(betaQuantile(0.5, 0, 3)).toBeNaN();
  });
});

import { describe, expect, test } from 'vitest';
import { isHeldOut } from '../arbitration/holdout.ts';
import type { Allocation } from '../bandits/allocation.ts';
import { decide } from '../decide.ts';
import { decideWithReceipt, replay } from '../receipt.ts';
import { campaignOf, configurationOf, SALT, slicesOf } from '../testing/configuration.ts';
import { inputOf } from '../testing/decide-once.ts';
import { evidenceFrom } from '../view.ts';
import { isAdmitted } from './admission.ts';
import { DEFAULT_PHASES, DEFAULT_THRESHOLDS, type Stage } from './phases.ts';

const ids = Array.from({ length: 20_000 }, (_, i) => `id-${i}`);
const near = (count: number, of: number, share: number) =>
  expect(Math.abs(count / of - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / of));

describe('admission', () => {
  test('takes the share of the customers, whoever is held out', () => {
    const admitted = ids.filter((id) => isAdmitted('s', 'c', id, 0.3));
    near(admitted.length, ids.length, 0.3);
    const heldOut = ids.filter((id) => isHeldOut('s', id, 'c', { global: 0.2, campaign: 0.3 }));
    near(heldOut.filter((id) => isAdmitted('s', 'c', id, 0.3)).length, heldOut.length, 0.3);
  });

  test('of a larger share loses nobody, and of all takes all', () => {
    for (const id of ids.slice(0, 2_000)) {
      const shares = [0.001, 0.1, 0.5, 0.9, 1].map((share) => isAdmitted('s', 'c', id, share));
      expect(shares).toEqual(shares.toSorted((a, b) => Number(a) - Number(b)));
      expect(shares.at(-1)).toBe(true);
    }
  });
});

const stageOf = (changes: Partial<Stage>): Stage => ({
  phase: 'learning',
  floor: 0,
  admitted: 1,
  modelWeight: 1,
  ...changes,
});
const slices = slicesOf(
  configurationOf([
    campaignOf('c', {
      holdout: 0.3,
      strategy: { policy: 'thompson', modelWeight: 0.5, minExploration: 0 },
      lifecycle: { phases: DEFAULT_PHASES, thresholds: DEFAULT_THRESHOLDS },
    }),
  ]),
);
const initial = slices.sliceOf('hero')!.campaigns[0]!.rules.initialAllocation;
const published = (stage?: Stage) =>
  evidenceFrom((): Allocation => {
    const { stage: _, ...rest } = initial;
    return { ...rest, version: 7, ...(stage && { stage }) };
  });

describe('a decision while a campaign is rolled out', () => {
  test('measures lift among the admitted alone, treated and held out alike', () => {
    const evidence = published(stageOf({ admitted: 0.4 }));
    let [measured, heldOut] = [0, 0];
    for (const bucketingId of ids.slice(0, 4_000)) {
      const [decision] = decide(inputOf(slices, { customer: { bucketingId }, evidence }));
      const admitted = isAdmitted(SALT, 'c', bucketingId, 0.4);
      expect(decision!.measured.length).toBe(admitted ? 1 : 0);
      expect(decision!.refusals).toEqual(admitted ? {} : { not_admitted: 1 });
      measured += decision!.measured.length;
      heldOut += decision!.measured.filter((one) => one.heldOut).length;
    }
    near(measured, 4_000, 0.4);
    near(heldOut, measured, 0.3);
  });

  test('follows the catalog where the published allocation is from before there were phases', () => {
    const [decision] = decide(inputOf(slices, { customer: { bucketingId: 'id-3' }, evidence: published() }));
    // A tenth is admitted at first, and the bucket of `id-3` is .8135.
    expect(decision!.refusals).toEqual({ not_admitted: 1 });
  });

  test('lets scores count as far as the phase does, under its floor', () => {
    const score = (_: string, armId: string) => (armId === 'a' ? 0.9 : 0.1);
    const of = (stage: Stage) => {
      const { rules } = slices.sliceOf('hero')!.campaigns[0]!;
      return published(stage).probabilities(rules, 'rest', { score })[0]!;
    };
    expect(of(stageOf({ modelWeight: 0 }))).toBeCloseTo(0.5, 6);
    const half = of(stageOf({ modelWeight: 0.5 }));
    const full = of(stageOf({ modelWeight: 1 }));
    expect(half).toBeGreaterThan(0.5);
    expect(full).toBeGreaterThan(half);
    expect(of(stageOf({ floor: 0.4 }))).toBeCloseTo(0.2 + 0.6 * full, 12);
  });

  test('is replayed from its receipt, which knows the share', () => {
    const input = inputOf(slices, {
      customer: { bucketingId: 'id-1' },
      evidence: published(stageOf({ admitted: 0.4 })),
    });
    const { decisions, receipt } = decideWithReceipt(input, { requestId: 'r', revision: 1, rules: { hero: 'h' } });
    expect(Object.values(receipt.standings!)).toEqual([{ admitted: 0.4 }]);
    const [again] = replay(JSON.parse(JSON.stringify(receipt)), slices.slices);
    expect(again!.chosen?.armId).toBe(decisions[0]!.chosen?.armId);
    expect(again!.refusals).toEqual(decisions[0]!.refusals);
    const { standings: _, ...without } = receipt;
    expect(() => replay(without, slices.slices)).toThrow('holds no answer');
  });
});

import { describe, expect, test } from 'vitest';
import type { CampaignConfiguration, RewardConfiguration } from '../../decisioning/catalog/configuration.ts';
import {
  armOf,
  campaignOf,
  catalogOf,
  channelOf,
  configurationOf,
  DAY_MS,
  HOUR_MS,
  learnerOf,
} from '../../decisioning/testing/configuration.ts';
import { planOf } from './plan.ts';
import { playWorld } from './play.ts';
import type { PlayedCampaign } from './played.ts';
import type { CampaignTruth, WorldSpec } from './spec.ts';
import { populationOf } from './visits.ts';

const EVEN = campaignOf('c');
const THOMPSON = learnerOf('c');

const truthOf = (a: number, b: number, rest: Partial<CampaignTruth> = {}): CampaignTruth => ({
  arms: { a: { rate: a }, b: { rate: b } },
  groups: [],
  drift: [],
  ...rest,
});

function specOf(truth: Record<string, CampaignTruth>, extra: Partial<WorldSpec['visitors']> = {}): WorldSpec {
  return {
    startMs: Date.UTC(2026, 8, 7),
    days: 7,
    allocateEveryMs: HOUR_MS,
    visitors: {
      newPerDay: 300,
      again: { share: 0.4, afterMs: DAY_MS },
      hours: new Array<number>(24).fill(1),
      weekdays: new Array<number>(7).fill(1),
      timeZone: 'UTC',
      attributes: {
        plan: {
          kind: 'choices',
          values: [
            ['gold', 1],
            ['none', 3],
          ],
        },
      },
      consents: {},
      placements: ['hero'],
      seen: 1,
      ...extra,
    },
    truth,
  };
}

function play(campaigns: readonly CampaignConfiguration[], spec: WorldSpec, seed = 1): PlayedCampaign[] {
  const configuration = configurationOf(campaigns, { channels: [channelOf('web')] });
  const plan = planOf(catalogOf(configuration), spec.truth);
  return playWorld({ spec, plan, population: populationOf(spec, seed), seed });
}

const only = (...args: Parameters<typeof play>): PlayedCampaign => play(...args)[0]!;

describe('a world', () => {
  const spec = specOf({ c: truthOf(0.05, 0.15) });

  test('is the same for the same seed and another for another', () => {
    expect(play([THOMPSON], spec, 7)).toEqual(play([THOMPSON], spec, 7));
    expect(only([THOMPSON], spec, 7).reward).not.toBe(only([THOMPSON], spec, 8).reward);
  });

  test('shows all contenders the same arrivals and, for the same arm, the same outcomes', () => {
    const [one, other] = [only([EVEN], spec), only([THOMPSON], spec)];
    expect(one.shown).toBe(other.shown);
    expect(one.reach).toBe(other.reach);
    const always = (a: number, b: number) =>
      campaignOf('c', { strategy: { policy: 'fixed_split', weights: { a, b }, minExploration: 0 } });
    const same = specOf({ c: truthOf(0.1, 0.1) });
    expect(only([always(1, 0)], same).reward).toBe(only([always(0, 1)], same).reward);
  });

  test('without drift Thompson earns more and loses less than an even split', () => {
    const [even, thompson] = [only([EVEN], spec), only([THOMPSON], spec)];
    expect(thompson.reward).toBeGreaterThan(even.reward);
    expect(thompson.regret).toBeLessThan(even.regret / 3);
    expect(thompson.byArm[1]!).toBeGreaterThan(4 * thompson.byArm[0]!);
  });

  test('the regret of an even split is half the gap per exposure, and curves end at it', () => {
    const even = only([EVEN], spec);
    const expected = (even.shown * 0.1) / 2;
    // Five standard deviations of the share of the worse arm.
    expect(Math.abs(even.regret - expected)).toBeLessThan(5 * 0.1 * Math.sqrt(even.shown / 4));
    expect(even.curve).toHaveLength(50);
    expect(even.curve.at(-1)).toBe(even.regret);
    expect(even.curve.toSorted((x, y) => x - y)).toEqual(even.curve);
  });

  test('rewards are as likely as declared', () => {
    const { reward, shown } = only([EVEN], specOf({ c: truthOf(0.2, 0.2) }));
    expect(Math.abs(reward / shown - 0.2)).toBeLessThan(5 * Math.sqrt(0.16 / shown));
  });

  test('drift changes who is best: after it the other arm is shown', () => {
    const drift = [{ afterMs: 0, overMs: 0, arm: 'b', factor: 0.1 }];
    const { byArm } = only([THOMPSON], specOf({ c: truthOf(0.05, 0.15, { drift }) }));
    expect(byArm[0]!).toBeGreaterThan(byArm[1]!);
  });

  test('groups change rates for their customers alone', () => {
    const groups = [{ condition: { plan: 'gold' }, factor: 0, arms: {} }];
    const { reward, shown } = only([EVEN], specOf({ c: truthOf(0.4, 0.4, { groups }) }));
    // A quarter of customers is gold.
    expect(Math.abs(reward / shown - 0.3)).toBeLessThan(0.04);
  });

  test('visitors whose scores say what they like are shown it, where the strategy asks for scores', () => {
    const likes = { kind: 'uniform', min: 0, max: 1 } as const;
    const groups = [{ condition: { 'likes.a': { $gt: 0.5 } }, factor: 1, arms: { a: 10 } }];
    const world = specOf({ c: truthOf(0.05, 0.15, { groups }) }, { attributes: { 'likes.a': likes, neutral: likes } });
    const arms = [armOf('a', { score: 'likes.a' }), armOf('b', { score: 'neutral' })];
    const known = ['likes.a', 'neutral'].map((id) => ({ id, type: 'number', source: 'any' }) as const);
    const lost = (modelWeight: number) => {
      const strategy = { policy: 'ucb', modelWeight, minExploration: 0.01 } as const;
      const scored = campaignOf('c', { strategy, arms });
      const catalog = catalogOf(configurationOf([scored], { channels: [channelOf('web')], attributes: known }));
      const plan = planOf(catalog, world.truth);
      return playWorld({ spec: world, plan, population: populationOf(world, 1), seed: 1 })[0]!.regret;
    };
    expect(lost(0.9)).toBeLessThan(0.8 * lost(0));
  });

  test('groups may name segments that no campaign uses', () => {
    const groups = [{ condition: { $inSegment: 'vip' }, factor: 0, arms: {} }];
    const world = specOf({ c: truthOf(0.4, 0.4, { groups }) });
    const catalog = catalogOf(configurationOf([EVEN], { channels: [channelOf('web')] }));
    const plan = planOf({ ...catalog, segments: { vip: { plan: 'gold' } } }, world.truth);
    const { reward, shown } = playWorld({ spec: world, plan, population: populationOf(world, 1), seed: 1 })[0]!;
    expect(Math.abs(reward / shown - 0.3)).toBeLessThan(0.04);
  });

  test('fatigue lowers the rate of those who were touched before', () => {
    const fatigue = { factor: 0.2, withinMs: 30 * DAY_MS };
    const fresh = only([EVEN], specOf({ c: truthOf(0.3, 0.3) }));
    const tired = only([EVEN], specOf({ c: truthOf(0.3, 0.3, { fatigue }) }));
    expect(tired.shown).toBe(fresh.shown);
    expect(tired.reward).toBeLessThan(0.85 * fresh.reward);
  });

  test('caps are held, and count who is reached', () => {
    const capped = campaignOf('c', { caps: [{ max: 1, windowMs: 90 * DAY_MS }] });
    const { shown, reach } = only([capped], spec);
    expect(shown).toBe(reach);
    expect(only([EVEN], spec).shown).toBeGreaterThan(reach);
  });

  test('sticky periods keep one trial over their exposures', () => {
    const sticky = campaignOf('c', { sticky: { mode: 'days', days: 30 } });
    const { shown, reach, trials } = only([sticky], spec);
    expect(trials).toBe(reach);
    expect(shown).toBeGreaterThan(trials);
  });

  test('what is not seen is no trial', () => {
    const { shown } = only([EVEN], specOf({ c: truthOf(0.05, 0.15) }, { seen: 0.5 }));
    const all = only([EVEN], spec).shown;
    expect(Math.abs(shown / all - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / all));
  });
});

describe('delays', () => {
  const late = { median: 6 * DAY_MS, spread: 0 };
  const goals = [{ id: 'buy', name: 'Buy', source: 'any', windowMs: 30 * DAY_MS, defaultValueMinor: 0 }] as const;
  const truth = (delay: typeof late | undefined) => {
    const spec = specOf({ c: { ...truthOf(0, 0), arms: { a: { rate: 0.05, delay }, b: { rate: 0.15, delay } } } });
    const campaign = { ...THOMPSON, objective: { ...THOMPSON.objective, goal: 'buy' } };
    const catalog = catalogOf(configurationOf([campaign], { goals }));
    const plan = planOf(catalog, spec.truth);
    return playWorld({ spec, plan, population: populationOf(spec, 1), seed: 1 })[0]!;
  };

  test('keep the campaign from learning until they are over, and lose nothing of the reward', () => {
    const [now, delayed] = [truth(undefined), truth(late)];
    // Six of seven days go by before the first outcome: about half of all exposures still go to the worse arm.
    expect(now.byArm[0]! / now.shown).toBeLessThan(0.2);
    expect(delayed.byArm[0]! / delayed.shown).toBeGreaterThan(0.35);
    expect(delayed.reward).toBeGreaterThan(0);
  });

  test('beyond the window of the goal nothing is credited', () => {
    expect(truth({ median: 31 * DAY_MS, spread: 0 }).reward).toBe(0);
  });
});

describe('several campaigns', () => {
  test('compete for a placement by what is expected of them', () => {
    const spec = specOf({ good: truthOf(0.3, 0.3), poor: truthOf(0.01, 0.01) });
    const [good, poor] = play([learnerOf('good'), learnerOf('poor')], spec);
    expect(good!.campaignId).toBe('good');
    expect(good!.shown).toBeGreaterThan(5 * poor!.shown);
  });
});

describe('rewards', () => {
  const goals = [
    { id: 'buy', name: 'Buy', source: 'any', windowMs: DAY_MS, defaultValueMinor: 0 },
    { id: 'leave', name: 'Leave', source: 'any', windowMs: DAY_MS, defaultValueMinor: 0 },
  ] as const;
  // `b` is bought from less often, but twice then, and for three times as much; whoever sees `a` leaves more often.
  const arms = {
    a: { rate: 0.2, value: { median: 1_000, spread: 0.5 }, times: 1, also: { leave: 0.3 } },
    b: { rate: 0.15, value: { median: 3_000, spread: 0.5 }, times: 2, also: { leave: 0.05 } },
  };
  const mean = (median: number) => (median * Math.exp(0.125)) / 100;
  const run = (reward: RewardConfiguration, strategy: CampaignConfiguration['strategy']) => {
    const spec = specOf({ c: { ...truthOf(0, 0), arms } });
    const campaign = { ...THOMPSON, strategy, objective: { ...THOMPSON.objective, goal: 'buy', reward } };
    const plan = planOf(catalogOf(configurationOf([campaign], { goals })), spec.truth);
    return playWorld({ spec, plan, population: populationOf(spec, 1), seed: 1 })[0]!;
  };

  test('contenders with rewards and goals of their own are measured by one yardstick', () => {
    const spec = specOf({ c: { ...truthOf(0, 0), arms } });
    const measure = { goal: goals[0], reward: { kind: 'revenue', maxMinor: 1_000_000 } } as const;
    const runAs = (objective: Partial<CampaignConfiguration['objective']>) => {
      const campaign = { ...EVEN, objective: { ...EVEN.objective, goal: 'buy', ...objective } };
      const catalog = catalogOf(configurationOf([campaign], { goals }));
      const plan = planOf(catalog, spec.truth, new Map([['c', measure]]));
      return playWorld({ spec, plan, population: populationOf(spec, 1), seed: 1 })[0]!;
    };
    const byOrders = runAs({});
    // An even split learns nothing, so all of them show and earn the same.
    expect(runAs({ reward: { kind: 'count', max: 100 } })).toEqual(byOrders);
    expect(runAs({ goal: 'leave' })).toEqual(byOrders);
    expect(byOrders.reward).toBeCloseTo(byOrders.revenue, 6);
    expect(byOrders.revenue).toBeGreaterThan(10 * byOrders.conversions);
    // What is lost is in money as well: half of the exposures miss the difference of the two arms.
    const gap = 0.15 * 2 * mean(3_000) - 0.2 * mean(1_000);
    expect(Math.abs(byOrders.regret / (gap * byOrders.byArm[0]!) - 1)).toBeLessThan(1e-9);
  });

  test.each<[RewardConfiguration, expected: number]>([
    [{ kind: 'binary' }, (0.2 + 0.15) / 2],
    [{ kind: 'revenue', maxMinor: 1_000_000 }, (0.2 * mean(1_000) + 0.15 * 2 * mean(3_000)) / 2],
    [{ kind: 'count', max: 1_000 }, (0.2 + 0.15 * 2) / 2],
    [
      {
        kind: 'composite',
        goals: [
          { goal: 'buy', weight: 1 },
          { goal: 'leave', weight: -0.5 },
        ],
      },
      (0.2 - 0.15 + (0.15 - 0.025)) / 2,
    ],
  ])(
    '$kind: what is earned is what was declared, and Thompson sampling finds the arm that earns more',
    (reward, expected) => {
      const even = run(reward, EVEN.strategy);
      expect(Math.abs(even.reward / even.shown / expected - 1)).toBeLessThan(0.25);
      const learned = run(reward, THOMPSON.strategy);
      expect(learned.regret).toBeLessThan(0.5 * even.regret);
      const best = reward.kind === 'binary' ? 0 : 1;
      expect(learned.byArm[best]!).toBeGreaterThan(2 * learned.byArm[1 - best]!);
    },
  );
});

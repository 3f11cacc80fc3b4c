import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playWorld } from '../../simulations/worlds/play.ts';
import type { PlayedCampaign } from '../../simulations/worlds/played.ts';
import { populationOf } from '../../simulations/worlds/visits.ts';
import { loadWorld } from './load.ts';

/** One run of an example, by contender; seed 1 unless told. */
function playExample(name: string, seed = 1): (contender: string) => PlayedCampaign {
  const { spec, contenders, compared } = loadWorld(join(import.meta.dirname, '../../examples/worlds', name));
  const population = populationOf(spec, seed);
  return (wanted) => {
    const { plan } = contenders.find((contender) => contender.name === wanted)!;
    return playWorld({ spec, plan, population, seed }).find(({ campaignId }) => campaignId === compared[0])!;
  };
}

/** What the guide says of them, one run each: differences of many standard errors. */
describe('the example worlds', { timeout: 120_000 }, () => {
  test('where tastes differ, policies that look at the customer lose less than a third of what Thompson sampling does', () => {
    const played = playExample('contexts.yaml');
    const blind = played('Thompson without contexts').regret;
    for (const name of ['linear Thompson', 'LinUCB', 'inverse gap on features'])
      expect(played(name).regret).toBeLessThan(blind / 3);
    expect(played('Thompson by leaf').regret).toBeLessThan(blind / 2);
  });

  test('where a winner wears out, forgetting loses less than remembering all', () => {
    const played = playExample('drift.yaml');
    const remembering = played('Thompson').regret;
    expect(played('Thompson, half-life 3 days').regret).toBeLessThan(0.8 * remembering);
  });

  test('where the better arm is slow, delay correction finds it and plain Thompson sampling does not', () => {
    const played = playExample('delay.yaml');
    const [even, plain, corrected] = ['even split', 'Thompson', 'Thompson with delay correction'].map(played);
    expect(plain!.regret).toBeGreaterThan(1.3 * even!.regret);
    expect(corrected!.regret).toBeLessThan(0.7 * plain!.regret);
  });

  test('where the cheaper offer sells more often, learning from money earns more and learning from orders less than an even split', () => {
    const [even, orders, money] = ['even split', 'Thompson by orders', 'Thompson by money'].map(
      playExample('revenue.yaml'),
    );
    expect(orders!.conversions).toBeGreaterThan(1.1 * even!.conversions);
    expect(orders!.reward).toBeLessThan(0.97 * even!.reward);
    expect(money!.reward).toBeGreaterThan(1.1 * even!.reward);
    expect(money!.regret).toBeLessThan(0.5 * even!.regret);
  });

  test('where customers tire, a cap of three keeps nearly all clicks with fewer touches', () => {
    const played = playExample('fatigue.yaml');
    const [free, three] = ['no cap', '3 in 3 days'].map(played);
    expect(three!.shown).toBeLessThan(0.9 * free!.shown);
    expect(three!.reward).toBeGreaterThan(0.93 * free!.reward);
  });
});

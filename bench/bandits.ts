/** What the root computes once per version, and a whole decision. */
import { probabilityBest } from '../decisioning/bandits/p-best.ts';
import { decide } from '../decisioning/decide.ts';
import { armOf, campaignOf, configurationOf, slicesOf } from '../decisioning/testing/configuration.ts';
import { inputOf } from '../decisioning/testing/decide-once.ts';
import { type BenchRow, timeOf } from './clock.ts';

const ARMS = 10;
const CAMPAIGNS = 10;

/** The rows of this file. */
export function banditRows(): BenchRow[] {
  const posteriors = Array.from({ length: ARMS }, (_, i) => ({ alpha: 50 + 2 * i, beta: 950 }));
  const arms = Array.from({ length: ARMS }, (_, i) => armOf(`arm-${i}`));
  const strategy = { policy: 'thompson', minExploration: 0.01 } as const;
  const gold = [{ id: 'gold', condition: { plan: 'gold' } }];
  const campaigns = Array.from({ length: CAMPAIGNS }, (_, i) =>
    campaignOf(`campaign-${i}`, { strategy, arms, contexts: gold, caps: [{ max: 3, windowMs: 604_800_000 }] }),
  );
  const input = {
    ...inputOf(slicesOf(configurationOf(campaigns)), { customer: { traits: { plan: 'gold' } } }),
    trace: false,
  };
  return [
    {
      id: 'thompson.p_best',
      what: `Thompson, P(best) of ${ARMS} Betas, once per version and leaf`,
      time: timeOf(() => probabilityBest(posteriors)[0]!),
    },
    {
      id: 'decide.one_placement',
      what: `decide() of one placement: ${CAMPAIGNS} campaigns with a context and a cap, ${ARMS} arms each`,
      time: timeOf(() => decide(input)[0]!.chosen!.propensityArm),
    },
  ];
}

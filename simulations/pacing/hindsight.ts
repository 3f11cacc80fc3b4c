/** What a day's money could have bought by somebody who knew from the start how many would come, and spent exactly as planned. */
import type { SliceCampaign } from '../../decisioning/catalog/slice.ts';
import { priceOf } from '../../decisioning/limits/needs.ts';
import { type PacedWorld, rateOf, TIERS, TRAFFIC } from './world.ts';

/** A visitor, of no known tier: what serving them costs and buys on average. */
interface Visit {
  readonly units: number;
  readonly conversions: number;
}

/** Halving an interval of prices so often leaves nothing of it. */
const HALVINGS = 50;
/** Units are worth a conversion at most. */
const DEAREST = 1;

/**
 * Conversions bought by the best price of every hour, and by spending what it leaves at the price below it: the optimum of the linear
 * programme whose dual the price is (expected values, no hour above its plan).
 *
 * @param planned units of each local hour of a day of 24
 * @param visitors of the day whose contents would be seen
 */
export function boughtInHindsight(world: PacedWorld, planned: readonly number[], visitors: number): number {
  return planned.reduce((sum, units, hour) => {
    const came = (visitors * (TRAFFIC[hour] as number)) / planned.length;
    return sum + came * bestFor(world, units / came).conversions;
  }, 0);
}

/** The most that one visitor may bring when they may cost so much on average. */
function bestFor(world: PacedWorld, units: number): Visit {
  let low = 0;
  let high = DEAREST;
  const all = visitAt(world, low);
  if (all.units <= units) return all;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (visitAt(world, middle).units > units) low = middle;
    else high = middle;
  }
  const [more, less] = [visitAt(world, low), visitAt(world, high)];
  const share = more.units === less.units ? 0 : (units - less.units) / (more.units - less.units);
  return { units, conversions: less.conversions + share * (more.conversions - less.conversions) };
}

/** An average visitor at a price: each tier sees the campaign that is worth most after it. */
function visitAt({ slice, evidence }: PacedWorld, price: number): Visit {
  const purse = () => ({ units: Infinity, price });
  const visit = { units: 0, conversions: 0 };
  TIERS.forEach((id, tier) => {
    const leafOf = (campaign: SliceCampaign): string =>
      campaign.contexts.some((context) => context.id === id) ? id : 'rest';
    const valued = slice.campaigns.map(({ rules }) => {
      const expected = evidence.expected(rules, leafOf(rules));
      return {
        rules,
        units: expected.units?.[0] ?? 0,
        value: expected.rate - priceOf(rules.needs, purse, expected.units),
      };
    });
    const best = valued.reduce((one, other) => (other.value > one.value ? other : one));
    if (best.units === 0) return;
    const { id: campaignId, armIds } = best.rules;
    const probabilities = evidence.probabilities(best.rules, leafOf(best.rules));
    const rate = armIds.reduce((sum, armId, i) => sum + probabilities[i]! * rateOf(campaignId, armId, tier), 0);
    visit.units += best.units / TIERS.length;
    visit.conversions += rate / TIERS.length;
  });
  return visit;
}

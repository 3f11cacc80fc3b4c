/** What a replayed decision says of its candidates' values, checked against the prices that its receipt tells. */
import type { RulesSlice } from '../../decisioning/catalog/slice.ts';
import type { PlacementDecision } from '../../decisioning/decide.ts';
import { unitsOfArm } from '../../decisioning/limits/ledger-spec.ts';
import type { Receipt } from '../../decisioning/receipt.ts';

/** Of sums of floating-point numbers. */
const ROUNDING = 1e-9;

/** What is wrong with the values that candidates were compared by; null when they are right. */
export function wrongWithPrices(decision: PlacementDecision, receipt: Receipt, rules: RulesSlice): string | null {
  for (const { campaignId, parts, value, reason } of decision.candidates ?? []) {
    if (!parts || value === undefined) continue;
    const { fatigue, price = 0, ...terms } = parts;
    const worth = Object.values(terms).reduce((sum, term) => sum + term, 0);
    const [least, most] = pricesOf(rules, campaignId, receipt);
    if (price < least - ROUNDING || price > most + ROUNDING)
      return `price: ${campaignId} was asked ${price}, its units cost ${least} to ${most}`;
    if (Math.abs(worth - fatigue - price - value) > ROUNDING)
      return `price: ${campaignId} was valued ${value}, it is worth ${worth} less ${fatigue} and ${price}`;
    if (price > 0 && value < 0 && reason !== 'paced' && reason !== 'fatigued')
      return `price: ${campaignId} costs more than it is worth and was ${reason ?? 'chosen'}`;
  }
  return null;
}

/** What the units of a campaign's cheapest and of its dearest arm cost. */
function pricesOf(rules: RulesSlice, campaignId: string, { purse = {} }: Receipt): readonly [number, number] {
  const campaign = rules.campaigns.find(({ id }) => id === campaignId);
  let [least, most] = [0, 0];
  for (const need of campaign?.needs ?? []) {
    const price = purse[need.ledger]?.price ?? 0;
    const units = (campaign?.armIds ?? []).map((_, arm) => unitsOfArm(need, arm));
    least += price * Math.min(...units);
    most += price * Math.max(...units);
  }
  return [least, most];
}

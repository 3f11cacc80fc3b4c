/** The preset `seed`: points for priority, channel, urgency and budget; nothing that was learned enters. */
import type { PresetCandidate, PresetValue } from './preset.ts';
import { affinityOf, NEUTRAL_TERMS } from './terms.ts';

const MS_PER_HOUR = 3_600_000;
const POINTS_PER_PRIORITY = 10;
const AFFINITY_POINTS = 20;
const URGENCY_POINTS = 10;
/** A campaign in its last day is as urgent as one can be. */
const URGENT_HOURS = 24;
const BUDGET_PER_POINT = 1_000;
const MOST_BUDGET_POINTS = 10;

/**
 * 10·priority + 20·affinity + 10·min(1, 24/max(h, 1)) + min(budget/1000, 10), in points. h is the time to the campaign's end in hours,
 * infinite without an end: no urgency. The budget is the declared one, in major units.
 */
export function seed({ campaign, channel, nowMs }: PresetCandidate): PresetValue {
  const declared = campaign.arbitration ?? NEUTRAL_TERMS;
  const hoursLeft = campaign.endsAtMs === null ? Number.POSITIVE_INFINITY : (campaign.endsAtMs - nowMs) / MS_PER_HOUR;
  const priority = POINTS_PER_PRIORITY * campaign.priority;
  const affinity = AFFINITY_POINTS * affinityOf(declared, channel);
  const urgency = URGENCY_POINTS * Math.min(1, URGENT_HOURS / Math.max(hoursLeft, 1));
  const budget = Math.min(declared.budget / BUDGET_PER_POINT, MOST_BUDGET_POINTS);
  return { terms: { priority, affinity, urgency, budget }, total: priority + affinity + urgency + budget };
}

/** The days that pacing is measured on, and by what. */
import type { Pacing } from '../../decisioning/limits/ledger-spec.ts';
import { plannedBy } from '../../decisioning/limits/plan.ts';
import { windowAt } from '../../decisioning/limits/windows.ts';
import { type PlayedDay, playDay, SEEN } from './day.ts';
import { boughtInHindsight } from './hindsight.ts';
import type { PacingMode } from './ledger.ts';
import { type PacedWorld, pacedWorld, TRAFFIC } from './world.ts';

/** In Berlin: one of 24 hours, one of 23, one of 25. */
export const DAYS = {
  'of 24 hours': Date.UTC(2026, 10, 22, 12),
  'of 23 hours': Date.UTC(2026, 2, 29, 12),
  'of 25 hours': Date.UTC(2026, 9, 25, 12),
} as const;
export type DayName = keyof typeof DAYS;

interface PlannedPool {
  readonly pacing: Pacing;
  /** Claims a day that the pool pays for, per forecast visitor: half the traffic can spend it in every hour. */
  readonly claimsPerVisitor: number;
}

/** An even plan must be spendable in the emptiest hours of a day with half the traffic too; one that follows traffic has it easier. */
export const PLANS = {
  even: { pacing: { mode: 'even' }, claimsPerVisitor: 0.1 },
  'by traffic': { pacing: { mode: 'profile', hours: TRAFFIC }, claimsPerVisitor: 0.2 },
} as const satisfies Record<string, PlannedPool>;
export type PlanName = keyof typeof PLANS;

/** What an average claim costs, minor units. */
const USUAL_COST = 45;
const ISOLATES = 8;
const HOUR_MS = 3_600_000;

export interface PacingCase {
  readonly plan: PlanName;
  readonly day: DayName;
  /** Real visitors per forecast one. */
  readonly traffic: number;
  readonly mode: PacingMode;
  /** Visitors a day that the budget was made for. */
  readonly forecast: number;
  readonly seed: number;
  /** Times the budget that half the traffic can spend; 1 when absent. */
  readonly budget?: number;
}

function worldOf({ plan, forecast, budget = 1 }: Pick<PacingCase, 'plan' | 'forecast' | 'budget'>): PacedWorld {
  const { pacing, claimsPerVisitor } = PLANS[plan];
  return pacedWorld(Math.round(forecast * claimsPerVisitor * USUAL_COST * budget), pacing);
}

/** Plays a case. */
export function playCase(played: PacingCase): PlayedDay {
  const { day, traffic, mode, forecast, seed } = played;
  const visitors = forecast * traffic;
  return playDay({ world: worldOf(played), atMs: DAYS[day], visitors, isolates: ISOLATES, mode, seed });
}

/** Conversions for each unit that the best prices in hindsight buy, on a day of 24 hours. */
export function bestCase({ plan, traffic, forecast }: Pick<PacingCase, 'plan' | 'traffic' | 'forecast'>): number {
  const world = worldOf({ plan, forecast });
  const { spec } = world;
  const window = windowAt(spec, DAYS['of 24 hours']);
  const by = (hour: number): number => plannedBy(spec, window, (window.fromMs as number) + hour * HOUR_MS) as number;
  const planned = Array.from({ length: 24 }, (_, hour) => by(hour + 1) - by(hour));
  return boughtInHindsight(world, planned, forecast * traffic * SEEN) / spec.total;
}

/** How far spending was from its plan at the worst hour's end, as shares. */
export interface PacingErrors {
  /** Of the day's total. */
  readonly ofTotal: number;
  /** Of what was planned by then, in the hours before. */
  readonly ofPlanEarly: number;
  /** Of what was planned by then, from an hour on. */
  readonly ofPlanSoFar: number;
}

/** From this hour on, counted from 0, a day of some thousand claims is held against what was planned so far. */
export const HELD_FROM_HOUR = 2;

/** Judged by money that was really spent: what is pending or leased is not. */
export function errorsOf({ total, hours }: PlayedDay, fromHour: number = HELD_FROM_HOUR): PacingErrors {
  const off = hours.map(({ posted, planned }) => Math.abs(posted - planned));
  const ofPlan = hours.map(({ planned }, i) => off[i]! / planned);
  return {
    ofTotal: Math.max(...off) / total,
    ofPlanEarly: Math.max(...ofPlan.slice(0, fromHour)),
    ofPlanSoFar: Math.max(...ofPlan.slice(fromHour)),
  };
}

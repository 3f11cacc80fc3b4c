/** The days that pacing is measured on, and by what. */
import type { Pacing } from '../../decisioning/limits/ledger-spec.ts';
import { type PlayedDay, playDay } from './day.ts';
import type { PacingMode } from './ledger.ts';
import { pacedWorld, TRAFFIC } from './world.ts';

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

/** Plays a case. */
export function playCase({ plan, day, traffic, mode, forecast, seed, budget = 1 }: PacingCase): PlayedDay {
  const { pacing, claimsPerVisitor } = PLANS[plan];
  const world = pacedWorld(Math.round(forecast * claimsPerVisitor * USUAL_COST * budget), pacing);
  return playDay({ world, atMs: DAYS[day], visitors: forecast * traffic, isolates: ISOLATES, mode, seed });
}

/** How far spending was from its plan at the worst hour's end, as shares. */
export interface PacingErrors {
  /** Of the day's total. */
  readonly ofTotal: number;
  /** Of what was planned by then. */
  readonly ofPlanSoFar: number;
}

/** Judged by money that was really spent: what is pending or leased is not. */
export function errorsOf({ total, hours }: PlayedDay): PacingErrors {
  const off = hours.map(({ posted, planned }) => Math.abs(posted - planned));
  return {
    ofTotal: Math.max(...off) / total,
    ofPlanSoFar: Math.max(...hours.map(({ planned }, i) => off[i]! / planned)),
  };
}

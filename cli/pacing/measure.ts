/** Plays days of a paced pool and makes rows of them. */
import {
  bestCase,
  DAYS,
  type DayName,
  errorsOf,
  type PacingCase,
  PLANS,
  type PlanName,
  playCase,
} from '../../simulations/pacing/cases.ts';
import type { PlayedDay } from '../../simulations/pacing/day.ts';
import type { PacingMode } from '../../simulations/pacing/ledger.ts';

const TRAFFIC_TIMES = [2, 1, 0.5] as const;
const MODES: readonly PacingMode[] = ['priced', 'throttled', 'unpaced'];
/** Conversions are told for as much money as a shop thinks in: 100 of its currency. */
const UNITS_TOLD = 10_000;
/** A budget that a quiet day cannot spend, in times of one that it can. */
const TOO_MUCH = 5;

export interface Effort {
  /** Visitors a day that budgets are made for. */
  readonly forecast: number;
  readonly seeds: number;
}

type Told = (text: string) => void;

const percent = (share: number, places = 2): string => `${(100 * share).toFixed(places)} %`;
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const namesOf = <K extends string>(record: Record<K, unknown>): K[] => Object.keys(record) as K[];

function playSeeds(which: Omit<PacingCase, 'forecast' | 'seed'>, { forecast, seeds }: Effort): PlayedDay[] {
  return Array.from({ length: seeds }, (_, i) => playCase({ ...which, forecast, seed: i + 1 }));
}

/** How far spending strays from its plan at the worst hour of all seeds: plan × traffic × day. */
export function curveRows(effort: Effort, tell: Told): string[][] {
  const rows = [
    ['plan', 'traffic', 'day', 'claims', 'off, of total', 'of plan, hours 0 and 1', 'of plan, from hour 2', 'spent'],
  ];
  for (const plan of namesOf<PlanName>(PLANS)) {
    for (const traffic of TRAFFIC_TIMES) {
      for (const day of namesOf<DayName>(DAYS)) {
        tell(`${plan}, ${traffic} × forecast, ${day}`);
        rows.push([
          plan,
          `${traffic} ×`,
          day,
          ...curveCells(playSeeds({ plan, day, traffic, mode: 'priced' }, effort)),
        ]);
      }
    }
  }
  return rows;
}

function curveCells(played: readonly PlayedDay[]): string[] {
  const errors = played.map((day) => errorsOf(day));
  return [
    Math.round(mean(played.map(({ claims }) => claims))).toLocaleString('en'),
    percent(Math.max(...errors.map(({ ofTotal }) => ofTotal))),
    percent(Math.max(...errors.map(({ ofPlanEarly }) => ofPlanEarly)), 1),
    percent(Math.max(...errors.map(({ ofPlanSoFar }) => ofPlanSoFar)), 1),
    percent(Math.min(...played.map(({ posted, total }) => posted / total)), 1),
  ];
}

/** What the same money buys with price and plan, with the plan alone, as it comes, and at the best prices in hindsight. */
export function valueRows(effort: Effort, tell: Told): string[][] {
  const rows = [['plan', 'traffic', ...MODES, 'best in hindsight', 'priced / throttled', 'priced / best']];
  for (const plan of namesOf<PlanName>(PLANS)) {
    for (const traffic of TRAFFIC_TIMES) {
      const bought = MODES.map((mode) => {
        tell(`${plan}, ${traffic} × forecast, ${mode}`);
        const played = playSeeds({ plan, day: 'of 24 hours', traffic, mode }, effort);
        return mean(played.map((day) => (UNITS_TOLD * day.bought) / day.posted));
      });
      const best = UNITS_TOLD * bestCase({ plan, traffic, forecast: effort.forecast });
      const [priced, throttled] = bought as [number, number, number];
      const compared = [(priced / throttled).toFixed(2), (priced / best).toFixed(2)];
      rows.push([plan, `${traffic} ×`, ...[...bought, best].map((n) => n.toFixed(1)), ...compared]);
    }
  }
  return rows;
}

/** A budget that half the traffic cannot spend, whatever the price. */
export function shortfallRows(effort: Effort, tell: Told): string[][] {
  tell('too few visitors');
  const which = { plan: 'by traffic', day: 'of 24 hours', traffic: 0.5, mode: 'priced', budget: TOO_MUCH } as const;
  const played = playSeeds(which, effort);
  const ahead = played.flatMap(({ hours, total }) => hours.map(({ posted, planned }) => (posted - planned) / total));
  const paced = played.map(({ reasons, visitors }) => (reasons.paced ?? 0) / visitors);
  const rows = [['plan', 'traffic', 'budget', 'spent', 'most ahead of plan', 'turned away by price']];
  const spent = percent(mean(played.map(({ posted, total }) => posted / total)), 1);
  return [
    ...rows,
    ['by traffic', '0.5 ×', `${TOO_MUCH} ×`, spent, percent(Math.max(0, ...ahead)), percent(mean(paced))],
  ];
}

/** One day as the picture shows it: by plan and price, and as it comes. */
export function pictureDay(forecast: number): { readonly priced: PlayedDay; readonly unpaced: PlayedDay } {
  const which = { plan: 'by traffic', day: 'of 24 hours', traffic: 2, forecast, seed: 1 } as const;
  return { priced: playCase({ ...which, mode: 'priced' }), unpaced: playCase({ ...which, mode: 'unpaced' }) };
}

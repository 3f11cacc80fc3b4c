/** Campaigns that are attacked: 1,000 trials an hour, arms that convert seldom and often, young and old. */
import type { PoisonedWorld } from './day.ts';

const world = (rates: readonly [number, number], hoursBefore: number, minExploration = 0.05): PoisonedWorld => ({
  rates,
  trialsPerHour: 1_000,
  hoursBefore,
  minExploration,
});

const DAY = 24;
const WEEK = 7 * DAY;

export const POISONED_WORLDS: Readonly<Record<string, PoisonedWorld>> = {
  '3.0 % and 2.4 %, second day': world([0.03, 0.024], DAY),
  '3.0 % and 2.4 %, after a week': world([0.03, 0.024], WEEK),
  '3.0 % and 2.4 %, after a week, floor 1 %': world([0.03, 0.024], WEEK, 0.01),
  '10 % and 8 %, first day': world([0.1, 0.08], 0),
  '10 % and 8 %, second day': world([0.1, 0.08], DAY),
  '10 % and 8 %, after a week': world([0.1, 0.08], WEEK),
  'both 10 %, after a week': world([0.1, 0.1], WEEK),
  '30 % and 25 %, after a week': world([0.3, 0.25], WEEK),
};

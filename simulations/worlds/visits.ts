/** Who comes to a world and when: drawn once per seed, before anybody decides anything. */
import { localClock } from '../../decisioning/time-zone.ts';
import { type AttributeValue, drawAttribute, exponential, PURPOSE, poisson, randomFor } from './draws.ts';
import type { VisitorsSpec, WorldSpec } from './spec.ts';

const HOUR_MS = 3_600_000;
const HOURS_PER_DAY = 24;
const DAY_MS = HOURS_PER_DAY * HOUR_MS;

/** A run keeps its visits in memory, and every contender decides for each. */
export const MAX_VISITS = 1_000_000;

export interface Person {
  readonly id: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Channels they said yes to. */
  readonly consents: readonly string[];
}

export interface Visit {
  readonly atMs: number;
  /** Index of the person. */
  readonly person: number;
}

export interface Population {
  readonly people: readonly Person[];
  /** By time. */
  readonly visits: readonly Visit[];
}

/**
 * Draws everybody who comes to a world: first visits by the hour and day, then returns.
 *
 * @param seed a whole number below 2^32; the same seed gives the same people at the same moments.
 * @throws RangeError beyond {@link MAX_VISITS}.
 */
export function populationOf(spec: WorldSpec, seed: number): Population {
  const { visitors, startMs, days } = spec;
  const people: Person[] = [];
  const visits: Visit[] = [];
  const arrivals = randomFor(seed, PURPOSE.arrivals, 0, 0);
  const hourWeights = shares(visitors.hours);
  const meanDay = visitors.weekdays.reduce((sum, weight) => sum + weight, 0) / visitors.weekdays.length;
  for (let hour = 0; hour < days * HOURS_PER_DAY; hour++) {
    const fromMs = startMs + hour * HOUR_MS;
    const { day, minute } = localClock(fromMs, visitors.timeZone);
    const weight = hourWeights[Math.floor(minute / 60)]! * (visitors.weekdays[day - 1]! / meanDay);
    for (let left = poisson(visitors.newPerDay * weight, arrivals); left > 0; left--) {
      const person = people.length;
      people.push(drawPerson(visitors, seed, person));
      for (const atMs of visitTimes(spec, seed, person, fromMs + arrivals.next() * HOUR_MS)) {
        visits.push({ atMs, person });
        if (visits.length > MAX_VISITS) throw new RangeError(`a world has at most ${MAX_VISITS} visits a run`);
      }
    }
  }
  visits.sort((one, other) => one.atMs - other.atMs || one.person - other.person);
  return { people, visits };
}

function drawPerson({ attributes, consents }: VisitorsSpec, seed: number, person: number): Person {
  const random = randomFor(seed, PURPOSE.person, person, 0);
  return {
    id: `person-${person}`,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, spec]) => [name, drawAttribute(spec, random)] as const),
    ),
    consents: Object.entries(consents).flatMap(([channel, share]) => (random.next() < share ? [channel] : [])),
  };
}

/** The first visit and the returns, in whole milliseconds, within the world's days. */
function visitTimes({ visitors, startMs, days }: WorldSpec, seed: number, person: number, firstMs: number): number[] {
  const { share, afterMs } = visitors.again;
  const random = randomFor(seed, PURPOSE.person, person, 1);
  const endMs = startMs + days * DAY_MS;
  const times: number[] = [];
  // People do not come back at hours at which nobody comes: a return is moved to an hour drawn as that of a first visit.
  for (let atMs = firstMs; atMs < endMs; ) {
    times.push(Math.floor(atMs));
    if (random.next() >= share) break;
    const nextMs = atMs + exponential(afterMs, random);
    const moved = hourDrawn(visitors, nextMs, random.next());
    atMs = moved > atMs ? moved : moved + DAY_MS;
  }
  return times;
}

/** The same local day, at an hour drawn by its weight. */
function hourDrawn({ hours, timeZone }: VisitorsSpec, atMs: number, u: number): number {
  const { minute } = localClock(atMs, timeZone);
  const weights = shares(hours);
  let left = u;
  let hour = 0;
  while (hour < HOURS_PER_DAY - 1 && left >= weights[hour]!) left -= weights[hour++]!;
  return atMs + (hour - Math.floor(minute / 60)) * HOUR_MS;
}

function shares(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

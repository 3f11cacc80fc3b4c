/** Finished tests from a file of rows, and the rates they are played again with. */
import { CommandFailure } from '../../failure.ts';
import type { CsvRow } from '../csv.ts';
import type { TestsMap } from './map.ts';

/** Counts of one arm. */
export interface ArmCounts {
  readonly trials: number;
  readonly conversions: number;
}

/** Two arms or more, each with trials. */
export type FinishedTest = readonly ArmCounts[];

/** Tests are kept in memory; the largest public archive has 33,000. */
const MAX_TESTS = 1_000_000;

/** Reads an archive; tests in the order of their first rows, those with one arm left out. Throws CommandFailure with `file:line`. */
export async function readArchive(
  file: string,
  rows: AsyncIterable<CsvRow>,
  map: TestsMap,
): Promise<readonly FinishedTest[]> {
  const tests = new Map<string, ArmCounts[]>();
  let places: readonly number[] | undefined;
  for await (const { line, cells } of rows) {
    if (!places) {
      places = [map.test, map.trials, map.conversions].map(({ column }) => {
        const place = cells.indexOf(column);
        if (place < 0) throw new CommandFailure(`${file}:1: has no column "${column}", only ${cells.join(', ')}`);
        return place;
      });
      continue;
    }
    const [test = '', trials = '', conversions = ''] = places.map((place) => cells[place] ?? '');
    const arm = { trials: countOf(trials), conversions: countOf(conversions) };
    if (!(arm.trials >= 1 && arm.conversions >= 0 && arm.conversions <= arm.trials))
      throw new CommandFailure(`${file}:${line}: "${conversions}" conversions in "${trials}" trials are no counts`);
    const arms = tests.get(test) ?? [];
    tests.set(test, arms);
    if (tests.size > MAX_TESTS) throw new CommandFailure(`${file}: more than ${MAX_TESTS} tests`);
    arms.push(arm);
  }
  const finished = [...tests.values()].filter((arms) => arms.length > 1);
  if (finished.length === 0) throw new CommandFailure(`${file}: holds no test with two arms`);
  return finished;
}

function countOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** How rates are spread over all arms of an archive: a Beta distribution with this mean and weight in trials. */
export interface Spread {
  readonly mean: number;
  readonly weight: number;
}

/** Beta-binomial moments over all arms: what is left of the spread of observed rates once sampling error is taken off. */
export function spreadOf(tests: readonly FinishedTest[]): Spread {
  const arms = tests.flat();
  const mean = sum(arms, (arm) => arm.conversions) / sum(arms, (arm) => arm.trials);
  const noise = mean * (1 - mean);
  const variance =
    sum(arms, ({ trials, conversions }) => (conversions / trials - mean) ** 2 - noise / trials) / arms.length;
  // Rates that differ no more than chance has them are all the mean.
  return { mean, weight: variance > 0 ? noise / variance : MAX_WEIGHT };
}
const MAX_WEIGHT = 1e9;

/** Observed rates drawn towards the archive's mean, as far as their own trials are few: (c + weight · mean) / (n + weight). */
export function shrunkRates(test: FinishedTest, { mean, weight }: Spread): readonly number[] {
  return test.map(({ trials, conversions }) => (conversions + weight * mean) / (trials + weight));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

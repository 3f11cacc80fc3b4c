/** Anomalies in a campaign's feedback: rates, values, sources and volumes that leave the band of its own last two weeks. */
import { type Tail, tailOf, valueTailOf } from './anomalies-bands.ts';
import type { Baseline, WindowBaseline } from './anomalies-baseline.ts';
import { ALL_PART, type ArrivedByPart, addParts, arrivedOf } from './anomalies-counts.ts';
import {
  addWeighed,
  type ChosenParts,
  expectedBase,
  type JudgedHour,
  judgedHour,
  type Weighed,
} from './anomalies-parts.ts';

/** What may be odd: conversions per trial, value per conversion, share of a source in all trials, exposures an hour. */
export const ANOMALY_KINDS = ['rate', 'value', 'share', 'volume'] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

/** Something that left its band. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  /** `all`, `arm:<id>`, `leaf:<id>` or `source:<site id>`; `arm:*`, `leaf:*` and `source:*` are those that are not judged alone. */
  readonly part: string;
  readonly direction: 'high' | 'low';
  /** In the unit of the kind: per trial, minor units, share of trials, exposures. */
  readonly observed: number;
  readonly expected: number;
  /** Hours that it was seen over: 1, or 24 for what is too rare to be told from one. */
  readonly hours: number;
  /** How likely something so far out is if nothing is odd. */
  readonly chance: number;
}

/** How often a false alarm may come, in days: a campaign whose feedback is what it was. */
export const FALSE_ALARM_DAYS = { low: 365, normal: 90, high: 14 } as const;
export type Sensitivity = keyof typeof FALSE_ALARM_DAYS;

/** Looks at an open hour: the level of each test is shared among them. */
export const LOOKS_PER_HOUR = 12;
/** By how many times something must have changed beyond chance: less happens to honest campaigns, and harms little. */
const MARGINS: Readonly<Record<AnomalyKind, number>> = { rate: 1.25, value: 2, share: 3, volume: 3 };
const HOURS_PER_DAY = 24;
/** Tests of a part: its rate and its values, in an hour and in a day. Parts that grew are picked among many: all of them share the level. */
const TESTS_PER_PART = 4;

interface Test extends Tail {
  readonly kind: AnomalyKind;
  readonly part: string;
  readonly observed: number;
  readonly hours: number;
}

/**
 * What left its band, the least likely first. Every test gets its share of the level at which one false alarm comes in the days that the sensitivity
 * names (Bonferroni, over tests and looks): there are fewer, since looks at one hour are much alike.
 *
 * @param open what arrived in the hour of the baseline so far
 * @param elapsed how much of that hour is over, (0, 1]: only one that is over can have been too quiet
 */
export function findAnomalies(
  baseline: Baseline,
  open: ArrivedByPart,
  elapsed: number,
  sensitivity: Sensitivity,
): readonly Anomaly[] {
  const { chosen, windows } = baseline;
  const judged = judgedHour(chosen, open);
  const openTrials = weighedSoFar(baseline, judged, elapsed);
  const tests = [
    ...windows.flatMap((window) => windowTests(window, chosen, judged.parts, openTrials)),
    ...volumeTests(baseline, open, elapsed >= 1),
  ];
  const sharers = Math.max(1, tests.length + TESTS_PER_PART * chosen.passedOver);
  const level = 1 / (FALSE_ALARM_DAYS[sensitivity] * HOURS_PER_DAY * LOOKS_PER_HOUR * sharers);
  return tests
    .filter(({ chance }) => chance < level)
    .sort((a, b) => a.chance - b.chance)
    .map(({ kind, part, direction, observed, expected, hours, chance }) => ({
      kind,
      part,
      direction,
      observed,
      expected,
      hours,
      chance,
    }));
}

/** The trials whose outcomes can have come in the part of the hour that is over. */
function weighedSoFar({ trials: { carry, carried } }: Baseline, { trials }: JudgedHour, elapsed: number): Weighed {
  const weighed: Record<string, number> = {};
  for (const [part, weight] of Object.entries(carried)) weighed[part] = elapsed * weight;
  for (const [part, weight] of Object.entries(trials)) weighed[part] = (weighed[part] ?? 0) + (1 - carry) * weight;
  return weighed;
}

/** Tests of rates, values and shares of a window. */
function windowTests(
  baseline: WindowBaseline,
  chosen: ChosenParts,
  open: ArrivedByPart,
  openTrials: Weighed,
): readonly Test[] {
  const { hours } = baseline;
  const window = addParts(baseline.within, open);
  const weighed = addWeighed(baseline.withinTrials, openTrials);
  const all = arrivedOf(window, ALL_PART);
  const tests: Test[] = [];
  for (const { part, rate, value, share } of baseline.parts) {
    const own = arrivedOf(window, part);
    const base = expectedBase(chosen, part, weighed);
    if (rate && base > 0) {
      const tail = tailOf(rate, { base, count: own.conversions }, MARGINS.rate);
      const trials = weighed[part]!;
      tests.push({
        ...tail,
        kind: 'rate',
        part,
        hours,
        observed: own.conversions / trials,
        expected: tail.expected / trials,
      });
    }
    const tail = value && valueTailOf(value, own, MARGINS.value);
    if (tail) tests.push({ ...tail, kind: 'value', part, hours, observed: own.revenueMinor / own.conversions });
    if (share && all.trials > 0) {
      const found = tailOf(share, { base: all.trials, count: own.trials }, MARGINS.share);
      tests.push({ ...found, kind: 'share', part, hours, observed: own.trials / all.trials, expected: share.rate });
    }
  }
  return tests;
}

/** Exposures of the hour against the same hour of the days before. */
function volumeTests({ volume }: Baseline, open: ArrivedByPart, isOver: boolean): readonly Test[] {
  if (!volume) return [];
  const count = arrivedOf(open, ALL_PART).exposures;
  const tail = tailOf(volume.band, { base: volume.typical, count }, MARGINS.volume);
  if (tail.direction === 'low' && !isOver) return [];
  return [{ ...tail, kind: 'volume', part: ALL_PART, hours: 1, observed: count }];
}

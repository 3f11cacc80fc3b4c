/** What a campaign's feedback is usually like: the bands of its parts, learned from the hours before one that is looked at. */
import { type Band, bandOf, median, type ValueBand, valueBandOf } from './anomalies-bands.ts';
import {
  ALL_PART,
  type Arrived,
  type ArrivedByPart,
  type ArrivedHour,
  addArrived,
  arrivedOf,
  partKind,
} from './anomalies-counts.ts';
import { type SmoothedTrials, smoothedTrials, type Weighed } from './anomalies-delay.ts';

/** Hours that bands are learned from: two weeks have every day of the week twice, and older habits are no longer habits. */
export const BAND_HOURS = 336;
/** Hours that must be known before anything is judged: two days have every hour of the day twice. */
export const MIN_BAND_HOURS = 48;
/** Days that must be known before the volume of an hour is judged: a median of fewer days says little. */
const MIN_VOLUME_DAYS = 7;
/** The windows that are looked at: the hour itself, and a day for what is rare. */
const WINDOW_HOURS = [1, 24] as const;
/** Parts of one kind that are judged, those with the most trials: every further one costs power, and time. */
const MAX_JUDGED_PARTS = 32;
const HOURS_PER_DAY = 24;

/** The bands of one part. */
export interface PartBaseline {
  readonly part: string;
  readonly rate: Band | null;
  readonly value: ValueBand | null;
  /** Of sources alone: their share of all trials. */
  readonly share: Band | null;
}

/** The rates of a campaign's arms: what a mix of them should bring. */
interface ArmRates {
  /** Conversions per trial, by part. */
  readonly armRates: ReadonlyMap<string, number>;
  readonly overall: number;
}

/** What a window of some hours is judged by. */
export interface WindowBaseline extends ArmRates {
  readonly hours: number;
  /** What arrived in those of its hours that are over, and the trials that it is measured by. */
  readonly within: ArrivedByPart;
  readonly withinTrials: Weighed;
  readonly parts: readonly PartBaseline[];
}

/** What one hour is judged by; nothing of it changes while the hour lasts. */
export interface Baseline {
  readonly hour: number;
  readonly windows: readonly WindowBaseline[];
  /** How trials weigh in the hours after them, and those whose outcomes come in this hour. */
  readonly trials: Pick<SmoothedTrials, 'carry' | 'carried'>;
  /** Exposures in an hour like this one; null while too few days are known. */
  readonly volume: { readonly band: Band; readonly typical: number } | null;
}

/**
 * Learns what an hour is to be like.
 *
 * @param history hours that are over, in any order; an hour in which nothing arrived is one too
 * @returns null while fewer than {@link MIN_BAND_HOURS} are known that were not odd
 */
export function baselineOf(history: readonly ArrivedHour[], hour: number): Baseline | null {
  const known = history
    .filter((own) => own.hour < hour && own.hour >= hour - BAND_HOURS)
    .sort((a, b) => a.hour - b.hour);
  if (known.filter(({ odd }) => !odd).length < MIN_BAND_HOURS) return null;
  const trials = smoothedTrials(known);
  const { carry, carried } = trials;
  const windows = WINDOW_HOURS.map((hours) => windowOf(known, trials, hour, hours));
  return { hour, windows, trials: { carry, carried }, volume: volumeOf(known, hour) };
}

function windowOf(
  known: readonly ArrivedHour[],
  { byHour }: SmoothedTrials,
  hour: number,
  hours: number,
): WindowBaseline {
  const from = hour - hours + 1;
  const weighed = known.map((own, i) => ({ ...own, trials: byHour[i]! }));
  const before = weighed.filter((own) => own.hour < from && !own.odd);
  const within = weighed.filter((own) => own.hour >= from);
  const all = summed(before);
  const armRates = new Map<string, number>();
  for (const [part, { trials, conversions }] of Object.entries(all))
    if (partKind(part) === 'arm' && trials > 0) armRates.set(part, conversions / trials);
  const whole = arrivedOf(all, ALL_PART);
  const rates = { armRates, overall: whole.conversions / Math.max(whole.trials, 1) };
  return {
    hours,
    within: summed(within),
    withinTrials: within.reduce<Weighed>((sum, { trials }) => addWeighed(sum, trials), {}),
    parts: judgedParts(all).map((part) => partBaseline(part, before, rates)),
    ...rates,
  };
}

function partBaseline(
  part: string,
  before: readonly (ArrivedHour & { readonly trials: Weighed })[],
  rates: ArmRates,
): PartBaseline {
  const own = before.map(({ parts }) => arrivedOf(parts, part));
  const converted = before.map(({ trials }, i) => ({
    base: expectedBase(rates, part, trials),
    count: own[i]!.conversions,
  }));
  const shown = before.map(({ parts }, i) => ({ base: arrivedOf(parts, ALL_PART).trials, count: own[i]!.trials }));
  const share = partKind(part) === 'source' ? bandOf(shown) : null;
  return { part, rate: bandOf(converted), value: valueBandOf(own), share };
}

/** Both together, part by part. */
export function addWeighed(a: Weighed, b: Weighed): Weighed {
  const sum: Record<string, number> = { ...a };
  for (const [part, weight] of Object.entries(b)) sum[part] = (sum[part] ?? 0) + weight;
  return sum;
}

function summed(hours: readonly ArrivedHour[]): ArrivedByPart {
  const sums: Record<string, Arrived> = {};
  for (const { parts } of hours)
    for (const [part, own] of Object.entries(parts)) sums[part] = addArrived(arrivedOf(sums, part), own);
  return sums;
}

/** Of each kind of parts those with the most trials. */
function judgedParts(all: ArrivedByPart): readonly string[] {
  const judged = new Map<string, number>();
  return Object.entries(all)
    .sort(([a, m], [b, n]) => n.trials - m.trials || (a < b ? -1 : 1))
    .filter(([part]) => {
      const before = judged.get(partKind(part)) ?? 0;
      judged.set(partKind(part), before + 1);
      return before < MAX_JUDGED_PARTS;
    })
    .map(([part]) => part);
}

/**
 * What a part's conversions are in proportion to: its trials, for all but arms weighed by the rates of the arms that were shown. Arms differ, and what
 * is learned shifts trials among them: that is no change of anybody's rate.
 */
export function expectedBase({ armRates, overall }: ArmRates, part: string, weighed: Weighed): number {
  const own = weighed[part] ?? 0;
  if (partKind(part) === 'arm' || !(overall > 0)) return own;
  let [trials, expected] = [0, 0];
  for (const [arm, rate] of armRates) {
    const here = weighed[arm] ?? 0;
    trials += here;
    expected += here * rate;
  }
  return trials > 0 && expected > 0 ? (own * expected) / trials / overall : own;
}

/** Exposures of an hour by the same hour of the days before. */
function volumeOf(known: readonly ArrivedHour[], hour: number): Baseline['volume'] {
  const first = known[0]!.hour;
  if (hour - first < MIN_VOLUME_DAYS * HOURS_PER_DAY) return null;
  const even = known.filter(({ odd }) => !odd);
  const exposures = new Map(even.map((own) => [own.hour, arrivedOf(own.parts, ALL_PART).exposures]));
  const byHourOfDay = Array.from({ length: HOURS_PER_DAY }, (_, ofDay) => {
    const days = [...exposures].filter(([own]) => own % HOURS_PER_DAY === ofDay).map(([, count]) => count);
    return days.length === 0 ? 0 : median(days);
  });
  const typicalOf = (own: number) => byHourOfDay[own % HOURS_PER_DAY]!;
  const band = bandOf([...exposures].map(([own, count]) => ({ base: typicalOf(own), count })));
  return band && typicalOf(hour) > 0 ? { band, typical: typicalOf(hour) } : null;
}

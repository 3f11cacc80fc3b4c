/** What a campaign's feedback is usually like: the bands of its parts, learned from the hours before one that is looked at. */
import { type Band, bandOf, median, type ValueBand, valueBandOf } from './anomalies-bands.ts';
import { ALL_PART, type ArrivedByPart, type ArrivedHour, addParts, arrivedOf, partKind } from './anomalies-counts.ts';
import { bestCarry, type SmoothedTrials, smoothed } from './anomalies-delay.ts';
import {
  addWeighed,
  type ChosenParts,
  choosePartsOf,
  expectedBase,
  type JudgedHour,
  judgedHour,
  summedByPart,
  type Weighed,
} from './anomalies-parts.ts';

/** Hours that bands are learned from: two weeks have every day of the week twice, and older habits are no longer habits. */
export const BAND_HOURS = 336;
/** Hours that must be known before anything is judged: two days have every hour of the day twice. */
export const MIN_BAND_HOURS = 48;
/** Days that must be known before the volume of an hour is judged: a median of fewer days says little. */
const MIN_VOLUME_DAYS = 7;
const HOURS_PER_DAY = 24;
/** The windows that are looked at: the hour itself, and a day for what is rare. */
const WINDOW_HOURS = [1, HOURS_PER_DAY] as const;

/** The bands of one part. */
export interface PartBaseline {
  readonly part: string;
  readonly rate: Band | null;
  readonly value: ValueBand | null;
  /** Of sources alone: their share of all trials. */
  readonly share: Band | null;
}

/** What a window of some hours is judged by. */
export interface WindowBaseline {
  readonly hours: number;
  /** What arrived in those of its hours that are over and were not odd, and the trials that it is measured by. */
  readonly within: ArrivedByPart;
  readonly withinTrials: Weighed;
  readonly parts: readonly PartBaseline[];
}

/** What one hour is judged by; nothing of it changes while the hour lasts. */
export interface Baseline {
  readonly hour: number;
  readonly chosen: ChosenParts;
  readonly windows: readonly WindowBaseline[];
  /** How trials weigh in the hours after them, and those whose outcomes come in this hour. */
  readonly trials: Pick<SmoothedTrials, 'carry' | 'carried'>;
  /** Exposures in an hour like this one; null while too few days are known. */
  readonly volume: { readonly band: Band; readonly typical: number } | null;
}

/**
 * Learns what an hour is to be like. What is judged is chosen first: everything behind that is as much work for a thousand arms as for thirty.
 *
 * @param history hours that are over, in any order; an hour in which nothing arrived is one too
 * @returns null while fewer than {@link MIN_BAND_HOURS} are known that were not odd
 */
export function baselineOf(history: readonly ArrivedHour[], hour: number): Baseline | null {
  const known = history
    .filter((own) => own.hour < hour && own.hour >= hour - BAND_HOURS)
    .sort((a, b) => a.hour - b.hour);
  const even = known.filter(({ odd }) => !odd);
  if (even.length < MIN_BAND_HOURS) return null;
  const dayBegins = hour - HOURS_PER_DAY + 1;
  const chosen = choosePartsOf(
    summedByPart(even.filter((own) => own.hour < dayBegins)),
    summedByPart(even.filter((own) => own.hour >= dayBegins)),
  );
  const judged = known.map(({ parts }) => judgedHour(chosen, parts));
  const { carry, byHour, carried } = smoothed(
    judged.map(({ trials }) => trials),
    bestCarry(known),
  );
  const hours = known.flatMap(({ hour: at, odd }, i): LearnedHour[] =>
    odd ? [] : [{ hour: at, parts: judged[i]!.parts, trials: byHour[i]! }],
  );
  const windows = WINDOW_HOURS.map((length) => windowOf(hours, chosen, hour, length));
  return { hour, chosen, windows, trials: { carry, carried }, volume: volumeOf(known, hour) };
}

/** An hour that bands are learned from; its trials are smoothed. */
interface LearnedHour extends JudgedHour {
  readonly hour: number;
}

function windowOf(hours: readonly LearnedHour[], chosen: ChosenParts, hour: number, length: number): WindowBaseline {
  const from = hour - length + 1;
  const before = hours.filter((own) => own.hour < from);
  const within = hours.filter((own) => own.hour >= from);
  return {
    hours: length,
    within: within.reduce<ArrivedByPart>((sum, { parts }) => addParts(sum, parts), {}),
    withinTrials: within.reduce<Weighed>((sum, { trials }) => addWeighed(sum, trials), {}),
    parts: chosen.judged.map((part) => partBaseline(part, before, chosen)),
  };
}

function partBaseline(part: string, before: readonly LearnedHour[], chosen: ChosenParts): PartBaseline {
  const own = before.map(({ parts }) => arrivedOf(parts, part));
  const converted = before.map(({ trials }, i) => ({
    base: expectedBase(chosen, part, trials),
    count: own[i]!.conversions,
  }));
  const isSource = partKind(part) === 'source';
  const shown = isSource
    ? before.map(({ parts }, i) => ({ base: arrivedOf(parts, ALL_PART).trials, count: own[i]!.trials }))
    : [];
  return { part, rate: bandOf(converted), value: valueBandOf(own), share: isSource ? bandOf(shown) : null };
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

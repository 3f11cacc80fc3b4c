import type { Counter } from './counter-paths.ts';
import { isCounterPath, parseCounterPath } from './counter-paths.ts';

const MS_PER_HOUR = 3_600_000;

/** A contact that counts against caps. `at` is milliseconds since the epoch. */
export interface TouchRecord {
  readonly at: number;
  /** How many contacts this stands for; 1 when absent. */
  readonly count?: number;
  readonly channel: string;
  readonly campaignId: string;
}

/** A goal the customer reached. `valueMinor` is money in minor units (cents), 0 when the goal carries none. */
export interface OutcomeRecord {
  readonly at: number;
  readonly goal: string;
  readonly valueMinor: number;
}

/** A behaviour event. `valueMinor` is money in minor units, 0 when the event carries none. */
export interface BehaviourRecord {
  readonly at: number;
  readonly name: string;
  readonly valueMinor: number;
}

/** The recent past of one customer, in any order. The caller bounds the lengths: every counter reads its list once. */
export interface CounterHistory {
  readonly touches: readonly TouchRecord[];
  readonly outcomes: readonly OutcomeRecord[];
  readonly behaviour: readonly BehaviourRecord[];
}

/** A history whose lists are made when a counter first asks for one, once each: most decisions ask for none. */
export function lazyHistory(
  lists: {
    readonly [List in keyof CounterHistory]: () => CounterHistory[List];
  },
): CounterHistory {
  let touches: CounterHistory['touches'] | undefined;
  let outcomes: CounterHistory['outcomes'] | undefined;
  let behaviour: CounterHistory['behaviour'] | undefined;
  return {
    get touches() {
      touches ??= lists.touches();
      return touches;
    },
    get outcomes() {
      outcomes ??= lists.outcomes();
      return outcomes;
    },
    get behaviour() {
      behaviour ??= lists.behaviour();
      return behaviour;
    },
  };
}

/** The answer of a counter resolver for a path that belongs to an attribute. */
export const NOT_A_COUNTER: unique symbol = Symbol('not a counter');

/**
 * Counters of one customer at one moment. Never happened: count 0, value 0, hoursSinceLast undefined. A window of length
 * w covers (now − w, now]; records later than now are not counted. A misspelt counter (publishing refuses those) is
 * undefined, which no comparison accepts. Answers are remembered: a resolver belongs to one decision.
 *
 * @param history any order, lengths bounded by the caller
 * @param nowMs milliseconds since the epoch
 */
export function counterResolver(
  history: CounterHistory,
  nowMs: number,
): (path: string) => number | undefined | typeof NOT_A_COUNTER {
  const known = new Map<string, number | undefined>();
  return (path) => {
    if (!isCounterPath(path)) return NOT_A_COUNTER;
    if (known.has(path)) return known.get(path);
    const parsed = parseCounterPath(path);
    const value = parsed.ok ? measureCounter(parsed.counter, history, nowMs) : undefined;
    known.set(path, value);
    return value;
  };
}

/** The value of one counter at `nowMs`; undefined for an hoursSinceLast that never happened. */
export function measureCounter(counter: Counter, history: CounterHistory, nowMs: number): number | undefined {
  const { name } = counter;
  switch (counter.root) {
    case 'touches':
      return measure(counter, history.touches, (touch) => name === null || touch.channel === name, noValue, nowMs);
    case 'exposures':
      return measure(counter, history.touches, (touch) => touch.campaignId === name, noValue, nowMs);
    case 'outcomes':
      return measure(
        counter,
        history.outcomes,
        (outcome) => name === null || outcome.goal === name,
        valueMinorOf,
        nowMs,
      );
    case 'behaviour':
      return measure(counter, history.behaviour, (event) => name === null || event.name === name, valueMinorOf, nowMs);
  }
}

function measure<T extends { readonly at: number; readonly count?: number }>(
  counter: Counter,
  records: readonly T[],
  matches: (record: T) => boolean,
  value: (record: T) => number,
  nowMs: number,
): number | undefined {
  const sinceMs = counter.measure === 'hoursSinceLast' ? Number.NEGATIVE_INFINITY : nowMs - counter.windowMs;
  let count = 0;
  let sum = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const record of records) {
    if (record.at > nowMs || record.at <= sinceMs || !matches(record)) continue;
    count += record.count ?? 1;
    sum += value(record);
    if (record.at > lastAt) lastAt = record.at;
  }
  if (counter.measure === 'count') return count;
  if (counter.measure === 'value') return sum;
  return count === 0 ? undefined : (nowMs - lastAt) / MS_PER_HOUR;
}

function noValue(): number {
  return 0;
}

function valueMinorOf(record: { readonly valueMinor: number }): number {
  return record.valueMinor;
}

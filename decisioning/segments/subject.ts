import type { CounterHistory } from './counters.ts';
import { counterResolver, NOT_A_COUNTER } from './counters.ts';
import { readPath } from './paths.ts';

/** The customer a condition is asked about, at one moment. `nowMs` is milliseconds since the epoch. */
export interface Subject {
  /** Attributes, traits, geo, device and time facts, as one object with nested objects. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly counters: CounterHistory;
  readonly nowMs: number;
}

/**
 * Where a condition finds its values. null is a missing attribute, which compares like 0 as in JavaScript; undefined is a
 * moment that never came (`hoursSinceLast` of nothing), which no comparison accepts.
 */
export type Resolve = (path: string) => unknown;

/**
 * Values of one customer by path: counters by their reserved roots (`touches`, `outcomes`, `behaviour`, `exposures`),
 * everything else from the attributes. Own properties only; `__proto__`, `constructor` and `prototype` never resolve.
 * Counters are remembered, so a resolver belongs to one decision.
 */
export function subjectResolver(subject: Subject): Resolve {
  const counters = counterResolver(subject.counters, subject.nowMs);
  return (path) => {
    const value = counters(path);
    return value === NOT_A_COUNTER ? readPath(subject.attributes, path) : value;
  };
}

/** Values of a plain attributes object, without counters: what the SDKs of GrowthBook evaluate against. */
export function attributeResolver(attributes: unknown): Resolve {
  return (path) => readPath(attributes, path);
}

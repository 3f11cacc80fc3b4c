export type { Condition } from './ast.ts';
export type { Counter, CounterHistory, CounterPathResult, CounterProblem } from './counters.ts';
export { counterResolver, isCounterPath, MAX_COUNTER_WINDOW_MS, NOT_A_COUNTER, parseCounterPath } from './counters.ts';
export { SEGMENT_LIMITS } from './limits.ts';
export type { Resolve, Subject } from './subject.ts';
export { attributeResolver, subjectResolver } from './subject.ts';

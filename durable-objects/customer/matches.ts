/** Whether a customer meets a condition now; the answer is all that leaves. */
import { ASKED } from '../../decisioning/audience/as-known.ts';
import { conditionAttributes } from '../../decisioning/request-attributes.ts';
import type { SegmentSet } from '../../decisioning/segments/segments.ts';
import { compileSegments } from '../../decisioning/segments/segments.ts';
import { subjectResolver } from '../../decisioning/segments/subject.ts';
import { isCounted } from './sampling.ts';
import type { CustomerState } from './state.ts';
import { historyOf } from './state.ts';
import { lazyTouches } from './touches.ts';
import { objectNow } from './view.ts';

/** Questions kept compiled: one estimate asks the customers of an isolate the same one. */
const MAX_QUESTIONS = 16;

const questions = new Map<string, SegmentSet>();

function compiled(question: string): SegmentSet {
  const known = questions.get(question);
  if (known) return known;
  const result = compileSegments(JSON.parse(question) as Readonly<Record<string, unknown>>);
  // The worker compiled it before it asked.
  if (!result.ok) throw new RangeError('customer: no question');
  if (questions.size >= MAX_QUESTIONS) questions.clear();
  questions.set(question, result.segments);
  return result.segments;
}

/**
 * Asks about a customer's traits and counters; facts of a request are missing.
 *
 * @param question JSON of conditions by name, `ASKED` the one that is asked for
 * @param receivedAtMs milliseconds since the epoch
 * @returns null when nobody who is counted is here
 */
export function matchesFor(state: CustomerState, question: string, receivedAtMs: number): boolean | null {
  const { meta } = state;
  if (!meta || !isCounted(state)) return null;
  const nowMs = objectNow(state, receivedAtMs);
  const attributes = conditionAttributes({
    traits: meta.profile.traits,
    request: {},
    nowMs,
    timeZone: meta.profile.timeZone,
    anonymous: meta.anonymous,
  });
  const counters = historyOf(state, lazyTouches(state));
  return compiled(question).membershipBy(subjectResolver({ attributes, counters, nowMs }))(ASKED);
}

/** What the segment language has against a condition, at paths and in words that its writer can use. */
import { readsOf, unknownFact } from '../../decisioning/catalog/attribute-paths.ts';
import { type CounterProblem, SEGMENT_LIMITS } from '../../decisioning/segments/index.ts';
import { parseCondition, readLeniently } from '../../decisioning/segments/parse.ts';
import type { ConditionReason } from '../../decisioning/segments/read-context.ts';

type Path = readonly (string | number)[];

/** A part of a condition that cannot be read. */
export interface UnreadablePart {
  /** Into the condition. */
  readonly path: Path;
  /** Reads on after the place: `is not an operator`. */
  readonly message: string;
}

type OwnReason = Exclude<ConditionReason, `counter_${string}` | `regex_${string}`>;

const WORDS: Readonly<Record<OwnReason, string>> = {
  not_an_object: 'must be an object',
  not_a_list: 'must be a list',
  not_a_string: 'must be a string',
  not_a_boolean: 'must be true or false',
  not_a_number: 'must be a number',
  not_a_plain_value: 'must be a string, number, boolean or null',
  not_json: 'must be JSON',
  unknown_operator: 'is not an operator',
  unknown_type: 'is not a type',
  mixed_operators_and_fields: 'mixes operators with fields',
  forbidden_name: 'is a name that is never accepted',
  empty_path_part: 'has an empty part between its dots',
  path_too_long: 'is too long a path',
  string_too_long: 'is too long a string',
  list_too_long: 'is too long a list',
  too_deep: 'is nested too deep',
  too_many_nodes: 'is one value too many',
};

const COUNTER_WORDS: Readonly<Record<Exclude<CounterProblem, 'not_a_counter'>, string>> = {
  bad_shape: 'is written like "behaviour.product_view.count.7d" or "outcomes.order.hoursSinceLast"',
  bad_name:
    'its second part must be "all" or an id of a-z, 0-9, "-", "_"; exposures take the id of a campaign, never "all"',
  bad_measure: 'counts "count" or "hoursSinceLast"; outcomes and behaviour also "value", exposures "count" alone',
  bad_window: 'must end in a window: a whole number and a unit (m, h or d), like 7d',
  window_too_long: 'looks back at most 90 days',
};

function wordsFor(reason: ConditionReason): string {
  if (Object.hasOwn(WORDS, reason)) return WORDS[reason as OwnReason];
  const [what = '', ...rest] = reason.split('_');
  if (what !== 'counter') return `is not a pattern that can be read: ${rest.join(' ')}`;
  return `is not a counter that can be read: ${COUNTER_WORDS[rest.join('_') as keyof typeof COUNTER_WORDS]}`;
}

/** The rest of a location after a step, without the dot that joins them; undefined when the step is not how it begins. */
function after(location: string, step: string): string | undefined {
  if (!location.startsWith(step)) return undefined;
  const rest = location.slice(step.length);
  if (rest === '' || rest.startsWith('[')) return rest;
  return rest.startsWith('.') ? rest.slice(1) : undefined;
}

/**
 * `$and[0].geo.country.$in` as the steps that lead there: names of attributes have dots of their own, so the value itself tells where a
 * step ends. Of several ways the one that gets furthest; a location that was cut short ends at the last place that is known.
 */
function pathOf(value: unknown, location: string): { readonly path: Path; readonly left: number } {
  let best: { readonly path: Path; readonly left: number } = { path: [], left: location.length };
  if (location === '' || typeof value !== 'object' || value === null) return best;
  const isList = Array.isArray(value);
  for (const [name, inner] of Object.entries(value)) {
    const rest = after(location, isList ? `[${name}]` : name);
    if (rest === undefined) continue;
    const further = pathOf(inner, rest);
    if (further.left < best.left) best = { path: [isList ? Number(name) : name, ...further.path], left: further.left };
  }
  return best;
}

/** Facts of the request that there are not. Of a condition that cannot be read in full, those of what can. */
function unknownFacts(condition: unknown): UnreadablePart[] {
  return readsOf(readLeniently(condition)).flatMap(({ path, at }): UnreadablePart[] => {
    const wrong = unknownFact(path);
    return wrong === undefined ? [] : [{ path: at, message: wrong }];
  });
}

/** Everything in a condition that cannot be read or would never have a value, up to the language's own limit; none when all is well. */
export function conditionProblems(condition: unknown): readonly UnreadablePart[] {
  const parsed = parseCondition(condition);
  const unreadable = parsed.ok
    ? []
    : parsed.problems.map(({ path, reason }) => ({ path: pathOf(condition, path).path, message: wordsFor(reason) }));
  return [...unreadable, ...unknownFacts(condition)].slice(0, SEGMENT_LIMITS.problems);
}

import { SEGMENT_LIMITS } from './limits.ts';

/** Why a part of a condition is refused. Regular expressions add their own reason after `regex_`. */
export type ConditionReason =
  | 'not_an_object'
  | 'not_a_list'
  | 'not_a_string'
  | 'not_a_boolean'
  | 'not_a_number'
  | 'not_a_plain_value'
  | 'not_json'
  | 'unknown_operator'
  | 'unknown_type'
  | 'mixed_operators_and_fields'
  | 'forbidden_name'
  | 'empty_path_part'
  | 'path_too_long'
  | 'string_too_long'
  | 'list_too_long'
  | 'too_deep'
  | 'too_many_nodes'
  | `counter_${string}`
  | `regex_${string}`;

/** A refused part: where (`$and[0].age.$gt`) and why. */
export interface ConditionProblem {
  readonly path: string;
  readonly reason: ConditionReason;
}

/** State of one reading. `exceeded` is set when a limit cut the reading short: what was read then must not be evaluated. */
export interface ReadContext {
  readonly problems: ConditionProblem[];
  nodes: number;
  regexInstructions: number;
  exceeded: boolean;
}

/** A fresh reading. */
export function newReadContext(): ReadContext {
  return { problems: [], nodes: 0, regexInstructions: 0, exceeded: false };
}

/** Longest location in a problem; keys of a hostile condition may be of any length. */
const MAX_LOCATION = 300;

/** Note a problem; beyond the limit of problems the rest is dropped. */
export function refuse(context: ReadContext, path: string, reason: ConditionReason): void {
  if (context.problems.length >= SEGMENT_LIMITS.problems) return;
  context.problems.push({ path: path.length > MAX_LOCATION ? `${path.slice(0, MAX_LOCATION)}…` : path, reason });
}

/** Count one value and check depth; false when reading must stop here. */
export function enter(context: ReadContext, path: string, depth: number): boolean {
  if (context.exceeded) return false;
  context.nodes += 1;
  if (depth > SEGMENT_LIMITS.depth) return exceed(context, path, 'too_deep');
  if (context.nodes > SEGMENT_LIMITS.nodes) return exceed(context, path, 'too_many_nodes');
  return true;
}

/** Note that a limit was passed; always false. */
export function exceed(context: ReadContext, path: string, reason: ConditionReason): false {
  context.exceeded = true;
  refuse(context, path, reason);
  return false;
}

/** The list at a location, or undefined with the problem noted. */
export function readList(context: ReadContext, value: unknown, path: string): readonly unknown[] | undefined {
  if (!Array.isArray(value)) {
    refuse(context, path, 'not_a_list');
    return undefined;
  }
  if (value.length > SEGMENT_LIMITS.listLength) {
    exceed(context, path, 'list_too_long');
    return undefined;
  }
  return value;
}

/** Check a value that is kept as data: JSON only, within the limits all the way down. */
export function checkData(context: ReadContext, value: unknown, path: string, depth: number): void {
  if (!enter(context, path, depth)) return;
  if (typeof value === 'string') {
    if (value.length > SEGMENT_LIMITS.stringLength) exceed(context, path, 'string_too_long');
    return;
  }
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse(context, path, 'not_json');
    return;
  }
  if (typeof value !== 'object') {
    refuse(context, path, 'not_json');
    return;
  }
  if (Array.isArray(value)) {
    const items = readList(context, value, path) ?? [];
    items.forEach((item, index) => {
      checkData(context, item, `${path}[${index}]`, depth + 1);
    });
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    if (name.length > SEGMENT_LIMITS.stringLength) exceed(context, path, 'string_too_long');
    checkData(context, item, join(path, name), depth + 1);
  }
}

/** Location of a field below another. */
export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

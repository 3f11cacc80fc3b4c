/** A condition as far as it can be judged without a decision: what only a request knows, and what models make of it, is left open. */
import type { ConditionDocument } from '../catalog/configuration.ts';
import { isObject } from '../segments/values.ts';

/**
 * First names of paths that only a decision knows: where its request came from, on what device, to which page, and the scores of models, which
 * read such facts themselves.
 */
export const DECISION_ONLY_ROOTS: readonly string[] = ['geo', 'device', 'page', 'models'];

/** The name of the asked condition among the segments; no segment may be called so. */
export const ASKED = '?';
/** Marks the narrow reading of a segment; no segment's id has one. */
const NARROW = '!';

/** Conditions by name, {@link ASKED} the one to ask for, and the paths that were left open, sorted. */
export interface AsKnown {
  readonly definitions: Readonly<Record<string, ConditionDocument>>;
  readonly unknown: readonly string[];
}

/** `wide`: what is open counts as met; `narrow`: as not met, which is what a negation around it needs. */
type Reading = 'wide' | 'narrow';

/**
 * The condition and the segments it refers to, with every clause about a request's facts taken as met, under any nesting of negations.
 * So it holds for everyone who could meet it in some request, and for those who only could if one fact had two values at once.
 * References inside `$elemMatch` are read widely.
 *
 * @param segments condition by id; references to others are left as they are
 */
export function asKnown(
  condition: ConditionDocument,
  segments: Readonly<Record<string, ConditionDocument>>,
  isOpen: (path: string) => boolean,
): AsKnown {
  const definitions: Record<string, ConditionDocument> = {};
  const unknown = new Set<string>();
  const waiting: [name: string, id: string, reading: Reading][] = [];
  const nameOf = (reading: Reading) => (id: unknown) => {
    if (typeof id !== 'string') return id;
    const name = reading === 'wide' ? id : `${id}${NARROW}`;
    if (!Object.hasOwn(definitions, name)) waiting.push([name, id, reading]);
    return name;
  };
  const referTo = (ids: unknown, reading: Reading) =>
    Array.isArray(ids) ? ids.map(nameOf(reading)) : nameOf(reading)(ids);
  const read = (document: unknown, reading: Reading): unknown => {
    if (!isObject(document)) return document;
    const other = reading === 'wide' ? 'narrow' : 'wide';
    const clauses: Record<string, unknown> = {};
    for (const [name, operand] of Object.entries(document)) {
      if (name === '$and' || name === '$or') clauses[name] = readAll(operand, reading);
      else if (name === '$nor') clauses[name] = readAll(operand, other);
      else if (name === '$not') clauses[name] = read(operand, other);
      else if (name === '$inSegment') clauses[name] = referTo(operand, reading);
      else if (name === '$notInSegment') clauses[name] = referTo(operand, other);
      else if (isOpen(name)) {
        unknown.add(name);
        if (reading === 'narrow') return NEVER;
      } else {
        for (const id of referencesIn(operand)) nameOf('wide')(id);
        clauses[name] = operand;
      }
    }
    return clauses;
  };
  const readAll = (operand: unknown, reading: Reading): unknown =>
    Array.isArray(operand) ? operand.map((item) => read(item, reading)) : operand;
  definitions[ASKED] = read(condition, 'wide') as ConditionDocument;
  // Each name is read once: at most twice as many as there are segments.
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [name, id, reading] = next;
    if (Object.hasOwn(definitions, name) || !Object.hasOwn(segments, id)) continue;
    definitions[name] = read(segments[id], reading) as ConditionDocument;
  }
  return { definitions, unknown: [...unknown].sort() };
}

/** Holds for nobody. */
const NEVER = { $nor: [{}] };

/** Segments that are named inside the test of a value. */
function referencesIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, operand]) =>
    name === '$inSegment' || name === '$notInSegment' ? [operand].flat() : referencesIn(operand),
  );
}

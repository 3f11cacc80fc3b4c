import type { Clause, Condition, ValueTest } from './ast.ts';
import type { CompiledCondition, IsMember, SavedGroups } from './compile.ts';
import { compileCondition } from './compile.ts';
import { SEGMENT_LIMITS } from './limits.ts';
import { parseCondition } from './parse.ts';
import type { ConditionReason } from './read-context.ts';
import type { Resolve, Subject } from './subject.ts';
import { subjectResolver } from './subject.ts';

/** Membership of one segment, decided on the spot. */
export type CompiledSegment = (subject: Subject) => boolean;

/** All segments of a workspace, compiled. */
export interface SegmentSet {
  /** Ids in the order of the definitions. */
  readonly ids: readonly string[];
  /** One segment, or undefined for an unknown id. */
  readonly get: (id: string) => CompiledSegment | undefined;
  /**
   * Memberships of one customer at one moment: every segment and counter is worked out at most once, however many
   * campaigns and segments ask. An unknown id is false. Belongs to one decision.
   */
  readonly membership: (subject: Subject) => IsMember;
  /** The same for a host that resolves paths in its own way. */
  readonly membershipBy: (resolve: Resolve) => IsMember;
}

/** A refused segment. `path` is the location in its condition; `cycle` lists the ids of a circle, first one repeated. */
export interface SegmentProblem {
  readonly segment: string;
  readonly path: string;
  readonly reason: ConditionReason | 'unknown_segment' | 'segment_cycle' | 'references_too_deep' | 'too_many_segments';
  readonly cycle?: readonly string[];
}

export type SegmentsResult =
  | { readonly ok: true; readonly segments: SegmentSet }
  | { readonly ok: false; readonly problems: readonly SegmentProblem[] };

/**
 * Compile the segments of a workspace. Segments may refer to each other with `$inSegment` and `$notInSegment` (an id or a
 * list: in any of them, in none of them). Refused: whatever parseCondition refuses, unknown references, circles, chains
 * over SEGMENT_LIMITS.referenceDepth.
 *
 * @param definitions condition by segment id
 */
export function compileSegments(
  definitions: Readonly<Record<string, unknown>>,
  savedGroups: SavedGroups = {},
): SegmentsResult {
  const ids = Object.keys(definitions);
  if (ids.length > SEGMENT_LIMITS.segments) {
    return { ok: false, problems: [{ segment: ids[SEGMENT_LIMITS.segments]!, path: '', reason: 'too_many_segments' }] };
  }
  const problems: SegmentProblem[] = [];
  const references = new Map<string, readonly string[]>();
  const compiled = new Map<string, CompiledCondition>();
  for (const id of ids) {
    const parsed = parseCondition(definitions[id]);
    if (!parsed.ok) {
      problems.push(...parsed.problems.map((problem) => ({ segment: id, ...problem })));
      continue;
    }
    references.set(id, [...new Set(segmentsOf(parsed.condition))]);
    compiled.set(id, compileCondition(parsed.condition, savedGroups));
  }
  for (const [id, targets] of references) {
    for (const target of targets) {
      if (!Object.hasOwn(definitions, target)) problems.push({ segment: id, path: target, reason: 'unknown_segment' });
    }
  }
  problems.push(...findCycles(references));
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, SEGMENT_LIMITS.problems) };
  return { ok: true, segments: segmentSet(ids, compiled) };
}

function segmentSet(ids: readonly string[], compiled: ReadonlyMap<string, CompiledCondition>): SegmentSet {
  const placed = new Map([...compiled].map(([id, holds], place) => [id, { holds, place }]));
  const membershipBy = (resolve: Resolve): IsMember => {
    // By place: a map of what is known would grow with every decision anew.
    const known: (boolean | undefined)[] = new Array(placed.size);
    const isMember: IsMember = (id) => {
      const segment = placed.get(id);
      if (!segment) return false;
      known[segment.place] ??= segment.holds(resolve, isMember);
      return known[segment.place]!;
    };
    return isMember;
  };
  const membership = (subject: Subject): IsMember => membershipBy(subjectResolver(subject));
  const get = (id: string): CompiledSegment | undefined =>
    compiled.has(id) ? (subject) => membership(subject)(id) : undefined;
  return { ids, get, membership, membershipBy };
}

/** Ids a condition refers to, repeated ones repeated; what publishing checks and a slice must carry along. */
export function segmentsOf(condition: Condition): readonly string[] {
  return condition.clauses.flatMap(segmentsOfClause);
}

function segmentsOfClause(clause: Clause): readonly string[] {
  switch (clause.kind) {
    case 'segment':
      return clause.ids;
    case 'and':
    case 'or':
    case 'nor':
      return clause.conditions.flatMap(segmentsOf);
    case 'not':
      return segmentsOf(clause.condition);
    case 'path':
      return segmentsOfTest(clause.test);
    case 'never':
      return [];
  }
}

function segmentsOfTest(test: ValueTest): readonly string[] {
  if (test.kind === 'equals') return [];
  return test.tests.flatMap((operator) => {
    if (operator.kind === 'size' || operator.kind === 'not') return segmentsOfTest(operator.test);
    if (operator.kind === 'all') return operator.tests.flatMap(segmentsOfTest);
    if (operator.kind !== 'elemMatch') return [];
    return operator.test.kind === 'value' ? segmentsOfTest(operator.test.test) : segmentsOf(operator.test.condition);
  });
}

/** Circles and over-long chains, each reported once, at the segment where it was met. */
function findCycles(references: ReadonlyMap<string, readonly string[]>): readonly SegmentProblem[] {
  const problems: SegmentProblem[] = [];
  const heights = new Map<string, number>();
  const trail: string[] = [];
  const heightOf = (id: string): number => {
    const known = heights.get(id);
    if (known !== undefined) return known;
    const start = trail.indexOf(id);
    if (start !== -1) {
      problems.push({ segment: id, path: '', reason: 'segment_cycle', cycle: [...trail.slice(start), id] });
      return 0;
    }
    trail.push(id);
    let height = 0;
    for (const target of references.get(id) ?? []) height = Math.max(height, heightOf(target) + 1);
    trail.pop();
    heights.set(id, height);
    if (height === SEGMENT_LIMITS.referenceDepth + 1) {
      problems.push({ segment: id, path: '', reason: 'references_too_deep' });
    }
    return height;
  };
  for (const id of references.keys()) heightOf(id);
  return problems;
}

/** Conditions of campaigns and segments: readable, and about things that exist. */
import type { Condition } from '../segments/ast.ts';
import { compileSegments, parseCondition, parseCounterPath, segmentsOf } from '../segments/index.ts';
import { isKnownPath, nearestPath, readsOf, unknownFact } from './attribute-paths.ts';
import type { CampaignConfiguration, ConditionDocument, SegmentConfiguration } from './configuration.ts';
import { type KnownIds, noSuch } from './known-ids.ts';
import type { Report } from './problems.ts';

function words(reason: string): string {
  return reason.replaceAll('_', ' ');
}

function checkCounter(path: string, at: string, known: KnownIds, report: Report): void {
  const parsed = parseCounterPath(path);
  // A misspelt counter was reported when the condition was parsed.
  if (!parsed.ok || parsed.counter.name === null) return;
  const { root, name } = parsed.counter;
  const check = (what: string, ids: ReadonlySet<string>): void => {
    if (!ids.has(name)) report(at, `"${path}": ${noSuch(what, name, ids)}`);
  };
  if (root === 'touches') check('channel', known.channels);
  if (root === 'outcomes') check('goal', known.goals);
  if (root === 'exposures') check('campaign', known.campaigns);
}

/** A path that conditions or features read: a declared attribute, a fact of the request, or a counter of something that exists. */
export function checkPath(path: string, at: string, known: KnownIds, report: Report): void {
  if (isKnownPath(path, known.attributes)) {
    checkCounter(path, at, known, report);
    return;
  }
  const fact = unknownFact(path);
  const nearest = nearestPath(path, known.attributes);
  const meant = nearest === undefined ? '' : `: did you mean "${nearest}"?`;
  report(
    at,
    fact ? `"${path}" ${fact}` : `"${path}" is neither a declared attribute nor one that the runtime provides${meant}`,
  );
}

/** A JSON pointer below another. */
function pointer(at: string, steps: readonly (string | number)[]): string {
  const escaped = steps.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'));
  return [at, ...escaped].join('/');
}

/** Every path a parsed condition reads, each told once, where it stands first. */
function checkPaths(condition: Condition, at: string, known: KnownIds, report: Report): void {
  const seen = new Set<string>();
  for (const read of readsOf(condition)) {
    if (!seen.has(read.path)) checkPath(read.path, pointer(at, read.at), known, report);
    seen.add(read.path);
  }
}

/** A condition that is written inside a campaign, or asked about: readable, and about things that exist. */
export function checkCondition(document: ConditionDocument, at: string, known: KnownIds, report: Report): void {
  const parsed = parseCondition(document);
  if (!parsed.ok) {
    for (const problem of parsed.problems) report(at, `${words(problem.reason)} at ${problem.path || 'the top'}`);
    return;
  }
  checkPaths(parsed.condition, at, known, report);
  for (const id of new Set(segmentsOf(parsed.condition))) {
    if (!known.segments.has(id)) report(at, noSuch('segment', id, known.segments));
  }
}

/** Audience and contexts of a campaign. */
export function checkCampaignConditions(campaign: CampaignConfiguration, known: KnownIds, report: Report): void {
  const at = `/campaigns/${campaign.id}`;
  const { segment, condition } = campaign.audience;
  if (segment !== undefined && !known.segments.has(segment))
    report(`${at}/audience/segment`, noSuch('segment', segment, known.segments));
  if (condition !== undefined) checkCondition(condition, `${at}/audience/condition`, known, report);
  for (const [i, context] of campaign.contexts.entries()) {
    checkCondition(context.condition, `${at}/contexts/${i}/condition`, known, report);
  }
}

/** All segments together: each readable, no unknown references, no circles, no chains that are too long. */
export function checkSegments(segments: readonly SegmentConfiguration[], known: KnownIds, report: Report): void {
  for (const { id, condition } of segments) {
    const parsed = parseCondition(condition);
    if (parsed.ok) checkPaths(parsed.condition, `/segments/${id}/condition`, known, report);
  }
  const compiled = compileSegments(Object.fromEntries(segments.map(({ id, condition }) => [id, condition])));
  if (compiled.ok) return;
  for (const problem of compiled.problems) {
    const at = `/segments/${problem.segment}/condition`;
    if (problem.reason === 'unknown_segment') report(at, noSuch('segment', problem.path, known.segments));
    else if (problem.reason === 'segment_cycle')
      report(at, `segments refer to each other in a circle: ${problem.cycle?.join(' → ') ?? problem.segment}`);
    else report(at, problem.path ? `${words(problem.reason)} at ${problem.path}` : words(problem.reason));
  }
}

/** Conditions of campaigns and segments: readable, and about things that exist. */
import type { Condition } from '../segments/ast.ts';
import { compileSegments, parseCondition, parseCounterPath, segmentsOf } from '../segments/index.ts';
import { isKnownPath, pathsOf } from './attribute-paths.ts';
import type { CampaignConfiguration, ConditionDocument, SegmentConfiguration } from './configuration.ts';
import type { KnownIds } from './known-ids.ts';
import type { Report } from './problems.ts';

function words(reason: string): string {
  return reason.replaceAll('_', ' ');
}

function checkCounter(path: string, at: string, known: KnownIds, report: Report): void {
  const parsed = parseCounterPath(path);
  // A misspelt counter was reported when the condition was parsed.
  if (!parsed.ok || parsed.counter.name === null) return;
  const { root, name } = parsed.counter;
  if (root === 'touches' && !known.channels.has(name)) report(at, `"${path}": there is no channel "${name}"`);
  if (root === 'outcomes' && !known.goals.has(name)) report(at, `"${path}": there is no goal "${name}"`);
  if (root === 'exposures' && !known.campaigns.has(name)) report(at, `"${path}": there is no campaign "${name}"`);
}

/** A path that conditions or features read: an attribute that is declared, or a counter of something that exists. */
export function checkPath(path: string, at: string, known: KnownIds, report: Report): void {
  if (isKnownPath(path, known.attributes)) checkCounter(path, at, known, report);
  else report(at, `"${path}" is neither a declared attribute nor one that the runtime provides`);
}

/** Every path a parsed condition reads. */
function checkPaths(condition: Condition, at: string, known: KnownIds, report: Report): void {
  for (const path of new Set(pathsOf(condition))) checkPath(path, at, known, report);
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
    if (!known.segments.has(id)) report(at, `there is no segment "${id}"`);
  }
}

/** Audience and contexts of a campaign. */
export function checkCampaignConditions(campaign: CampaignConfiguration, known: KnownIds, report: Report): void {
  const at = `/campaigns/${campaign.id}`;
  const { segment, condition } = campaign.audience;
  if (segment !== undefined && !known.segments.has(segment))
    report(`${at}/audience/segment`, `there is no segment "${segment}"`);
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
    if (problem.reason === 'unknown_segment') report(at, `there is no segment "${problem.path}"`);
    else if (problem.reason === 'segment_cycle')
      report(at, `segments refer to each other in a circle: ${problem.cycle?.join(' → ') ?? problem.segment}`);
    else report(at, problem.path ? `${words(problem.reason)} at ${problem.path}` : words(problem.reason));
  }
}

/** From a placement's slice to what a device may know of it: campaigns, leaves, probabilities and ranks, for one visitor at one moment. */
import { candidateValue, DEFAULT_PRESET } from '../arbitration/value.ts';
import { REST_LEAF } from '../bandits/allocation.ts';
import type { ConditionDocument } from '../catalog/configuration.ts';
import type { OpenSlice } from '../catalog/open.ts';
import type { DirectoryAttribute, SliceCampaign } from '../catalog/slice.ts';
import { isScheduled } from '../limits/schedule.ts';
import { modelPath } from '../scoring/paths.ts';
import type { Condition } from '../segments/ast.ts';
import { parseCondition } from '../segments/parse.ts';
import { readPath } from '../segments/paths.ts';
import type { Evidence } from '../view.ts';
import type { DeviceCampaign, DeviceLeaf, DevicePlace, DeviceRead } from './bundle.ts';
import { isLiveFact } from './live.ts';
import type { NotInBundle } from './reasons.ts';
import { EVERYONE, type Knows, pathReadsOf, type Residual, residual, type SegmentOf } from './residual.ts';

export interface PlaceFacts {
  readonly slice: OpenSlice;
  readonly evidence: Evidence;
  readonly killSwitch: boolean;
  readonly paused: ReadonlySet<string>;
  /** As conditions read them, nested: place, device, time, whether the customer is anonymous, the language. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Declared attributes by name. */
  readonly declared: Readonly<Record<string, DirectoryAttribute>>;
  readonly nowMs: number;
  /** Ids of models that pages have, and score with themselves; none when absent. */
  readonly publicModels?: ReadonlySet<string>;
}

export type BuiltPlace =
  | { readonly place: Omit<DevicePlace, 'seed'>; readonly reads: Readonly<Record<string, DeviceRead>> }
  | { readonly reason: NotInBundle };

/** Where a campaign may lead, before leaves are looked up. */
interface Reachable {
  readonly rules: SliceCampaign;
  readonly condition: Condition | null;
  readonly contexts: DeviceCampaign['contexts'];
  readonly leaves: readonly string[];
}

function parsed(document: ConditionDocument): Condition {
  const read = parseCondition(document);
  if (!read.ok) throw new Error('a slice carries a condition that does not parse');
  return read.condition;
}

/** What is known when the bundle is made, and stays so for its life. */
function knownBy({ attributes, declared }: PlaceFacts): Knows {
  return (path) => {
    const isFixed = /^(geo|device|time|customer)\./.test(path) || path === 'page.language';
    return isFixed && !Object.hasOwn(declared, path) ? { value: readPath(attributes, path) } : undefined;
  };
}

/** Campaigns of the placement as a device may decide among them, or why it may not. */
export function buildPlace(facts: PlaceFacts): BuiltPlace {
  const { slice, killSwitch, paused, nowMs } = facts;
  // Everyone gets default content, at once.
  if (killSwitch) return { reason: 'switched_off' };
  const knows = knownBy(facts);
  const reachable: Reachable[] = [];
  for (const { rules } of slice.campaigns) {
    if (paused.has(rules.id) || !isScheduled(rules, nowMs)) continue;
    const found = reach(rules, slice.rules.segments, knows);
    if (!found) continue;
    // It may address the visitor, and only a server can tell whether it does.
    if (!rules.onDevice || !isAnswerable(found, facts)) return { reason: 'other_campaigns' };
    reachable.push(found);
  }
  const { placement, exploration } = slice.rules;
  return { place: { placement, exploration, campaigns: ranked(reachable, facts) }, reads: readsOf(reachable, facts) };
}

/** What is left of a campaign's conditions; undefined when it cannot address the visitor. */
function reach(
  rules: SliceCampaign,
  segments: Readonly<Record<string, ConditionDocument>>,
  knows: Knows,
): Reachable | undefined {
  const segmentOf: SegmentOf = (id) => parsed(segments[id]!);
  const audience: Condition = {
    clauses: [
      ...(rules.segment === null ? [] : [{ kind: 'segment', operator: '$inSegment', ids: [rules.segment] } as const]),
      ...(rules.condition === null ? [] : parsed(rules.condition).clauses),
    ],
  };
  const condition = residual(audience, knows, segmentOf);
  if (condition === false) return undefined;
  const contexts: { id: string; condition: Condition }[] = [];
  const leaves: string[] = [];
  for (const context of rules.contexts) {
    const left: Residual = residual(parsed(context.condition), knows, segmentOf);
    if (left === false) continue;
    leaves.push(context.id);
    contexts.push({ id: context.id, condition: left === true ? EVERYONE : left });
    // Nobody gets past it.
    if (left === true) return { rules, condition: condition === true ? null : condition, contexts, leaves };
  }
  return { rules, condition: condition === true ? null : condition, contexts, leaves: [...leaves, REST_LEAF] };
}

const conditionsOf = ({ condition, contexts }: Reachable): readonly Condition[] => [
  ...(condition ? [condition] : []),
  ...contexts.map((context) => context.condition),
];

/** Whether a page can answer all that is left. Publishing has seen to it; what comes from another publish is looked at again. */
function isAnswerable(found: Reachable, facts: PlaceFacts): boolean {
  const { declared } = facts;
  return conditionsOf(found)
    .flatMap(pathReadsOf)
    .every(({ path, heavy }) => {
      const isTold = Object.hasOwn(declared, path) && declared[path]!.source !== 'server';
      return heavy.length === 0 && (isLiveFact(path) || isTold || isPublicScore(path, facts));
    });
}

const isPublicScore = (path: string, { publicModels }: PlaceFacts): boolean =>
  publicModels?.has(modelPath(path)?.model ?? '') ?? false;

function readsOf(reachable: readonly Reachable[], facts: PlaceFacts): Record<string, DeviceRead> {
  const { declared } = facts;
  const reads: Record<string, DeviceRead> = {};
  for (const { path } of reachable.flatMap(conditionsOf).flatMap(pathReadsOf)) {
    // A score is the page's own, as an attribute is that it tells nobody.
    if (isPublicScore(path, facts)) reads[path] = { type: 'number', own: true };
    if (!Object.hasOwn(declared, path)) continue;
    const { type, source } = declared[path]!;
    reads[path] = { type, ...(source === 'device' && { own: true }) };
  }
  return reads;
}

/** Values are told as ranks: their order decides, and what they are made of is nobody's on a page. */
function ranked(reachable: readonly Reachable[], { slice, evidence, nowMs }: PlaceFacts): DeviceCampaign[] {
  const { channel, preset = DEFAULT_PRESET } = slice.rules;
  const worthOf = (campaign: SliceCampaign, leaf: string): number =>
    candidateValue(
      preset,
      { campaign, expected: evidence.expected(campaign, leaf), channel: channel.id, nowMs },
      { fatigue: 0 },
    ).value;
  const values = new Set(reachable.flatMap(({ rules, leaves }) => leaves.map((leaf) => worthOf(rules, leaf))));
  const order = [...values].toSorted((a, b) => a - b);
  return reachable.map(({ rules, condition, contexts, leaves }) => ({
    id: rules.id,
    armsKey: rules.initialAllocation.armsKey,
    armIds: rules.armIds,
    condition,
    contexts,
    leaves: Object.fromEntries(
      leaves.map((leaf): [string, DeviceLeaf] => [
        leaf,
        { arms: evidence.probabilities(rules, leaf), rank: order.indexOf(worthOf(rules, leaf)) },
      ]),
    ),
  }));
}

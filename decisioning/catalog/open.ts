/** A rules slice made ready to be asked: conditions compiled once, kept for as long as the slice is. */
import { leavesMark } from '../mark.ts';
import type { CompiledCondition } from '../segments/compile.ts';
import { compileCondition } from '../segments/compile.ts';
import { parseCondition } from '../segments/parse.ts';
import type { SegmentSet } from '../segments/segments.ts';
import { compileSegments } from '../segments/segments.ts';
import type { RulesSlice, SliceCampaign } from './slice.ts';

export interface OpenCampaign {
  readonly rules: SliceCampaign;
  readonly condition: CompiledCondition | null;
  readonly contexts: readonly { readonly id: string; readonly holds: CompiledCondition }[];
}

export interface OpenSlice {
  readonly rules: RulesSlice;
  readonly campaigns: readonly OpenCampaign[];
  readonly segments: SegmentSet;
  /** As {@link leavesMark} has it. */
  readonly leavesMark: boolean;
}

function compiled(condition: unknown): CompiledCondition {
  const parsed = parseCondition(condition);
  // Publishing refuses such conditions and readers refuse such slices: one that comes here is a broken invariant.
  if (!parsed.ok) throw new Error('a slice carries a condition that does not parse');
  return compileCondition(parsed.condition);
}

/** Compiles a slice; throws when it is not one that publishing would have let through. */
export function openSlice(rules: RulesSlice): OpenSlice {
  const segments = compileSegments(rules.segments);
  if (!segments.ok) throw new Error('a slice carries segments that do not compile');
  return {
    rules,
    segments: segments.segments,
    leavesMark: leavesMark(rules),
    campaigns: rules.campaigns.map((campaign) => ({
      rules: campaign,
      condition: campaign.condition === null ? null : compiled(campaign.condition),
      contexts: campaign.contexts.map(({ id, condition }) => ({ id, holds: compiled(condition) })),
    })),
  };
}

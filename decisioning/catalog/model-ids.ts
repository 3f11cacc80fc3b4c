/** Which models a placement's decisions may ask: those that conditions, contexts and scores name by path. */
import { modelPath } from '../scoring/paths.ts';
import { parseCondition } from '../segments/index.ts';
import { pathsOf } from './attribute-paths.ts';
import type { ConditionDocument } from './configuration.ts';
import type { SliceCampaign } from './slice.ts';

/** Model ids in their order, each once. A condition that does not parse asks nothing. */
export function modelIdsOf(
  campaigns: readonly SliceCampaign[],
  segments: Readonly<Record<string, ConditionDocument>>,
): readonly string[] {
  const conditions = [
    ...Object.values(segments),
    ...campaigns.flatMap(({ condition, contexts }) => [condition, ...contexts.map((context) => context.condition)]),
  ];
  const paths = [
    ...conditions.flatMap(readBy),
    ...campaigns.flatMap(({ scorePaths, arbitration }) => [...(scorePaths ?? []), arbitration?.valueFrom ?? '']),
  ];
  return [...new Set(paths.flatMap((path) => modelPath(path)?.model ?? []))].toSorted();
}

function readBy(condition: ConditionDocument | null): readonly string[] {
  const parsed = condition === null ? undefined : parseCondition(condition);
  return parsed?.ok ? pathsOf(parsed.condition) : [];
}

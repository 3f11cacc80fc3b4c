/** How often this isolate refused a campaign, by reason, since it started: shown by the health page. */
import type { RefusalReason } from '../../decisioning/reasons.ts';

const counts = new Map<RefusalReason, number>();

/** Adds the refusals of one request. */
export function countRefusals(reasons: Partial<Record<RefusalReason, number>>): void {
  for (const [reason, more] of Object.entries(reasons) as [RefusalReason, number][])
    if (more > 0) counts.set(reason, (counts.get(reason) ?? 0) + more);
}

/** Refusals so far; reasons that never occurred are left out. */
export function refusalCounts(): Partial<Record<RefusalReason, number>> {
  return Object.fromEntries(counts);
}

/** What a request may need of ledgers: the units that travel with its call. */
import type { RulesSlice } from '../catalog/slice.ts';
import { LEDGER_SLICE_FORMAT } from '../catalog/slice.ts';

/** What a request may need of one ledger. */
export interface Needed {
  /** Σ over its placements of the largest need. */
  readonly units: number;
  /** The largest need of all. */
  readonly dearest: number;
}

export interface NeedFacts {
  readonly switches: { readonly killSwitch: boolean; readonly pausedCampaigns: readonly string[] };
  /** The moment that is decided for. */
  readonly nowMs: number;
}

/**
 * By ledger, what the campaigns of the asked placements may need now; those that are paused or not running need nothing. Empty for
 * slices without needs, after one look at each.
 *
 * @param slices one for each asked placement
 */
export function neededUnits(slices: readonly RulesSlice[], facts: NeedFacts): ReadonlyMap<string, Needed> {
  const needed = new Map<string, Needed>();
  if (facts.switches.killSwitch) return needed;
  for (const slice of slices) {
    if (slice.format !== LEDGER_SLICE_FORMAT) continue;
    for (const [ledger, units] of largestNeeds(slice, facts)) {
      const before = needed.get(ledger);
      needed.set(ledger, { units: (before?.units ?? 0) + units, dearest: Math.max(before?.dearest ?? 0, units) });
    }
  }
  return needed;
}

function largestNeeds(slice: RulesSlice, { switches, nowMs }: NeedFacts): ReadonlyMap<string, number> {
  const largest = new Map<string, number>();
  for (const { id, needs, startsAtMs, endsAtMs } of slice.campaigns) {
    if (!needs || switches.pausedCampaigns.includes(id)) continue;
    if ((startsAtMs !== null && nowMs < startsAtMs) || (endsAtMs !== null && nowMs >= endsAtMs)) continue;
    for (const { ledger, units } of needs) largest.set(ledger, Math.max(largest.get(ledger) ?? 0, units));
  }
  return largest;
}

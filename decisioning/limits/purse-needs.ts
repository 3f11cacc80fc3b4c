/** What a request may need of ledgers: the units that travel with its call. */
import type { RulesSlice } from '../catalog/slice.ts';
import { LEDGER_SLICE_FORMAT } from '../catalog/slice.ts';

/** What a request may need of one ledger. */
export interface Needed {
  /** Σ over its placements of the largest need. */
  readonly units: number;
  /** The largest need of all. */
  readonly dearest: number;
  /** The smallest of all: with less nothing can be shown. */
  readonly least: number;
  /** By placement, what its campaigns need, each size once. */
  readonly sizes: readonly (readonly number[])[];
}

/**
 * What can be paid when no single claim takes more than `limit`: a campaign that is dearer than what there is must not hold units that
 * cheaper ones could use. `units` 0 when nothing can.
 */
export function neededWithin({ units, dearest, sizes }: Needed, limit: number): Pick<Needed, 'units' | 'dearest'> {
  if (dearest <= limit) return { units, dearest };
  const largest = sizes.map((of) => of.reduce((most, size) => (size <= limit && size > most ? size : most), 0));
  return { units: largest.reduce((sum, size) => sum + size, 0), dearest: Math.max(0, ...largest) };
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
    for (const [ledger, of] of sizesOfNeeds(slice, facts)) {
      const before = needed.get(ledger);
      const [largest, least] = [Math.max(...of), Math.min(...of)];
      needed.set(ledger, {
        units: (before?.units ?? 0) + largest,
        dearest: Math.max(before?.dearest ?? 0, largest),
        least: Math.min(before?.least ?? Infinity, least),
        sizes: [...(before?.sizes ?? []), [...of]],
      });
    }
  }
  return needed;
}

function sizesOfNeeds(slice: RulesSlice, { switches, nowMs }: NeedFacts): ReadonlyMap<string, ReadonlySet<number>> {
  const sizes = new Map<string, Set<number>>();
  for (const { id, needs, startsAtMs, endsAtMs } of slice.campaigns) {
    if (!needs || switches.pausedCampaigns.includes(id)) continue;
    if ((startsAtMs !== null && nowMs < startsAtMs) || (endsAtMs !== null && nowMs >= endsAtMs)) continue;
    for (const { ledger, units } of needs) {
      const known = sizes.get(ledger);
      if (known) known.add(units);
      else sizes.set(ledger, new Set([units]));
    }
  }
  return sizes;
}

/** Trials by the site that they were shown on: what watching a campaign's feedback needs to tell sources apart. */
import type { SumsByName } from './named-sums.ts';

/** Names of sources, as a range: everything that begins with `source:`. */
export const SOURCE_NAMES = { from: 'source:', until: 'source;' } as const;

/** `source:<site id>`: trials, conversions, and what these were worth in minor units. */
export function sourceSums(
  siteId: string,
  { trials = 0, conversions = 0, revenueMinor = 0 }: { trials?: number; conversions?: number; revenueMinor?: number },
): SumsByName {
  return { [`${SOURCE_NAMES.from}${siteId}`]: [trials, conversions, revenueMinor] };
}

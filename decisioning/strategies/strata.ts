/**
 * Strata: statistics of several strategies of one campaign are kept apart by the key of the leaf, `<strategy id>/<leaf>`. A slash is in no id,
 * so a stratum is never taken for a leaf; campaigns with one strategy have plain leaves.
 */
import type { CampaignStatistics } from '../bandits/allocation.ts';
import { addSums, type CampaignSums } from '../bandits/named-sums.ts';
import { mergeStatistics } from '../bandits/statistics.ts';

const SEPARATOR = '/';

/** Under which name what devices report is kept apart: no strategy can be called so. */
export const DEVICE_STRATUM = '~device';

/** What a campaign has learned, per leaf key and arm. */
export interface Learned {
  readonly statistics: CampaignStatistics;
  /** Absent where nothing is summed up. */
  readonly sums?: CampaignSums;
}

/** The key under which a strategy's evidence of a leaf is kept. */
export function stratumOf(strategyId: string, leaf: string): string {
  return `${strategyId}${SEPARATOR}${leaf}`;
}

/** A key's leaf, and the strategy it belongs to unless the campaign had one only. */
export function splitStratum(key: string): { readonly leaf: string; readonly strategyId?: string } {
  const at = key.indexOf(SEPARATOR);
  return at === -1 ? { leaf: key } : { strategyId: key.slice(0, at), leaf: key.slice(at + 1) };
}

/** Every key that a campaign's evidence may be kept under: its leaves, or these for each of its strategies. */
export function leafKeysOf(
  leaves: readonly string[],
  strategies: { readonly list: readonly { readonly id: string }[] } | undefined,
): readonly string[] {
  if (!strategies) return leaves;
  return strategies.list.flatMap(({ id }) => leaves.map((leaf) => stratumOf(id, leaf)));
}

/** Evidence of one strategy alone, under plain leaves. */
export function ofStrategy(learned: Learned, strategyId: string): Learned {
  return rekeyed(learned, (key) => {
    const split = splitStratum(key);
    return split.strategyId === strategyId ? split.leaf : undefined;
  });
}

/** All evidence under plain leaves, whichever strategy gathered it; the same object where nothing was kept apart. */
export function withoutStrata(learned: Learned): Learned {
  const keys = [...learned.statistics.keys(), ...(learned.sums?.keys() ?? [])];
  return keys.some((key) => key.includes(SEPARATOR)) ? rekeyed(learned, (key) => splitStratum(key).leaf) : learned;
}

function rekeyed({ statistics, sums }: Learned, leafOf: (key: string) => string | undefined): Learned {
  return {
    statistics: merged(statistics, leafOf, mergeStatistics),
    ...(sums && { sums: merged(sums, leafOf, addSums) }),
  };
}

function merged<T>(
  byKey: ReadonlyMap<string, ReadonlyMap<string, T>>,
  leafOf: (key: string) => string | undefined,
  add: (a: T, b: T) => T,
): Map<string, Map<string, T>> {
  const leaves = new Map<string, Map<string, T>>();
  for (const [key, arms] of byKey) {
    const leaf = leafOf(key);
    if (leaf === undefined) continue;
    const sums = leaves.get(leaf) ?? new Map<string, T>();
    leaves.set(leaf, sums);
    for (const [armId, value] of arms) {
      const known = sums.get(armId);
      sums.set(armId, known === undefined ? value : add(known, value));
    }
  }
  return leaves;
}

/** Whether evidence under a key was reported by devices. */
export function isOfDevices(key: string): boolean {
  return splitStratum(key).strategyId === DEVICE_STRATUM;
}

/** Evidence but for what devices reported; the same object where they reported nothing. */
export function withoutDevices(learned: Learned): Learned {
  const keys = [...learned.statistics.keys(), ...(learned.sums?.keys() ?? [])];
  return keys.some(isOfDevices) ? rekeyed(learned, (key) => (isOfDevices(key) ? undefined : key)) : learned;
}

/** What a campaign has learned, as its policy weighs it: all evidence alike, or hour by hour. */
import { momentsName } from '../../decisioning/bandits/linear/moments.ts';
import { rewardName, rewardTrialsName } from '../../decisioning/bandits/rewards/reward.ts';
import type { ArmStatistics } from '../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { firstCountedHour, momentsHours, partHours } from '../../decisioning/learning/forgetting.ts';
import { DELAY_NAME, type EvidenceCell, weighEvidence } from '../../decisioning/learning/weigh-evidence.ts';
import { isOfDevices, type Learned, withoutDevices } from '../../decisioning/strategies/strata.ts';
import { differenceOf } from './columns.ts';
import { readTotals } from './evidence.ts';
import { readHourly } from './hourly.ts';
import { readLeftOut } from './left-out.ts';
import { readSums } from './root-vectors.ts';

const MS_PER_HOUR = 3_600_000;
/** A delay of days is counted in buckets of at least a day, so exposures of more than a week ago need no finer ones. */
const HOURS_PER_DAY = 24;
/** At most so often is evidence weighed anew when nothing but time has changed it. */
const REFRESH_MIN_MS = 3_600_000;
/** And so often within a half-life: what is published is then never more than 3 % behind. */
const REFRESHES_PER_HALF_LIFE = 24;
/** How long exposures wait for their outcomes: no goal has a longer window. */
const LONGEST_DELAY_MS = 90 * 86_400_000;

/** Names of the sums that a policy's allocation is computed from; those for reports alone stay on disk. */
function namesOf({ reward, features }: CampaignPolicy): Set<string> {
  const names = [
    reward && rewardName(reward),
    reward && rewardTrialsName(reward),
    features && momentsName(features.key, reward),
  ];
  return new Set(names.filter((name) => name !== undefined));
}

/** What was learned, and how many rows had to be read for it. */
export interface ReadEvidence extends Learned {
  /** Rows and elements of vectors that were read hour by hour; 0 where the totals do. */
  readonly effort: number;
}

/**
 * The evidence an allocation is computed from: without what devices reported, unless the campaign learns from that. With a half-life, a delay correction or `sinceMs` it is read by the hour and weighed, else the
 * totals are as they stand: one row per leaf and arm, however long the campaign has run.
 *
 * @param sinceMs hours that were over by then count nothing; all count when absent
 */
export function readLearned(sql: SqlStorage, policy: CampaignPolicy, nowMs: number, sinceMs?: number): ReadEvidence {
  const learned = readEvidence(sql, policy, nowMs, sinceMs);
  return policy.learnsFromDevice ? learned : { ...learned, ...withoutDevices(learned) };
}

function readEvidence(
  sql: SqlStorage,
  policy: CampaignPolicy,
  nowMs: number,
  sinceMs: number | undefined,
): ReadEvidence {
  const names = namesOf(policy);
  const { halfLifeMs, delayCorrection } = policy.learning ?? {};
  const byAge = halfLifeMs !== undefined || delayCorrection === true;
  if (!byAge && names.size === 0) return { statistics: readTotals(sql, sinceMs), effort: 0 };
  const cut = sinceMs !== undefined || readLeftOut(sql).length > 0;
  if (!byAge && !cut) return { statistics: readTotals(sql), sums: readSums(sql, names), effort: 0 };
  if (delayCorrection) names.add(DELAY_NAME);
  // Totals hold the hours that are left out: without them everything is read hour by hour.
  const fromHour = cut && sinceMs === undefined && halfLifeMs === undefined ? 0 : firstHour(policy, nowMs, sinceMs);
  const widest = delayCorrection || halfLifeMs === undefined ? HOURS_PER_DAY : Number.MAX_SAFE_INTEGER;
  const { cells, effort } = readHourly(sql, {
    fromHour,
    nowHour: Math.floor(nowMs / MS_PER_HOUR),
    widthHours: Math.min(widest, partHours(halfLifeMs)),
    momentsHours: momentsHours(halfLifeMs),
    names,
  });
  const read =
    halfLifeMs === undefined && sinceMs === undefined ? [...cells, ...earlier(sql, names, cells, fromHour)] : cells;
  // How long conversions take is learned over all leaves: not from devices either.
  const all = policy.learnsFromDevice ? read : read.filter(({ leaf }) => !isOfDevices(leaf));
  const rules = { ...(halfLifeMs !== undefined && { halfLifeMs }), ...(delayCorrection && { delayCorrection }) };
  const since = sinceMs !== undefined && { sinceMs };
  return { ...weighEvidence({ cells: all, nowMs, ...rules, ...since }), effort };
}

/** From which hour on evidence is read one by one. */
function firstHour({ learning }: CampaignPolicy, nowMs: number, sinceMs: number | undefined): number {
  const { halfLifeMs, delayCorrection } = learning ?? {};
  const faded = firstCountedHour(nowMs, halfLifeMs);
  if (!delayCorrection) return Math.max(0, faded, Math.floor((sinceMs ?? 0) / MS_PER_HOUR));
  // Delays from before a change of rates still say how long conversions take.
  const settled = halfLifeMs === undefined ? Math.floor((nowMs - LONGEST_DELAY_MS) / MS_PER_HOUR) - 1 : faded;
  return Math.max(0, settled);
}

/** What lies before the hours that were read, as one cell per leaf and arm: all of it is in, so its hour says no more than that. */
function earlier(
  sql: SqlStorage,
  names: ReadonlySet<string>,
  cells: readonly EvidenceCell[],
  fromHour: number,
): EvidenceCell[] {
  if (fromHour === 0) return [];
  const rest = new Map<
    string,
    { leaf: string; arm: string; statistics: ArmStatistics; sums: Record<string, readonly number[]> }
  >();
  const sums = readSums(sql, names);
  for (const [leaf, arms] of readTotals(sql))
    for (const [arm, statistics] of arms)
      rest.set(JSON.stringify([leaf, arm]), { leaf, arm, statistics, sums: { ...sums.get(leaf)?.get(arm) } });
  for (const cell of cells) {
    const left = rest.get(JSON.stringify([cell.leaf, cell.arm]));
    if (!left) continue;
    left.statistics = differenceOf(left.statistics, cell.statistics);
    for (const [name, vector] of Object.entries(cell.sums ?? {})) {
      const total = left.sums[name];
      if (total) left.sums[name] = total.map((value, i) => value - vector[i]!);
    }
  }
  return [...rest.values()].map((left) => ({ ...left, hour: fromHour - 1 }));
}

/** When evidence is to be weighed anew although none has come; null for policies that time alone does not change. */
export function refreshAfterMs({ learning }: CampaignPolicy): number | null {
  const { halfLifeMs, delayCorrection } = learning ?? {};
  if (delayCorrection) return REFRESH_MIN_MS;
  return halfLifeMs === undefined ? null : Math.max(REFRESH_MIN_MS, halfLifeMs / REFRESHES_PER_HALF_LIFE);
}

/** Whether time still changes what the evidence says: some of it is neither forgotten nor complete. */
export function isAging(sql: SqlStorage, { learning }: CampaignPolicy, nowMs: number): boolean {
  const { halfLifeMs } = learning ?? {};
  const fromHour = firstCountedHour(nowMs, halfLifeMs ?? LONGEST_DELAY_MS);
  const sinceHour = halfLifeMs === undefined ? Math.floor((nowMs - LONGEST_DELAY_MS) / MS_PER_HOUR) : fromHour;
  // By leaf and arm, so that years of older hours are passed over by the key.
  const young = sql.exec(
    `SELECT 1 FROM totals t CROSS JOIN cells c ON c.leaf = t.leaf AND c.arm = t.arm AND c.hour >= ? AND c.trials > 0 LIMIT 1`,
    sinceHour,
  );
  return young.toArray().length > 0;
}

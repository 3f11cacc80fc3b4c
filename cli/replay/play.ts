/** Plays a log against a campaign: the engine's own decisions and allocations, in batches. */
import { createHash } from 'node:crypto';
import { allocateCampaign } from '../../decisioning/bandits/allocate.ts';
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { MOMENT_SCALE, momentsName, rewardMoments, trialMoments } from '../../decisioning/bandits/linear/moments.ts';
import { addSums, type SumsByName } from '../../decisioning/bandits/named-sums.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import { decide } from '../../decisioning/decide.ts';
import type { FeatureVector } from '../../decisioning/features/features.ts';
import { nested } from '../../decisioning/nested.ts';
import { subjectResolver } from '../../decisioning/segments/subject.ts';
import { type CustomerView, evidenceFrom } from '../../decisioning/view.ts';
import type { ReplayCampaign } from './campaign.ts';
import type { LogRow } from './log.ts';

/** Rows between two allocations: what a runtime under steady traffic learns from at once. */
export const BATCH_ROWS = 250;

/** Rows have no time; conditions on time see this one. */
const NOW_MS = Date.UTC(2026, 0, 1, 12);

const NO_HISTORY = { touches: [], outcomes: [], behaviour: [] };

export interface PlayedArm {
  readonly armId: string;
  /** Rows that counted with this arm. */
  readonly shown: number;
  /** Of these, rows whose reward was above zero. */
  readonly conversions: number;
}

/** What one run through a log came to. */
export interface Played {
  /** Rewards of the rows that counted, in the log's order. */
  readonly rewards: readonly number[];
  /** For each of them the mean reward over all arms; only where every arm's outcome is known. */
  readonly evenRewards: readonly number[];
  readonly arms: readonly PlayedArm[];
  /** Rows kept as holdout, and rows for which the campaign was not eligible. */
  readonly heldOut: number;
  readonly notEligible: number;
  /** P(arm) in the leaf `rest` at the end. */
  readonly allocation: readonly number[];
}

/**
 * One pass in the log's order. Each row is a new anonymous customer whose outcome is known at once; statistics are added, and the
 * allocation computed anew, after each batch of {@link BATCH_ROWS} rows of the log.
 *
 * Rows with one known outcome are rejection replay (Li et al., WSDM 2011): a row counts, and is learned from, when the campaign picks
 * the arm that was shown. The estimate is unbiased when arms were shown evenly at random.
 *
 * @param seed any text; the same seed gives the same run.
 */
export function play(
  log: readonly LogRow[],
  campaign: ReplayCampaign,
  seed: string,
  onBatch: (rows: number) => void = () => {},
): Played {
  const { armIds } = campaign.policy;
  const learner = learnerOf(campaign);
  const rewards: number[] = [];
  const evenRewards: number[] = [];
  const counts = armIds.map(() => ({ shown: 0, conversions: 0 }));
  let heldOut = 0;
  let notEligible = 0;
  for (const [index, row] of log.entries()) {
    if (index > 0 && index % BATCH_ROWS === 0) {
      learner.learn();
      onBatch(index);
    }
    const chosen = choose(row, index, campaign, learner.evidence, seed);
    if (chosen === null) notEligible++;
    else if (chosen.armId === HOLDOUT_ARM) heldOut++;
    else {
      const arm = armIds.indexOf(chosen.armId);
      if (row.shown >= 0 && row.shown !== arm) continue;
      const reward = row.shown >= 0 ? row.rewards[0]! : row.rewards[arm]!;
      rewards.push(reward);
      if (row.shown < 0) evenRewards.push(row.rewards.reduce((sum, one) => sum + one, 0) / armIds.length);
      counts[arm]!.shown++;
      if (reward > 0) counts[arm]!.conversions++;
      learner.observe(chosen.leaf, chosen.armId, reward > 0, chosen.features);
    }
  }
  const arms = armIds.map((armId, i) => ({ armId, ...counts[i]! }));
  return { rewards, evenRewards, arms, heldOut, notEligible, allocation: learner.allocation() };
}

type Evidence = ReturnType<typeof evidenceFrom>;

function choose(row: LogRow, index: number, campaign: ReplayCampaign, evidence: Evidence, seed: string) {
  const customer: CustomerView = {
    bucketingId: `row-${index}`,
    resolve: subjectResolver({ attributes: nested(row.attributes), counters: NO_HISTORY, nowMs: NOW_MS }),
    touches: () => 0,
    pressure: () => 0,
    assignment: () => undefined,
    consents: () => true,
    sessionKey: `row-${index}`,
  };
  const decisionSeed = createHash('sha256').update(`${seed}\n${index}`).digest('hex');
  const [decision] = decide({
    requests: [{ placement: campaign.placement, decisionId: `row-${index}`, seed: decisionSeed }],
    sliceOf: () => campaign.slice,
    evidence,
    switches: { killSwitch: false, pausedCampaigns: [] },
    customer,
    nowMs: NOW_MS,
  });
  return decision?.chosen ?? null;
}

/** Statistics by leaf and arm, and the allocation that the root would have published from those of all finished batches. */
function learnerOf({ policy }: ReplayCampaign) {
  const statistics = new Map(policy.leaves.map((leaf) => [leaf, new Map<string, ArmStatistics>()]));
  const sums = new Map(policy.leaves.map((leaf) => [leaf, new Map<string, SumsByName>()]));
  let version = 1;
  let current = allocateCampaign({ ...policy, statistics, sums, version });
  return {
    evidence: evidenceFrom(() => current),
    observe(leaf: string, armId: string, converted: boolean, features: FeatureVector | undefined): void {
      const cells = statistics.get(leaf)!;
      const change = { exposures: 1, trials: 1, conversions: converted ? 1 : 0 };
      cells.set(armId, addStatistics(cells.get(armId) ?? emptyStatistics, change));
      if (!features) return;
      const own = sums.get(leaf)!;
      own.set(armId, addSums(own.get(armId) ?? {}, momentsOf(features, converted)));
    },
    learn(): void {
      version++;
      current = allocateCampaign({ ...policy, statistics, sums, version });
    },
    allocation: () => current.leaves.rest!.probabilities,
  };
}

/** What a row adds to its arm's moments, its outcome being known at once. */
function momentsOf({ key, z }: FeatureVector, converted: boolean): SumsByName {
  const name = momentsName(key);
  const trial = { [name]: trialMoments(z) };
  return converted ? addSums(trial, { [name]: rewardMoments(z, 0, MOMENT_SCALE) }) : trial;
}

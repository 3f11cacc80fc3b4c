/** What a campaign's root would know and publish: evidence by leaf, arm and hour, and allocations from it. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import { momentReward, momentsName, rewardMoments, trialMoments } from '../../decisioning/bandits/linear/moments.ts';
import { addSums, type SumsByName } from '../../decisioning/bandits/named-sums.ts';
import { rewardChange, rewardInteger, rewardName, rewardTrialsName } from '../../decisioning/bandits/rewards/reward.ts';
import { type TrialTally, tallied } from '../../decisioning/bandits/rewards/tally.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { FeatureVector } from '../../decisioning/features/features.ts';
import { delaySums } from '../../decisioning/learning/delay-buckets.ts';
import { DELAY_NAME, type EvidenceCell, weighEvidence } from '../../decisioning/learning/weigh-evidence.ts';
import { allocatePolicy } from '../../decisioning/strategies/allocate-policy.ts';
import type { Learned } from '../../decisioning/strategies/strata.ts';
import { advanced, NEWBORN, standingOf } from './phases.ts';
import type { PlannedCampaign } from './plan.ts';

const HOUR_MS = 3_600_000;

/** The first exposure of an arm within a sticky period, and what has been reported of it so far. */
export interface Trial {
  readonly periodKey: string;
  readonly leaf: string;
  readonly armId: string;
  readonly atMs: number;
  /** The customer's, when the arm was drawn; undefined where the campaign declares none. */
  readonly features: FeatureVector | undefined;
  /** What the campaign knows. */
  tally: TrialTally;
}

/** One campaign's evidence, and the allocation it published last. */
export interface Learner {
  readonly allocation: () => Allocation;
  readonly exposed: (trial: Trial) => void;
  readonly reached: (trial: Trial, goal: string, valueMinor: number, delayMs: number) => void;
  /** Publishes a new allocation if anything is new, or if what is known fades or ripens with time. */
  readonly learn: (nowMs: number) => void;
}

/** Starts with the allocation of no evidence. */
export function learnerOf({ policy, reward, goal }: PlannedCampaign): Learner {
  const cells = new Map<string, EvidenceCell>();
  const { halfLifeMs, delayCorrection } = policy.learning ?? {};
  // A phase that watches for drift looks back by the hour as well.
  const byTime = halfLifeMs !== undefined || delayCorrection === true || policy.lifecycle?.drift !== undefined;
  const name = rewardName(reward);
  const trials = rewardTrialsName(reward);
  const learnsMoments = reward.kind !== 'revenue';
  let version = 1;
  let changed = false;
  let life = NEWBORN;
  let current = allocatePolicy(policy, { statistics: new Map() }, version, standingOf(policy, [], life));
  const add = ({ leaf, armId, atMs }: Trial, change: Partial<ArmStatistics>, sums: SumsByName): void => {
    changed = true;
    // Hours matter only where time does: one cell per leaf and arm is much faster.
    const hour = byTime ? Math.floor(atMs / HOUR_MS) : 0;
    const key = `${leaf}\n${armId}\n${hour}`;
    const known = cells.get(key);
    const statistics = addStatistics(known?.statistics ?? emptyStatistics, change);
    const merged = Object.keys(sums).length === 0 ? known?.sums : addSums(known?.sums ?? {}, sums);
    cells.set(key, { leaf, arm: armId, hour, statistics, ...(merged && { sums: merged }) });
  };
  return {
    allocation: () => current,
    exposed: (trial) => {
      const { features } = trial;
      const moments =
        features && learnsMoments ? { [momentsName(features.key, reward)]: trialMoments(features.z) } : {};
      add(trial, { exposures: 1, trials: 1 }, { ...moments, ...(trials !== undefined && { [trials]: [1] }) });
    },
    reached: (trial, goalId, valueMinor, delayMs) => {
      const { features } = trial;
      const was = rewardInteger(reward, goal.id, trial.tally);
      const first = goalId === goal.id && !Object.hasOwn(trial.tally, goalId);
      trial.tally = tallied(trial.tally, goalId, valueMinor);
      const is = rewardInteger(reward, goal.id, trial.tally);
      const change = rewardChange(was, is);
      const moments =
        features && learnsMoments && change
          ? {
              [momentsName(features.key, reward)]: rewardMoments(
                features.z,
                momentReward(reward, was),
                momentReward(reward, is),
              ),
            }
          : {};
      add(
        trial,
        { conversions: first ? 1 : 0, revenueMinor: goalId === goal.id ? valueMinor : 0 },
        {
          ...moments,
          ...(name !== undefined && change && { [name]: change }),
          ...(first && delayCorrection && { [DELAY_NAME]: delaySums(delayMs) }),
        },
      );
    },
    learn: (nowMs) => {
      if (!changed && !(byTime && cells.size > 0)) return;
      changed = false;
      version++;
      const all = [...cells.values()];
      const learnedSince = readerOf(policy, all, nowMs);
      life = advanced(policy, all, learnedSince, life, nowMs);
      const learned = learnedSince(life.sinceHour);
      current = allocatePolicy(policy, learned, version, standingOf(policy, all, life));
    },
  };
}

/** All evidence of exposures from an hour on, weighed as the campaign asks for; weighed once for each such hour. */
function readerOf({ learning = {} }: CampaignPolicy, cells: readonly EvidenceCell[], nowMs: number) {
  const { halfLifeMs, delayCorrection } = learning;
  const weights = { ...(halfLifeMs !== undefined && { halfLifeMs }), ...(delayCorrection && { delayCorrection }) };
  const known = new Map<number | undefined, Learned>();
  return (sinceHour: number | undefined): Learned => {
    const since = sinceHour === undefined ? {} : { sinceMs: sinceHour * HOUR_MS };
    const learned = known.get(sinceHour) ?? weighEvidence({ cells, nowMs, ...weights, ...since });
    known.set(sinceHour, learned);
    return learned;
  };
}

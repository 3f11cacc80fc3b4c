/** What leaves a customer's object for statistics: a change of its campaign's sums, with where its trial comes from. */
import type { SumsByName } from '../../decisioning/bandits/named-sums.ts';
import type { ArmStatistics } from '../../decisioning/bandits/statistics.ts';
import { fnv1a32 } from '../../decisioning/hash.ts';
import type { TrialMark } from '../../decisioning/limits/network-trials.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { LearningFacts, StoredDecision } from './protocol.ts';
import { learnsFrom } from './purposes.ts';
import type { CustomerStore } from './store.ts';
import { momentsHourOf } from './trial-sums.ts';

const MS_PER_HOUR = 3_600_000;

/** What an event tells besides its change. */
interface Learned {
  readonly sums?: SumsByName | undefined;
  readonly learning?: LearningFacts | undefined;
  readonly trial?: TrialMark | undefined;
}

/** Puts an event into the outbox, unless the customer lets nobody learn from them. @param bucketMs the moment whose hour it is counted in */
export function emit(
  store: CustomerStore,
  record: Pick<DecisionRecord, 'campaignId' | 'shard' | 'leaf' | 'armId'>,
  bucketMs: number,
  change: Partial<ArmStatistics>,
  nowMs: number,
  { sums = {}, learning, trial }: Learned = {},
): void {
  if (!learnsFrom(store)) return;
  const { campaignId, shard, leaf, armId: arm } = record;
  const hour = Math.floor(bucketMs / MS_PER_HOUR);
  const momentsHour = momentsHourOf(sums, hour, learning);
  const named = Object.keys(sums).length > 0 && { sums, ...(momentsHour !== undefined && { momentsHour }) };
  store.enqueue({ campaignId, shard, leaf, arm, hour, change, ...named, ...(trial && { trial }) }, nowMs);
}

/** What a trial's events say of where it comes from; undefined where nothing is bounded. */
export function markOf({ record, network }: StoredDecision): TrialMark | undefined {
  return network && [network[0], fnv1a32(record.decisionId), network[1]];
}

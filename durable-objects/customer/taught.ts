/** What a customer has taught: the trials among their decisions. */
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { StoredDecision } from './protocol.ts';
import type { CustomerState } from './state.ts';

type Decisions = Pick<CustomerState, 'decisions'>;

const MS_PER_DAY = 86_400_000;

const dayOf = (ms: number): number => Math.floor(ms / MS_PER_DAY);

/** The trial of a decision's sticky period; with `orUntaught` also the exposure that would be it, had it taught. */
export function trialOf(
  { decisions }: Decisions,
  { campaignId, periodKey }: DecisionRecord,
  orUntaught = false,
): StoredDecision | undefined {
  for (const other of decisions.values())
    if (other.record.campaignId === campaignId && other.record.periodKey === periodKey)
      if (other.isTrial || (orUntaught && other.untaught)) return other;
  return undefined;
}

/** Whether as many trials of the campaign began on that UTC day as may be learned from. @param most of a day; undefined where there is no bound */
export function hasTaught(
  { decisions }: Decisions,
  { campaignId }: DecisionRecord,
  atMs: number,
  most: number | undefined,
): boolean {
  if (most === undefined) return false;
  let trials = 0;
  for (const { record, isTrial, exposedAtMs } of decisions.values())
    if (isTrial && record.campaignId === campaignId && dayOf(exposedAtMs as number) === dayOf(atMs)) trials += 1;
  return trials >= most;
}

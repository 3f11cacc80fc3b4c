/** How long an arm is kept for a customer. */
import type { SliceCampaign } from './catalog/slice.ts';
import type { Assignment, CustomerView } from './view.ts';

const MS_PER_DAY = 86_400_000;
/** A session never keeps an arm longer than this, however long its tab stays open. */
const MAX_SESSION_MS = 12 * 3_600_000;

export interface StickyPeriod {
  /** The assignment to keep, if one is alive. */
  readonly assignment: Assignment | undefined;
  /** One trial per campaign and period. */
  readonly periodKey: string;
  readonly stickyUntilMs: number;
}

/** The sticky period a decision falls into: that of the live assignment, or a new one that begins now. */
export function stickyPeriod(
  campaign: SliceCampaign,
  customer: CustomerView,
  decisionId: string,
  nowMs: number,
): StickyPeriod {
  const { sticky } = campaign;
  if (sticky.mode === 'none') return { assignment: undefined, periodKey: decisionId, stickyUntilMs: nowMs };
  const found = customer.assignment(campaign.id);
  // The key carries when the period began: a session that outlives its assignment begins another period, with a trial of its own.
  const session = `session:${customer.sessionKey}:`;
  const alive = found && found.untilMs > nowMs && (sticky.mode === 'days' || sessionOf(found.periodKey) === session);
  if (alive) return { assignment: found, periodKey: found.periodKey, stickyUntilMs: found.untilMs };
  return sticky.mode === 'session'
    ? { assignment: undefined, periodKey: `${session}${nowMs}`, stickyUntilMs: nowMs + MAX_SESSION_MS }
    : { assignment: undefined, periodKey: `days:${nowMs}`, stickyUntilMs: nowMs + sticky.days * MS_PER_DAY };
}

/** A session's period key without its beginning. */
function sessionOf(periodKey: string): string {
  return periodKey.slice(0, periodKey.lastIndexOf(':') + 1);
}

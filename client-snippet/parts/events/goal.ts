/** `hyperedge('goal', name, { value, currency, orderId, placement })`: a goal of the site's own. */
import type { Decision } from '../../lib/wire.ts';
import { gather, gatherGoal } from './gather.ts';
import { page } from './options.ts';

export interface GoalDetails {
  /** In major units of `currency`. */
  value?: number;
  currency?: string;
  orderId?: string | number;
  placement?: string;
}

const maxValue = 1e9;
const maxOrderId = 128;

/** What the contract takes; one wrong value would have the whole request refused. Undefined: this is no goal. */
const checked = (goal: unknown, { value, currency, orderId }: GoalDetails) => {
  if (!/^[a-z\d][a-z\d_-]{0,63}$/.test(`${goal}`)) return;
  if (value !== undefined && !(Math.abs(+value) <= maxValue)) return;
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) return;
  return {
    goal: `${goal}`,
    value: value === undefined ? undefined : +value,
    currency,
    orderId: orderId === undefined ? undefined : `${orderId}`.slice(0, maxOrderId),
  };
};

/**
 * Reports a goal. With a placement it is one of that decision alone, as soon as there is one; where there will be none, and without
 * a placement, it is the visitor's, and the API credits it to what they saw. Wrong arguments are no goal.
 */
export const goal = (name: string, details: GoalDetails = {}): void => {
  const event = checked(name, details);
  const { placement } = details;
  if (!event) return;
  const tell = (decision: Decision | null | undefined): void => {
    if (decision?.token) gatherGoal({ ...event, token: decision.token, kind: 'goal' });
    else gather({ ...event, kind: 'goal' });
  };
  const decided = page.core.$decided();
  if (!placement || !decided.has(placement) || decided.get(placement) !== undefined) {
    tell(decided.get(placement));
    return;
  }
  const wait = ({ detail }: CustomEvent<Decision>): void => {
    if (detail.placement !== placement) return;
    removeEventListener('hyperedge:decision', wait);
    clearTimeout(timer);
    tell(detail);
  };
  // No answer is no event: the entry waits no longer for one than this.
  const timer = setTimeout(() => {
    removeEventListener('hyperedge:decision', wait);
    tell(null);
  }, page.core.$settings.timeoutMs * 2);
  addEventListener('hyperedge:decision', wait);
};

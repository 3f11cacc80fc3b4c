/** What became of a batch of events, as an answer. */
import type { EventsResponse } from '../../contract/events.ts';
import { describeRejection } from '../../decisioning/describe.ts';
import type { EventRejection } from '../../decisioning/reasons.ts';
import type { ItemResult } from '../../durable-objects/customer/protocol.ts';
import type { Call } from '../http/call.ts';
import { problem } from '../http/problem.ts';

/** The answer to a batch: a problem only when nothing at all was taken. */
export function answerEvents(
  c: Call,
  results: readonly ItemResult[],
  single: boolean,
  extra: Pick<EventsResponse, 'customer' | 'ignoredAttributes'> = {},
): Response {
  const count = (status: ItemResult['status']): number => results.filter((result) => result.status === status).length;
  const rejected = count('rejected');
  if (rejected > 0 && rejected === results.length) return refuseEvents(c, results, single);
  const response: EventsResponse = {
    accepted: count('accepted'),
    duplicates: count('duplicate'),
    rejected,
    results: results.map((result) => ({ ...result })),
    ...extra,
  };
  return c.json(response);
}

/** The field of an event that a rejection is about; the event itself where there is none. */
const FIELDS: Readonly<Partial<Record<EventRejection, string>>> = {
  invalid_token: '/token',
  expired_token: '/token',
  superseded_token: '/token',
  wrong_workspace: '/token',
  wrong_site: '/token',
  customer_erased: '/token',
  unknown_goal: '/goal',
  goal_needs_secret_key: '/goal',
  negative_value_needs_secret_key: '/value',
  other_currency: '/currency',
  dispatch_needs_secret_key: '/kind',
  too_many_orders: '/orderId',
  time_out_of_range: '/at',
};

function refuseEvents(c: Call, results: readonly ItemResult[], single: boolean): Response {
  const errors = results.map(({ index, reason = 'unavailable' }) => ({
    field: `${single ? '' : `/events/${index}`}${FIELDS[reason] ?? ''}`,
    detail: `${reason}: ${describeRejection(reason)}`,
  }));
  const all = (is: (reason: EventRejection) => boolean): boolean =>
    results.every(({ reason }) => reason !== undefined && is(reason));
  if (all((reason) => reason === 'unavailable')) return problem(c, 'unavailable', { errors });
  return problem(c, all((reason) => FIELDS[reason] === '/token') ? 'invalid_token' : 'invalid_events', { errors });
}

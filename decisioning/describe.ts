/** Reasons in words, for people who were not there. */
import type { EventRejection, RefusalReason } from './reasons.ts';

const WORDS: Readonly<Record<RefusalReason, string>> = {
  kill_switch: 'The workspace is switched off: everyone gets default content.',
  paused: 'The campaign is paused.',
  not_scheduled: 'The campaign does not run at this time.',
  quiet_hours: 'It is quiet hours on this channel for the customer, or their time zone is not known.',
  already_chosen: 'The campaign was chosen for an earlier placement of the same request.',
  excluded: 'A campaign of the same exclusion group was chosen for an earlier placement of the same request.',
  no_consent: 'The customer has not consented to this channel.',
  not_in_audience: "The customer is not in the campaign's audience.",
  not_yet: 'What this campaign must come after has not happened yet.',
  not_admitted: 'The campaign is being rolled out, and the customer is not among those who see it yet.',
  no_arm_available: 'No arm of the campaign is for this channel at this time, or the one kept for the customer is not.',
  too_soon_after: 'A campaign that this one keeps its distance from reached the customer only lately.',
  capped_campaign: 'The customer has had as many touches of this campaign as its cap allows.',
  capped_channel: 'The customer has had as many touches on this channel as its cap allows.',
  capped_global: 'The customer has had as many touches as the workspace allows.',
  no_budget: 'A ledger it needs has less to give just now than its dearest arm takes.',
  paced: 'Pacing asks more for what it would spend than it is worth just now.',
  fatigued: 'The customer has been contacted so much lately that leaving them in peace is worth more.',
  outranked: 'Another campaign was chosen.',
};

/** A sentence for a reason. */
export function describeRefusal(reason: RefusalReason): string {
  return WORDS[reason];
}

const REJECTIONS: Readonly<Record<EventRejection, string>> = {
  invalid_token: 'The token was not made here, or was altered.',
  expired_token: 'The token has expired, or its decision is no longer kept.',
  superseded_token: 'The same request was answered once more, and that answer was reported first.',
  wrong_workspace: 'The token belongs to another workspace.',
  wrong_site: 'The token belongs to another site than the key.',
  unknown_goal: 'No such goal is published.',
  goal_needs_secret_key: 'This goal is taken from servers only.',
  negative_value_needs_secret_key: 'A value below zero is taken from servers only.',
  other_currency: "The value is in another currency than the workspace's, or the goal's values are no money.",
  dispatch_needs_secret_key: 'That a message went out is taken from servers only: they send them.',
  outside_window: "The goal's window after the decision is over.",
  customer_erased: 'The customer of this decision was erased.',
  no_consent: 'Nothing may be stored without consent.',
  too_many_orders: 'The decision has as many orders of this goal as can be told apart.',
  time_out_of_range: 'The time must be within the past 24 hours.',
  unavailable: 'The customer could not be reached; send the event again.',
};

/** A sentence for why an event was not taken. */
export function describeRejection(reason: EventRejection): string {
  return REJECTIONS[reason];
}

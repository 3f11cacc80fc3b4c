/**
 * Why a candidate campaign was not chosen for a placement. A closed list: the hot path counts them, `explain` and the receipt name
 * each candidate's, and dashboards group by them. Order is the order in which the checks run.
 */
export const REFUSAL_REASONS = [
  'kill_switch',
  'paused',
  'not_scheduled',
  'quiet_hours',
  'already_chosen',
  'excluded',
  'no_consent',
  'not_in_audience',
  'not_yet',
  'not_admitted',
  'no_arm_available',
  'too_soon_after',
  'capped_campaign',
  'capped_channel',
  'capped_global',
  'no_budget',
  'paced',
  'fatigued',
  'outranked',
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why an event was not credited. Everything here is the caller's to see; nothing of it changes a number. */
export const EVENT_REJECTIONS = [
  'invalid_token',
  'expired_token',
  'superseded_token',
  'wrong_workspace',
  'wrong_site',
  'unknown_goal',
  'goal_needs_secret_key',
  'negative_value_needs_secret_key',
  'other_currency',
  'dispatch_needs_secret_key',
  'outside_window',
  'customer_erased',
  'no_consent',
  'too_many_orders',
  'time_out_of_range',
  'unavailable',
] as const;

export type EventRejection = (typeof EVENT_REJECTIONS)[number];

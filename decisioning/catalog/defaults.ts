/** Channels and goals that every workspace has; a document of the same id replaces one. */
import type { CapRule, ChannelConfiguration, Configuration, GoalConfiguration } from './configuration.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A page is looked at or left within two minutes. */
const WEB_CLAIM_TTL_MS = 2 * MINUTE_MS;
/** An app may fetch ahead of the screen that shows it. */
const IN_APP_CLAIM_TTL_MS = 10 * MINUTE_MS;
/** A message, a call or a bid is carried out by another system, within a day. */
const OUTBOUND_CLAIM_TTL_MS = DAY_MS;

function perWeek(max: number): CapRule {
  return { max, windowMs: 7 * DAY_MS };
}

type Parts = Pick<ChannelConfiguration, 'cap' | 'claimTtlMs'> &
  Partial<Pick<ChannelConfiguration, 'countsTowardGlobal' | 'requiresConsent'>>;

/** A built-in channel has no quiet hours and no capacity: which ones are polite, or the law, and how many there are is for the workspace to say. */
export type BuiltInChannel = Omit<ChannelConfiguration, 'capacity'> & { readonly quietHours: null };

function channel(id: string, name: string, parts: Parts): BuiltInChannel {
  return { id, name, countsTowardGlobal: false, requiresConsent: false, fatigueWeight: 1, quietHours: null, ...parts };
}

/** Messages that reach a person: with consent only, and counted together. */
const personal = { countsTowardGlobal: true, requiresConsent: true, claimTtlMs: OUTBOUND_CLAIM_TTL_MS } as const;
const outbound = { claimTtlMs: OUTBOUND_CLAIM_TTL_MS } as const;

/** The built-in channels. Caps are per customer and seven days. */
export const BUILT_IN_CHANNELS: readonly BuiltInChannel[] = [
  channel('web', 'Web', { cap: null, claimTtlMs: WEB_CLAIM_TTL_MS }),
  channel('in_app', 'In app', { cap: null, claimTtlMs: IN_APP_CLAIM_TTL_MS }),
  channel('email', 'E-mail', { ...personal, cap: perWeek(3) }),
  channel('sms', 'SMS', { ...personal, cap: perWeek(2) }),
  channel('push', 'Push', { ...personal, cap: perWeek(5) }),
  channel('direct_mail', 'Direct mail', { ...personal, cap: perWeek(1) }),
  channel('call_center', 'Call centre', { ...personal, cap: null }),
  channel('display', 'Display', { ...outbound, cap: perWeek(20) }),
  channel('social', 'Social', { ...outbound, cap: perWeek(10) }),
  channel('branch', 'Branch', { ...outbound, cap: null }),
  channel('connected_tv', 'Connected TV', { ...outbound, cap: null }),
];

const engagement = { source: 'any', windowMs: DAY_MS, defaultValueMinor: 0 } as const;

/**
 * The built-in goals, all of them engagement: a click, which the page script reports by itself, a view, and the time spent. A click may be worth money
 * (its events may bring a value); a view is one of many, and time is no money.
 */
export const BUILT_IN_GOALS: readonly GoalConfiguration[] = [
  { id: 'click', name: 'Click', ...engagement },
  { id: 'view', name: 'View', ...engagement, unit: 'count' },
  { id: 'dwell', name: 'Dwell', ...engagement, unit: 'ms' },
];

function over<T extends { readonly id: string }>(builtIn: readonly T[], own: readonly T[]): readonly T[] {
  const named = new Set(own.map(({ id }) => id));
  return [...builtIn.filter(({ id }) => !named.has(id)), ...own];
}

/** The configuration with the built-in channels and goals that it does not define itself. */
export function withBuiltIns(configuration: Configuration): Configuration {
  return {
    ...configuration,
    channels: over<ChannelConfiguration>(BUILT_IN_CHANNELS, configuration.channels),
    goals: over(BUILT_IN_GOALS, configuration.goals),
  };
}

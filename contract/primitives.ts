/** The small values every schema is made of: ids, durations, money, text; each with its limit and the reason for it. */
import * as z from 'zod';
import { areFewAttributes, isSafeId } from './rules.ts';

export {
  MAX_BODY_BYTES,
  MAX_CONFIGURATION_BODY_BYTES,
  MAX_EVENTS,
  MAX_FEEDBACK_BODY_BYTES,
  MAX_PLACEMENTS,
} from './limits.ts';
export { isSafeId } from './rules.ts';

/** What is told of an id that is not safe. */
export const UNSAFE_ID_MESSAGE = 'must not be "constructor" or "prototype": no body may have such a key';

/** Ids are used in paths, hashes and counter names, so they stay short, lower-case and free of dots. */
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9, "-", "_" and start with a letter or digit')
  .refine(isSafeId, UNSAFE_ID_MESSAGE)
  .meta({ description: 'An id: 1 to 64 of a-z, 0-9, "-", "_"', example: 'spring-sale' });

export const displayName = z.string().trim().min(1).max(200);
export const description = z.string().max(2_000);

/** Longest window anything is remembered for: counters, caps and goals share it, so that history can be forgotten after it. */
export const MAX_WINDOW_DAYS = 90;

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `15m`, `24h`, `7d` as milliseconds; undefined when it is none of these or longer than 90 days. */
export function durationMs(text: string): number | undefined {
  const match = /^([1-9]\d{0,6})([smhd])$/.exec(text);
  if (!match) return undefined;
  const ms = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  return ms <= MAX_WINDOW_DAYS * UNIT_MS.d ? ms : undefined;
}

export const duration = z
  .string()
  .refine(
    (text) => durationMs(text) !== undefined,
    'must be a duration like "90s", "15m", "24h" or "7d", at most 90 days',
  )
  .meta({
    description: 'A duration: a whole number and s, m, h or d; at most 90 days',
    example: '7d',
    pattern: '^[1-9][0-9]{0,6}[smhd]$',
  });

/** One answer of the host for what it knows as a time zone, remembered: building a formatter is slow. */
const knownTimeZones = new Map<string, boolean>();
const MAX_REMEMBERED_ZONES = 1_000; // there are about 600 names; the limit keeps junk input from growing the map

/** Whether a name is an IANA time zone that this host can compute in. */
export function isTimeZone(name: string): boolean {
  const known = knownTimeZones.get(name);
  if (known !== undefined) return known;
  let valid = true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    valid = false;
  }
  if (knownTimeZones.size < MAX_REMEMBERED_ZONES) knownTimeZones.set(name, valid);
  return valid;
}

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be an IANA time zone such as "Europe/Berlin"')
  .meta({ description: 'IANA time zone', example: 'Europe/Berlin' });

/** What a customer may say yes or no to; [what each opens](../docs/guides/page/consent.md). */
export const PURPOSES = ['functional', 'personalization', 'analytics', 'ads'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Yes or no by purpose; of what is not named nothing is said. */
export const purposes = z
  .partialRecord(z.enum(PURPOSES), z.boolean())
  .meta({ example: { functional: true, personalization: true, analytics: false, ads: false } });

/** Of a campaign, or of a channel for all its campaigns. */
export const purposeOfContent = z.enum(['ads']).optional().meta({
  description: '`ads`: decided only for customers whose consent includes ads; none besides consent when absent',
});

/** Ids that customers bring: an account number, a CRM key. Never stored or logged by the runtime as they are. */
export const customerId = z
  .string()
  .min(1)
  .max(256)
  .meta({ description: 'Your own id of the customer', example: 'crm-4711' });

export const share = z.number().min(0).max(1);

/** Largest single value: ninety thousand of them stay below 2^53 cents, where every sum is held. */
export const MAX_VALUE = 1_000_000_000;

/** Money or any other quantity in major units; rounded to the currency's minor unit on receipt. */
export const value = z
  .number()
  .min(-MAX_VALUE)
  .max(MAX_VALUE)
  .meta({ description: "Value in major units of the workspace currency, or in the goal's own unit", example: 49.9 });

/** An instant as callers write it. */
export const instant = z.iso.datetime();

/** ISO 4217. Nothing is converted: a value in another currency than the workspace's is refused. */
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be a currency code like "EUR"')
  .meta({
    description: "Of the value. Refused unless it is the workspace's currency; there is no conversion",
    example: 'EUR',
  });

export const orderId = z.string().min(1).max(128);

/** Values of attributes and traits. Lists are short: they are matched element by element. */
export const attributeValue = z.union([
  z.string().max(1_024),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.string().max(256), z.number()])).max(100),
]);

export const attributeName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_]{0,63}(\.[A-Za-z][A-Za-z0-9_]{0,63}){0,4}$/,
    'must be a name like "plan" or "account.tier"',
  );

/** Attributes of a request. */
export const attributes = z
  .record(attributeName, attributeValue)
  .refine(areFewAttributes, 'at most 100 attributes')
  .meta({ example: { plan: 'gold', age: 42 } });

/** The shorter kinds of configuration: placements, channels, goals, attributes, sites and the workspace's settings. */
import * as z from 'zod';
import { PRESET_NAMES } from '../../decisioning/arbitration/value.ts';
import {
  attributeName,
  description,
  displayName,
  duration,
  durationMs,
  purposeOfContent,
  share,
  slug,
} from '../primitives.ts';
import { cap } from './campaign.ts';
import { content } from './content.ts';
import { capacity } from './ledgers.ts';
import { clock, minuteOfDay } from './schedule.ts';
import { cookieProblem, siteCookie } from './site-cookie.ts';

const MINUTES_PER_DAY = 1_440;
const longestOrigin = 255; // a DNS name is at most 253 octets, plus scheme and port

export const placement = z
  .strictObject({
    id: slug,
    name: displayName,
    channel: slug.default('web'),
    defaultContent: content.optional(),
    html: z.boolean().optional().meta({ description: 'Whether content may have `html` here; no, unless told' }),
  })
  .meta({ id: 'Placement', description: 'A named slot on a page, in an app, or outbound; belongs to a channel.' });

const quietHours = z
  .strictObject({ from: clock, to: clock })
  .refine((hours) => minuteOfDay(hours.from) % MINUTES_PER_DAY !== minuteOfDay(hours.to) % MINUTES_PER_DAY, {
    path: ['to'],
    message: 'must be another time of day than "from"',
  })
  .transform((hours) => ({ fromMinute: minuteOfDay(hours.from) % MINUTES_PER_DAY, toMinute: minuteOfDay(hours.to) }))
  .meta({
    description: 'No decisions in these hours of the customer; none at all for one whose time zone is not known',
    example: { from: '21:00', to: '08:00' },
  });

export const channel = z
  .strictObject({
    id: slug,
    name: displayName,
    countsTowardGlobal: z.boolean().default(false),
    requiresConsent: z.boolean().default(false),
    purpose: purposeOfContent,
    cap: cap.nullable().default(null),
    capacity: capacity.optional(),
    claimTtl: duration.default('2m'),
    fatigueWeight: z.number().min(0).max(100).default(1),
    quietHours: quietHours.nullable().default(null),
  })
  .transform(({ claimTtl, ...rest }) => ({ ...rest, claimTtlMs: durationMs(claimTtl) as number }))
  .meta({ id: 'Channel', description: 'A way to reach customers: its default cap, consent rule and claim life.' });

export const goal = z
  .strictObject({
    id: slug,
    name: displayName,
    source: z
      .enum(['server', 'any'])
      .default('any')
      .meta({ description: '`server` goals are accepted with secret keys only' }),
    window: duration.default('30d').meta({ description: 'How long after a decision an outcome may be credited to it' }),
    defaultValueMinor: z.int().min(-1_000_000_000).max(1_000_000_000).default(0),
    unit: z
      .enum(['money', 'count', 'ms'])
      .optional()
      .meta({ description: 'What the values of its events are: money (unless told), a quantity, or milliseconds' }),
  })
  .transform(({ window, ...rest }) => ({ ...rest, windowMs: durationMs(window) as number }))
  .meta({ id: 'Goal', description: 'Something a customer may do that counts as success.' });

export const attribute = z
  .strictObject({
    id: attributeName,
    type: z.enum(['string', 'number', 'boolean', 'string_list']),
    source: z.enum(['server', 'any', 'device']).default('any').meta({
      description:
        '`device` attributes stay on the page and are never taken; `server` attributes are ignored (and reported) when a publishable key sends them',
    }),
    description: description.optional(),
  })
  .meta({ id: 'Attribute', description: 'A declared attribute or trait of customers and requests.' });

/** Exactly what a browser sends as `Origin`: scheme, host, port if not the default; no path, no trailing slash. */
const origin = z
  .string()
  .max(longestOrigin)
  .refine((text) => {
    try {
      const url = new URL(text);
      return (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === text;
    } catch {
      return false;
    }
  }, 'must be an exact origin such as "https://shop.example"');

export const site = z
  .strictObject({
    id: slug,
    name: displayName,
    kind: z.enum(['web', 'app', 'server']),
    origins: z.array(origin).max(50).default([]),
    consent: z.enum(['required', 'not_required']).default('required'),
    cookie: siteCookie.optional(),
  })
  .superRefine((value, context) => {
    const problem = cookieProblem(value);
    if (problem) context.addIssue({ code: 'custom', ...problem });
  })
  .refine((value) => (value.kind === 'web' ? value.origins.length > 0 : value.origins.length === 0), {
    path: ['origins'],
    message: 'a web site needs at least one origin, an app or server none',
  })
  .meta({ id: 'Site', description: 'A website, app or server that uses the workspace.' });

export const settings = z
  .strictObject({
    id: z.literal('workspace').default('workspace'),
    holdout: z.number().min(0).max(0.5).default(0),
    globalCap: cap.nullable().prefault({ max: 7, per: '7d' }),
    arbitration: z
      .strictObject({
        exploration: share.default(0),
        preset: z
          .enum(PRESET_NAMES)
          .default('weighted')
          .meta({ description: 'How campaigns are valued against each other' }),
      })
      .prefault({}),
    fatigue: z
      .strictObject({ weight: z.number().min(0).max(1_000).default(0), halfLife: duration.default('3d') })
      .prefault({})
      .transform((value) => ({ weight: value.weight, halfLifeMs: durationMs(value.halfLife) as number })),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as "EUR"')
      .default('EUR'),
    receipts: z.enum(['needed', 'all']).optional().meta({
      description:
        'Which decisions are stored with their receipts when they are made: `needed` (so when absent), those that caps, holdouts, sticky arms, models and the like go by; `all`, every one for somebody who may be remembered',
    }),
  })
  .meta({
    id: 'Settings',
    description: 'Workspace-wide rules: holdout, global cap, arbitration, fatigue, currency, receipts.',
  });

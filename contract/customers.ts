/** `PUT|GET|DELETE /v1/customers/{id}`: profile, export, erasure. */
import * as z from 'zod';
import { attributes, slug, timeZone } from './primitives.ts';

const PURPOSES = ['functional', 'personalization', 'analytics', 'ads'] as const;

export const customerProfile = z
  .strictObject({
    traits: attributes.default({}),
    timeZone: timeZone.optional(),
    consent: z
      .strictObject({
        channels: z
          .record(slug, z.boolean())
          .refine((record) => Object.keys(record).length <= 50, 'at most 50 channels')
          .default({}),
        purposes: z.partialRecord(z.enum(PURPOSES), z.boolean()).default({}),
      })
      .prefault({}),
  })
  .meta({
    id: 'CustomerProfile',
    example: { traits: { plan: 'gold' }, timeZone: 'Europe/Berlin', consent: { channels: { email: true } } },
  });

export const customerExport = z
  .strictObject({
    profile: customerProfile,
    createdAt: z.iso.datetime().nullable(),
    decisions: z.array(z.record(z.string(), z.unknown())),
    outcomes: z.array(z.record(z.string(), z.unknown())),
    behaviour: z.array(z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'CustomerExport', description: 'Everything that is held about one customer.' });

export type CustomerProfile = z.infer<typeof customerProfile>;
export type CustomerExport = z.infer<typeof customerExport>;

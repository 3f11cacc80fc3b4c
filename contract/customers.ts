/** `PUT|GET|DELETE /v1/customers/{id}`: profile, export, erasure. */
import * as z from 'zod';
import { attributes, purposes, slug, timeZone } from './primitives.ts';

const consentShape = {
  channels: z
    .record(slug, z.boolean())
    .refine((record) => Object.keys(record).length <= 50, 'at most 50 channels')
    .default({}),
  purposes: purposes.default({}),
};

export const customerProfile = z
  .strictObject({
    traits: attributes.default({}),
    timeZone: timeZone.optional(),
    consent: z.strictObject(consentShape).prefault({}),
  })
  .meta({
    id: 'CustomerProfile',
    example: { traits: { plan: 'gold' }, timeZone: 'Europe/Berlin', consent: { channels: { email: true } } },
  });

/** The profile with what the customer told a page, which `PUT` leaves as it is. */
const exportedProfile = customerProfile
  .extend({
    consent: z.strictObject({
      ...consentShape,
      told: purposes.optional().meta({ description: 'What the customer told a page, by `POST /v1/consent`' }),
    }),
  })
  .meta({ id: 'ExportedProfile' });

export const customerExport = z
  .strictObject({
    profile: exportedProfile,
    createdAt: z.iso.datetime().nullable(),
    decisions: z.array(z.record(z.string(), z.unknown())),
    outcomes: z.array(z.record(z.string(), z.unknown())),
    behaviour: z.array(z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'CustomerExport', description: 'Everything that is held about one customer.' });

export type CustomerProfile = z.infer<typeof customerProfile>;
export type CustomerExport = z.infer<typeof customerExport>;

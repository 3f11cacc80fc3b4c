/** What a customer may be remembered and reported for, and `POST /v1/consent`: the page tells what its visitor decided. */
import * as z from 'zod';
import { bodyKey, customerReference } from './decisions.ts';
import { purposes } from './primitives.ts';
import { namesSomething } from './rules.ts';

export const consentRequest = z
  .strictObject({
    key: bodyKey,
    customer: customerReference.optional(),
    purposes: purposes.refine(namesSomething, 'must name at least one purpose').optional().meta({
      description:
        'Absent: consent is over on this device. An anonymous customer is erased; a known one is not spoken for',
    }),
  })
  .meta({
    id: 'ConsentRequest',
    example: { customer: { anonymousId: 'a1.k1.…' }, purposes: { personalization: false } },
  });

/** What became of a decision about purposes. */
export const CONSENT_OUTCOMES = ['kept', 'erased', 'refused', 'nobody'] as const;

export const consentResponse = z
  .strictObject({
    outcome: z.enum(CONSENT_OUTCOMES).meta({
      description:
        '`kept`: it stands in the profile, and every device obeys. `erased`: an anonymous customer wants no personalization, and is forgotten. ' +
        '`refused`: it stands, but a server said no to one of these purposes, and that no remains. `nobody`: the request names no customer, or a known one of whom no purpose is told',
    }),
  })
  .meta({ id: 'ConsentResponse' });

export type ConsentRequest = z.infer<typeof consentRequest>;
export type ConsentOutcome = (typeof CONSENT_OUTCOMES)[number];

/**
 * Checks of the requests that the worker in front takes. Made from the schemas of `contract/requests.ts`: change those, then `npm run checks`.
 */
import type { Requests } from '../requests.ts';
import { areDistinct, areFewAttributes, haveOwnPlacements, isSafeId, namesSomething } from '../rules.ts';
import {
  all,
  anyOf,
  boolean,
  byField,
  type Check,
  check,
  fields,
  list,
  matching,
  number,
  oneOf,
  record,
  text,
} from './check.ts';

const slug = all(matching(/^[a-z0-9][a-z0-9_-]{0,63}$/), isSafeId);

const bodyKey = text(0, 128);

const customerId = text(1, 256);

const anonymousId = text(0, 128);

const customerReference = fields({}, { id: customerId, proof: text(0, 256), anonymousId });

const attributeName = matching(/^[A-Za-z][A-Za-z0-9_]{0,63}(\.[A-Za-z][A-Za-z0-9_]{0,63}){0,4}$/);

const attributeValue = anyOf(
  text(0, 1024),
  number(),
  boolean,
  oneOf(null),
  list(anyOf(text(0, 256), number()), 0, 100),
);

const attributes = all(record(attributeName, attributeValue), areFewAttributes);

const requestContext = fields({}, { url: text(0, 2048), referrer: text(0, 2048), language: text(0, 35), attributes });

const consent = oneOf('granted', 'denied', 'pending');

const requestPurposes = record(oneOf('functional', 'personalization', 'analytics', 'ads'), boolean);

const instant = matching(
  /^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z))$/,
);

const token = text(1, 2048);

const value = number(-1000000000, 1000000000);

const currency = matching(/^[A-Z]{3}$/);

const orderId = text(1, 128);

const feedbackEvent = byField('kind', {
  exposure: fields({ token, kind: oneOf('exposure') }, { at: instant }),
  goal: fields({ token, kind: oneOf('goal'), goal: slug }, { value, currency, orderId, at: instant }),
  dispatch: fields({ token, kind: oneOf('dispatch') }, { at: instant }),
});

const customerEvent = byField('kind', {
  behaviour: fields({ kind: oneOf('behaviour'), name: slug }, { value, eventId: text(1, 64), at: instant }),
  goal: fields({ kind: oneOf('goal'), goal: slug }, { value, currency, orderId, eventId: text(1, 64), at: instant }),
});

const sha256 = matching(/^[0-9a-f]{64}$/);

const publishableKey = matching(/^pk_[A-Za-z0-9]{32,120}$/);

export const optimizeRequest: Check<Requests['optimizeRequest']> = check(
  'optimizeRequest',
  fields(
    { placements: all(list(slug, 1, 20), areDistinct) },
    {
      key: bodyKey,
      requestId: text(1, 64),
      customer: customerReference,
      sessionId: text(1, 64),
      context: requestContext,
      consent,
      purposes: requestPurposes,
      preview: text(0, 1024),
      at: instant,
    },
  ),
);

export const feedbackRequest: Check<Requests['feedbackRequest']> = check(
  'feedbackRequest',
  anyOf(
    fields({ events: list(feedbackEvent, 1, 50) }, { key: bodyKey, purposes: requestPurposes }),
    fields({ token, kind: oneOf('exposure') }, { key: bodyKey, purposes: requestPurposes, at: instant }),
    fields(
      { token, kind: oneOf('goal'), goal: slug },
      { key: bodyKey, purposes: requestPurposes, value, currency, orderId, at: instant },
    ),
    fields({ token, kind: oneOf('dispatch') }, { key: bodyKey, purposes: requestPurposes, at: instant }),
  ),
);

export const eventsRequest: Check<Requests['eventsRequest']> = check(
  'eventsRequest',
  fields(
    {},
    {
      key: bodyKey,
      customer: customerReference,
      consent,
      purposes: requestPurposes,
      traits: attributes,
      events: list(customerEvent, 0, 50),
    },
  ),
  () => ({ customer: {}, events: [] }),
);

export const consentRequest: Check<Requests['consentRequest']> = check(
  'consentRequest',
  fields(
    {},
    {
      key: bodyKey,
      customer: customerReference,
      purposes: all(record(oneOf('functional', 'personalization', 'analytics', 'ads'), boolean), namesSomething),
    },
  ),
);

export const deviceBundleRequest: Check<Requests['deviceBundleRequest']> = check(
  'deviceBundleRequest',
  fields(
    { placements: all(list(slug, 1, 20), areDistinct) },
    {
      key: bodyKey,
      requestId: text(1, 64),
      customer: customerReference,
      context: requestContext,
      consent,
      purposes: requestPurposes,
    },
  ),
);

export const deviceDecisionsRequest: Check<Requests['deviceDecisionsRequest']> = check(
  'deviceDecisionsRequest',
  fields(
    {
      bundle: fields({ signed: text(0, 9000), signature: text(0, 64) }),
      decisions: all(
        list(
          fields({ placement: slug, leaves: record(text(0, 64), text(0, 64)) }, { campaign: slug, arm: text(0, 1024) }),
          1,
          20,
        ),
        haveOwnPlacements,
      ),
    },
    { key: bodyKey, customer: customerReference, context: requestContext, consent, purposes: requestPurposes },
  ),
);

export const deviceModelParams: Check<Requests['deviceModelParams']> = check('deviceModelParams', fields({ id: slug }));

export const deviceFileParams: Check<Requests['deviceFileParams']> = check(
  'deviceFileParams',
  fields({ id: slug, sha256 }),
);

export const deviceModelQuery: Check<Requests['deviceModelQuery']> = check(
  'deviceModelQuery',
  fields({}, { key: publishableKey }),
);

export const noQuery: Check<Requests['noQuery']> = check('noQuery', fields({}));

/** What the API's document says of the endpoints in front; kept from their routes, so that what decides loads no schemas and no words. */
import { consentRequest, consentResponse } from '../../contract/consent.ts';
import { optimizeRequest, optimizeResponse } from '../../contract/decisions.ts';
import {
  deviceBundleRequest,
  deviceBundleResponse,
  deviceDecisionsRequest,
  deviceDecisionsResponse,
} from '../../contract/device.ts';
import { eventsRequest, eventsResponse, feedbackRequest } from '../../contract/events.ts';
import { healthResponse } from '../../contract/health.ts';
import { deviceFileParams, deviceModel, deviceModelParams, deviceModelQuery } from '../../contract/models/device.ts';
import type { App } from '../http/app.ts';
import { type DescribedEndpoint, describeEndpoint } from '../http/described.ts';
import { CONSENT } from './consent.ts';
import { DEVICE_BUNDLE, DEVICE_DECISIONS } from './device.ts';
import { BYTES, DEVICE_FILE, DEVICE_MODEL } from './device-models.ts';
import { EVENTS } from './events.ts';
import { FEEDBACK } from './feedback.ts';
import { HEALTH } from './health.ts';
import { OPTIMIZE } from './optimize.ts';

const NO_MODEL = { 404: { description: '`not_found`: no public version of it serves' } };

const decided: readonly DescribedEndpoint[] = [
  {
    ...OPTIMIZE,
    tag: 'Decide',
    summary: 'Decide what to show',
    description:
      'Chooses the next best action for each placement. Without a customer the visitor gets a signed anonymous id; send it back. ' +
      'Draw `requestId` at random and repeat it when an answer is lost: the decision stays the same.',
    body: optimizeRequest,
    responses: { 200: { description: 'One decision a placement', schema: optimizeResponse } },
    refusals: ['invalid_identity', 'invalid_preview'],
  },
  {
    ...FEEDBACK,
    tag: 'Learn',
    summary: 'Report what became of decisions',
    description:
      'One event or up to 50. Repeats change nothing; an accepted event is never lost. Events of unequal fate are told apart in `results`.',
    body: feedbackRequest,
    responses: { 200: { description: 'What became of each event', schema: eventsResponse } },
    refusals: ['invalid_token', 'invalid_events', 'nothing_published'],
  },
  {
    ...DEVICE_BUNDLE,
    tag: 'Decide',
    summary: 'What a page may decide itself',
    description:
      'A signed bundle for campaigns with `onDevice`: probabilities, what is left of their conditions, contents. The page decides with it for `lifeMs`, without asking. ' +
      'Without consent it names nobody, and nothing can be reported with it.',
    body: deviceBundleRequest,
    responses: { 200: { description: 'The bundle', schema: deviceBundleResponse } },
    refusals: ['invalid_identity', 'nothing_published'],
  },
  {
    ...DEVICE_DECISIONS,
    tag: 'Decide',
    summary: 'Tokens of decisions that a page made',
    description:
      'Each decision is made again from the bundle and what the page told; one that comes out otherwise is refused. Tokens go to `POST /v1/feedback` like any. ' +
      'Repeats name the same decision: a placement counts once a bundle.',
    body: deviceDecisionsRequest,
    responses: { 200: { description: 'What became of each decision', schema: deviceDecisionsResponse } },
    refusals: ['invalid_identity', 'nothing_published'],
  },
  {
    ...DEVICE_MODEL,
    tag: 'Decide',
    summary: 'A model for pages to score with',
    description:
      'Manifests of the versions in service that say `onDevice`, and where their files are. The page takes its own version, scores what it knows of the session, and sends none of it.',
    params: deviceModelParams,
    query: deviceModelQuery,
    responses: { 200: { description: 'The public versions in service', schema: deviceModel }, ...NO_MODEL },
  },
  {
    ...DEVICE_FILE,
    tag: 'Decide',
    summary: 'The ONNX file of a model for pages',
    params: deviceFileParams,
    query: deviceModelQuery,
    responses: { 200: { description: 'The file; never another under this address', mediaType: BYTES }, ...NO_MODEL },
  },
  {
    ...EVENTS,
    tag: 'Learn',
    summary: 'Report behaviour and goals of a customer',
    description:
      'Behaviour changes segment membership on the very next decision. A goal is credited once to the latest exposed decision of each ' +
      'campaign with that goal, inside its window.',
    body: eventsRequest,
    responses: { 200: { description: 'What became of each event', schema: eventsResponse } },
    refusals: ['invalid_identity', 'invalid_events', 'nothing_published'],
  },
  {
    ...CONSENT,
    tag: 'Customers',
    summary: 'Tell what a customer said of purposes',
    description:
      'An anonymous customer who wants no personalization is erased; whatever else is said is kept in the profile, and every device obeys. ' +
      'A no wins over a yes: with a publishable key a page takes back its own no, never that of a server. Repeats change nothing.',
    body: consentRequest,
    responses: { 200: { description: 'What became of it', schema: consentResponse } },
    refusals: ['invalid_identity'],
  },
  {
    ...HEALTH,
    tag: 'Operations',
    summary: 'Is serving current?',
    responses: { 200: { description: 'How it stands, degraded or not', schema: healthResponse } },
  },
];

/** Describes what `registerDeciding` registers. */
export function describeDeciding(app: App): void {
  for (const endpoint of decided) describeEndpoint(app, endpoint);
}

/** A last look at what objects answered: an answer that is none must not be told as a decision, nor as an event that was taken. */
import {
  anObject,
  between,
  fields,
  finite,
  flag,
  listOf,
  notNegative,
  nullable,
  oneOf,
  optional,
  recordOf,
  type Shape,
  text,
  wholeFrom,
} from '../../decisioning/catalog/shape.ts';
import type { DecidedPlacement, ItemResult, Standing } from '../../durable-objects/customer/protocol.ts';
import type { PublisherState } from '../../durable-objects/publisher/protocol.ts';
import { Unavailable } from '../http/unavailable.ts';

/** Sums of floating numbers may pass 1 by a last bit. */
const probability = between(0, 1 + 1e-9);

const recordShape = fields({
  decisionId: text,
  workspaceId: text,
  siteId: text,
  customer: text,
  bucketingId: text,
  placement: text,
  campaignId: text,
  armId: text,
  leaf: text,
  channel: text,
  atMs: finite,
  claimExpiresAtMs: finite,
  expiresAtMs: finite,
  stickyUntilMs: finite,
  propensityCampaign: probability,
  propensityArm: probability,
  sticky: flag,
  periodKey: text,
  shard: wholeFrom(0),
});

const claimShape = fields({ ledger: text, leaseId: text, units: wholeFrom(0) });

const decidedShape = listOf(
  fields({
    placement: text,
    decisionId: text,
    record: nullable(recordShape),
    refusals: recordOf(finite),
    claims: optional(listOf(claimShape)),
  }),
);

const standingShape = fields({
  bucketingId: text,
  consent: fields({ channels: recordOf(flag), purposes: recordOf(flag), told: optional(recordOf(flag)) }),
  timeZone: optional(text),
});

const resultsShape = listOf(
  fields({ index: wholeFrom(0), status: oneOf('accepted', 'duplicate', 'rejected'), reason: optional(text) }),
);

const posteriorShape = fields({ alpha: finite, beta: finite });

const leafShape = fields({
  probabilities: listOf(probability),
  pBest: listOf(probability),
  posteriors: listOf(posteriorShape),
  expectedRate: finite,
  expectedRevenueMinor: finite,
});

const allocationShape = fields({
  campaignId: text,
  version: notNegative,
  armsKey: text,
  armIds: listOf(text),
  leaves: recordOf(leafShape),
  linear: optional(anObject),
});

const stateShape = fields({
  seq: wholeFrom(0),
  manifest: nullable(
    fields({
      revision: wholeFrom(0),
      hash: text,
      directory: text,
      placements: recordOf(fields({ rules: text, contents: text })),
    }),
  ),
  switches: fields({ killSwitch: flag, pausedCampaigns: listOf(text) }),
  allocations: listOf(allocationShape),
  bodies: optional(listOf(fields({ hash: text, body: text }))),
});

function fits<T>(value: unknown, shape: Shape, part: string): T {
  if (shape(value, '') !== undefined) throw new Unavailable(part);
  return value as T;
}

/** The decisions of a customer's object: one for each of these requests. Throws {@link Unavailable} when they are not. */
export function decisionsOf(
  decisions: unknown,
  requests: readonly { readonly placement: string; readonly decisionId: string }[],
): readonly DecidedPlacement[] {
  const read = fits<readonly DecidedPlacement[]>(decisions, decidedShape, 'customer');
  const answered = new Set(read.map(({ placement }) => placement));
  if (read.length !== requests.length || !requests.every(({ placement }) => answered.has(placement)))
    throw new Unavailable('customer');
  return read;
}

/** What a customer's object says of consent. Throws {@link Unavailable} when it is nothing to go by. */
export function standingIn(standing: unknown): Standing {
  return fits<Standing>(standing, standingShape, 'customer');
}

/** What a customer's object says became of these items, all of them. Throws {@link Unavailable} when it does not. */
export function resultsOf(results: unknown, items: readonly { readonly index: number }[]): readonly ItemResult[] {
  const read = fits<readonly ItemResult[]>(results, resultsShape, 'customer');
  const told = new Set(read.map(({ index }) => index));
  if (read.length !== items.length || !items.every(({ index }) => told.has(index))) throw new Unavailable('customer');
  return read;
}

/** What the publisher says is current. Throws {@link Unavailable} when it is nothing to decide by. */
export function stateOf(state: unknown): PublisherState {
  return fits<PublisherState>(state, stateShape, 'publisher');
}

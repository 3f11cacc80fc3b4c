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
  optional,
  recordOf,
  type Shape,
  text,
  wholeFrom,
} from '../../decisioning/catalog/shape.ts';
import type { LeasedClaim } from '../../decisioning/limits/purse.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { DecidedPlacement, ItemResult, Standing } from '../../durable-objects/customer/protocol.ts';
import type { PublisherState } from '../../durable-objects/publisher/protocol.ts';
import { Unavailable } from '../http/unavailable.ts';

/** Sums of floating numbers may pass 1 by a last bit. */
const MOST_PROBABLE = 1 + 1e-9;
const probability = between(0, MOST_PROBABLE);

/** Every decision's reply is looked at, so its shape is written out: lists of fields with their paths take ten times as long. */
const isProbability = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= MOST_PROBABLE;
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isRecord(value: unknown): boolean {
  if (!isObject(value)) return false;
  const record = value as Readonly<Partial<Record<keyof DecisionRecord, unknown>>>;
  return (
    typeof record.decisionId === 'string' &&
    typeof record.workspaceId === 'string' &&
    typeof record.siteId === 'string' &&
    typeof record.customer === 'string' &&
    typeof record.bucketingId === 'string' &&
    typeof record.placement === 'string' &&
    typeof record.campaignId === 'string' &&
    typeof record.armId === 'string' &&
    typeof record.leaf === 'string' &&
    typeof record.channel === 'string' &&
    typeof record.periodKey === 'string' &&
    typeof record.sticky === 'boolean' &&
    Number.isFinite(record.atMs) &&
    Number.isFinite(record.claimExpiresAtMs) &&
    Number.isFinite(record.expiresAtMs) &&
    Number.isFinite(record.stickyUntilMs) &&
    isProbability(record.propensityCampaign) &&
    isProbability(record.propensityArm) &&
    isWhole(record.shard)
  );
}

function isClaim(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { ledger, leaseId, units } = value as Readonly<Partial<Record<keyof LeasedClaim, unknown>>>;
  return typeof ledger === 'string' && typeof leaseId === 'string' && isWhole(units);
}

function isDecided(value: unknown): boolean {
  if (!isObject(value)) return false;
  const told = value as Readonly<Partial<Record<keyof DecidedPlacement, unknown>>>;
  const { placement, decisionId, record, refusals, claims } = told;
  if (typeof placement !== 'string' || typeof decisionId !== 'string' || !isObject(refusals)) return false;
  if (record !== null && !isRecord(record)) return false;
  if (claims !== undefined && !(Array.isArray(claims) && claims.every(isClaim))) return false;
  for (const reason in refusals) if (!Number.isFinite((refusals as Record<string, unknown>)[reason])) return false;
  return true;
}

const standingShape = fields({
  bucketingId: text,
  consent: fields({ channels: recordOf(flag), purposes: recordOf(flag), told: optional(recordOf(flag)) }),
  timeZone: optional(text),
});

const STATUSES: readonly unknown[] = ['accepted', 'duplicate', 'rejected'] satisfies ItemResult['status'][];

/** Written out, as a decision's: each report's reply is looked at. */
function isResult(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { index, status, reason } = value as Readonly<Partial<Record<keyof ItemResult, unknown>>>;
  return isWhole(index) && STATUSES.includes(status) && (reason === undefined || typeof reason === 'string');
}

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
  if (!Array.isArray(decisions) || !decisions.every(isDecided)) throw new Unavailable('customer');
  const read: readonly DecidedPlacement[] = decisions;
  const isAnswered = ({ placement }: { readonly placement: string }): boolean =>
    read.some((decided) => decided.placement === placement);
  if (read.length !== requests.length || !requests.every(isAnswered)) throw new Unavailable('customer');
  return read;
}

/** What a customer's object says of consent. Throws {@link Unavailable} when it is nothing to go by. */
export function standingIn(standing: unknown): Standing {
  return fits<Standing>(standing, standingShape, 'customer');
}

/** What a customer's object says became of these items, all of them. Throws {@link Unavailable} when it does not. */
export function resultsOf(results: unknown, items: readonly { readonly index: number }[]): readonly ItemResult[] {
  if (!Array.isArray(results) || !results.every(isResult)) throw new Unavailable('customer');
  const read: readonly ItemResult[] = results;
  const isTold = ({ index }: { readonly index: number }): boolean => read.some((result) => result.index === index);
  if (read.length !== items.length || !items.every(isTold)) throw new Unavailable('customer');
  return read;
}

/** What the publisher says is current. Throws {@link Unavailable} when it is nothing to decide by. */
export function stateOf(state: unknown): PublisherState {
  return fits<PublisherState>(state, stateShape, 'publisher');
}

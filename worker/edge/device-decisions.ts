/** Decisions that devices say they made: verified, decided again, and given the tokens of decisions. */
import type { DeviceDecisionsRequest, DeviceDecisionsResponse } from '../../contract/device.ts';
import { deviceResolver } from '../../decisioning/device/attributes.ts';
import { DEVICE_BUNDLE_LIFE_MS, type DeviceBundle } from '../../decisioning/device/bundle.ts';
import { decideAgain, type Judged } from '../../decisioning/device/decide-again.ts';
import type { DeviceRefusal } from '../../decisioning/device/reasons.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { DEVICE_STRATUM, stratumOf } from '../../decisioning/strategies/strata.ts';
import { encodeToken } from '../../decisioning/token/token.ts';
import { recordOf } from '../../durable-objects/customer/record.ts';
import { hmacText } from '../../durable-objects/shared/naming.ts';
import type { Auth } from '../http/auth.ts';
import type { EdgeCatalog } from './catalog.ts';
import { readBundle } from './device-bundle.ts';
import { addressFacts, admitAttributes } from './request-facts.ts';
import type { PlacementSlices } from './slices.ts';
import { tokenSigner } from './token-signer.ts';
import type { Visitor } from './visitor.ts';

/** How long after its life a bundle still reports: a page that was offline for a while. What it counts for does not grow with time. */
export const DEVICE_REPORT_GRACE_MS = 3_600_000;

export interface Reported {
  readonly auth: Auth;
  readonly visitor: Visitor;
  readonly catalog: EdgeCatalog;
  readonly body: DeviceDecisionsRequest;
  /** Slices of the placements that are reported, as they are published now. */
  readonly slices: ReadonlyMap<string, PlacementSlices>;
  readonly nowMs: number;
}

type Answer = DeviceDecisionsResponse['decisions'][number];

/** What is wrong with a report as a whole. */
function refusalOf({ auth, visitor, nowMs }: Reported, bundle: DeviceBundle | undefined): DeviceRefusal | undefined {
  if (!bundle) return 'bad_signature';
  if (bundle.workspaceId !== auth.workspaceId) return 'wrong_workspace';
  if (bundle.siteId !== auth.siteId) return 'wrong_site';
  if (nowMs >= bundle.issuedAtMs + DEVICE_BUNDLE_LIFE_MS + DEVICE_REPORT_GRACE_MS) return 'expired_bundle';
  if (bundle.customer === undefined) return 'nobodys_bundle';
  return visitor.kind === 'none' || visitor.name !== bundle.customer ? 'not_yours' : undefined;
}

/** Judges every decision of a report. Whatever is sent, the answer has one entry a decision, and nothing was stored. */
export function judgeReport(env: Env, reported: Reported): Answer[] {
  const { body, visitor, auth, catalog } = reported;
  const refuseAll = (reason: DeviceRefusal): Answer[] =>
    body.decisions.map(({ placement }) => ({ placement, status: 'refused', reason }));
  if (visitor.kind === 'none') return refuseAll('no_consent');
  const bundle = readBundle(env, body.bundle);
  const refusal = refusalOf(reported, bundle);
  if (refusal || !bundle) return refuseAll(refusal ?? 'bad_signature');
  const { admitted } = admitAttributes(catalog.directory, body.context?.attributes, auth.keyType);
  const resolve = deviceResolver(bundle.reads, addressFacts(body.context), admitted);
  const judged = decideAgain(bundle, body.decisions, resolve);
  return judged.map((one) => answerOf(env, reported, bundle, one));
}

function answerOf(env: Env, reported: Reported, bundle: DeviceBundle, judged: Judged): Answer {
  const { placement } = judged;
  if ('refused' in judged) return { placement, status: 'refused', reason: judged.refused };
  if (!judged.campaign) return { placement, status: 'accepted' };
  const record = recordFor(env, reported, bundle, judged);
  if (!record) return { placement, status: 'refused', reason: 'not_published' };
  return {
    placement,
    status: 'accepted',
    decisionId: record.decisionId,
    token: encodeToken(record, tokenSigner(env)),
    claimExpiresAt: new Date(record.claimExpiresAtMs).toISOString(),
  };
}

/**
 * The record of a decision that was found to be right, under the campaign as it is published now; null when that is another one. Its id comes from
 * the nonce: reported again it is the same decision, and the customer's object counts it once.
 */
function recordFor(
  env: Env,
  { auth, catalog, slices, nowMs }: Reported,
  bundle: DeviceBundle,
  { placement, decision, campaign }: Extract<Judged, { decision: unknown }>,
): DecisionRecord | null {
  const slice = slices.get(placement)?.rules;
  const rules = slice?.rules.campaigns.find(({ id }) => id === campaign?.id);
  if (!slice || !decision.chosen || !rules?.onDevice || rules.initialAllocation.armsKey !== campaign?.armsKey)
    return null;
  const name = bundle.customer as string;
  const id = hmacText(env.NAMING_SECRET, auth.workspaceId, 'device-decision', name, bundle.nonce, placement);
  const decisionId = `${name}.${id}`;
  const chosen = {
    ...decision.chosen,
    campaign: rules,
    leaf: stratumOf(DEVICE_STRATUM, decision.chosen.leaf),
    periodKey: decisionId,
    stickyUntilMs: nowMs,
  };
  const { workspaceId, siteId } = auth;
  const call = { workspaceId, siteId, name, revision: catalog.manifest.revision };
  return recordOf({ ...decision, decisionId, chosen }, slice, call, name, { nowMs, claimedAtMs: nowMs });
}

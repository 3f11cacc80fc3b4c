/** A receipt as it is stored: without what the decision that it stands with tells itself, and without answers that nobody asked for. */
import type { Receipt } from '../../decisioning/receipt.ts';
import { isAsked } from '../../decisioning/receipt-answers.ts';
import type { StoredDecision } from './protocol.ts';

/** Of a decision, what its receipt tells again. */
type Beside = Pick<StoredDecision, 'record' | 'requestId'>;

/** Where a request asked for one placement, its receipt's parts of one entry stand without the placement's name. */
interface OfOne {
  /** The request's. */
  readonly seed?: string;
  /** SHA-256 of the placement's rules. */
  readonly rule?: string;
}

type Packed = OfOne & Partial<Receipt> & Pick<Receipt, 'format'>;

const NO_SWITCHES: Receipt['switches'] = { killSwitch: false, pausedCampaigns: [] };

/** What stands in the row's column `receipt`. */
export function packReceipt(receipt: Receipt, beside: Beside): string {
  const { record, requestId } = beside;
  const one = oneOf(receipt, beside);
  // Every field is written out, so that none can be forgotten, and JSON leaves out what is undefined.
  const packed: { readonly [K in keyof Required<Receipt>]: Receipt[K] | undefined } & OfOne = {
    format: receipt.format,
    ...one,
    requestId: other(receipt.requestId, requestId),
    nowMs: other(receipt.nowMs, record.atMs),
    revision: other(receipt.revision, record.revision),
    bucketingId: other(receipt.bucketingId, record.bucketingId),
    requests: one ? undefined : receipt.requests,
    rules: one ? undefined : receipt.rules,
    chosen: one ? undefined : receipt.chosen,
    switches: isQuiet(receipt.switches) ? undefined : receipt.switches,
    sessionKey: receipt.sessionKey,
    reads: receipt.reads.length > 0 ? receipt.reads : undefined,
    touches: asked(receipt.touches),
    pressure: asked(receipt.pressure),
    assignments: asked(receipt.assignments),
    consents: asked(receipt.consents),
    expected: asked(receipt.expected),
    probabilities: asked(receipt.probabilities),
    estimates: receipt.estimates,
    hybrid: receipt.hybrid,
    standings: receipt.standings,
    purse: receipt.purse,
    looked: receipt.looked,
    models: receipt.models,
  };
  return JSON.stringify(packed);
}

/** @param text as {@link packReceipt} wrote it beside the same decision, or as versions before did: whole */
export function unpackReceipt(text: string, { record, requestId }: Beside): Receipt {
  const { seed, rule, ...told } = JSON.parse(text) as Packed;
  const { placement, decisionId, campaignId, armId, propensityCampaign, propensityArm } = record;
  const ofOne = seed !== undefined && {
    requests: [{ placement, decisionId, seed }],
    rules: rule === undefined ? {} : { [placement]: rule },
    chosen: { [placement]: { campaignId, armId, propensityCampaign, propensityArm } },
  };
  return {
    ...{ requestId, nowMs: record.atMs, revision: record.revision, bucketingId: record.bucketingId },
    ...{ requests: [], rules: {}, chosen: {}, switches: NO_SWITCHES, reads: [] },
    ...{ touches: {}, pressure: {}, assignments: {}, consents: {}, expected: {}, probabilities: {} },
    ...ofOne,
    ...told,
  } as Receipt;
}

const other = <T>(told: T, known: T): T | undefined => (told === known ? undefined : told);

const isQuiet = ({ killSwitch, pausedCampaigns }: Receipt['switches']): boolean =>
  !killSwitch && pausedCampaigns.length === 0;

const asked = <T extends Readonly<Record<string, unknown>>>(answers: T): T | undefined =>
  isAsked(answers) ? answers : undefined;

/** A request for the decision's placement alone, of which the decision tells what was chosen; undefined for any other. */
function oneOf(
  { requests, rules, chosen }: Receipt,
  { record }: Beside,
): (Required<Pick<OfOne, 'seed'>> & OfOne) | undefined {
  const { placement, decisionId } = record;
  const [request, ...others] = requests;
  if (!request || others.length > 0 || request.placement !== placement || request.decisionId !== decisionId)
    return undefined;
  const choice = Object.hasOwn(chosen, placement) ? chosen[placement] : null;
  if (
    !choice ||
    Object.keys(chosen).length > 1 ||
    choice.campaignId !== record.campaignId ||
    choice.armId !== record.armId ||
    choice.propensityCampaign !== record.propensityCampaign ||
    choice.propensityArm !== record.propensityArm
  )
    return undefined;
  const names = Object.keys(rules);
  if (names.length > 1 || (names.length === 1 && names[0] !== placement)) return undefined;
  const rule = names.length === 1 ? rules[placement] : undefined;
  return { seed: request.seed, ...(rule !== undefined && { rule }) };
}

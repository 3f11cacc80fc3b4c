/** From decisions to the public answer: content attached, tokens signed, times as text. */
import type { DecisionAnswer } from '../../contract/decisions.ts';
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { Content } from '../../decisioning/catalog/configuration.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { encodeToken } from '../../decisioning/token/token.ts';
import type { DecidedPlacement } from '../../durable-objects/customer/protocol.ts';
import type { Auth } from '../http/auth.ts';
import type { Preview } from './preview.ts';
import type { PlacementSlices } from './slices.ts';
import { tokenSigner } from './token-signer.ts';

type Slices = ReadonlyMap<string, PlacementSlices>;
/** Content is deep-frozen JSON that was checked at publish; the answer's type is its wire form. */
type WireContent = DecisionAnswer['content'];

function defaultContent(slices: Slices, placement: string): WireContent {
  return (slices.get(placement)?.contents.defaultContent ?? null) as WireContent;
}

function contentOf(slices: Slices, record: DecisionRecord): Content | undefined {
  const contents = slices.get(record.placement)?.contents.contents;
  const arms = contents && Object.hasOwn(contents, record.campaignId) ? contents[record.campaignId] : undefined;
  return arms && Object.hasOwn(arms, record.armId) ? arms[record.armId] : undefined;
}

/** Default content for a placement: nobody was eligible, or nobody could be asked. */
export function defaultAnswer(slices: Slices, placement: string): DecisionAnswer {
  return { placement, outcome: 'default', content: defaultContent(slices, placement) };
}

/** One decision as the caller gets it. Without consent there is no id and no token: nothing can come back. */
export function answerOf(
  env: Env,
  auth: Auth,
  slices: Slices,
  decided: DecidedPlacement,
  remembered: boolean,
): DecisionAnswer {
  const { record, placement, decisionId, refusals } = decided;
  const heldOut = record?.armId === HOLDOUT_ARM;
  // The catalog moved on between a first answer and its repetition: the arm's content is gone, so the page keeps its own.
  const content = !record || heldOut ? undefined : contentOf(slices, record);
  const id = remembered ? decisionId : undefined;
  const reasons = auth.keyType === 'secret' && Object.keys(refusals).length > 0 ? refusals : undefined;
  if (!record || !(heldOut || content !== undefined)) {
    const told: Told = { ...defaultAnswer(slices, placement), decisionId: id, reasons };
    return told as DecisionAnswer;
  }
  // In one piece: what is added to an object later costs more than a field that stays empty and is left out of the JSON.
  const told: Told = {
    placement,
    outcome: heldOut ? 'holdout' : 'campaign',
    campaign: record.campaignId,
    arm: record.armId,
    content: heldOut ? defaultContent(slices, placement) : (content as WireContent),
    propensity: { campaign: record.propensityCampaign, arm: record.propensityArm },
    sticky: record.sticky ? true : undefined,
    sendAt: record.sendAtMs === undefined ? undefined : isoOf(record.sendAtMs),
    decisionId: id,
    // In one piece, as its id: it has no letter that this changes.
    token: remembered ? encodeToken(record, tokenSigner(env)).normalize() : undefined,
    claimExpiresAt: remembered ? isoOf(record.claimExpiresAtMs) : undefined,
    reasons,
  };
  return told as DecisionAnswer;
}

/** An answer of which some fields are empty. */
type Told = { readonly [Field in keyof DecisionAnswer]: DecisionAnswer[Field] | undefined };

/** Claims of one millisecond mostly end in one. */
let lastTime = { ms: Number.NaN, text: '' };

function isoOf(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

/** What a preview shows: its arm wherever its campaign has content, default content elsewhere. It counts nowhere: no id, no token. */
export function previewAnswer(slices: Slices, placement: string, preview: Preview): DecisionAnswer {
  const contents = slices.get(placement)?.contents.contents;
  const arms = contents && Object.hasOwn(contents, preview.campaignId) ? contents[preview.campaignId] : undefined;
  const content = arms && Object.hasOwn(arms, preview.armId) ? arms[preview.armId] : undefined;
  if (!content) return { ...defaultAnswer(slices, placement), preview: true };
  return {
    placement,
    outcome: 'campaign',
    campaign: preview.campaignId,
    arm: preview.armId,
    content: content as WireContent,
    preview: true,
  };
}

/** The decisions of one request, made here. */
import { deviceResolver } from '../../../decisioning/device/attributes.ts';
import { decideOnDevice, leavesOf } from '../../../decisioning/device/open-place.ts';
import { pageFacts } from '../../../decisioning/page-facts.ts';
import type { Decision } from '../../lib/wire.ts';
import type { Kept } from './kept.ts';

/** The body of a request for decisions, as far as it matters here. */
export interface Asked {
  key?: string;
  placements: string[];
  customer?: { id?: string; anonymousId?: string };
  consent: string;
  purposes?: object;
  preview?: string;
  context: { url: string; referrer: string; attributes?: Record<string, unknown> };
}

/** What is told of one decision, for tokens to be given for it. */
export interface Told {
  placement: string;
  campaign?: string;
  arm?: string;
  leaves: Record<string, string>;
}

const addressOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/**
 * Decides for those placements of a request that are in the bundle, in its order.
 *
 * @param own attributes that stay here
 */
export const choose = (
  { answer, bundle }: Kept,
  { placements, context }: Asked,
  own: Record<string, unknown>,
): { decisions: Decision[]; told: Told[] } => {
  const resolve = deviceResolver(bundle.reads, pageFacts(addressOf, context), context.attributes, own);
  const places = placements.flatMap((id) => bundle.places.filter(({ placement }) => placement === id));
  const chosen = decideOnDevice(places, bundle.issuedAtMs, resolve);
  return {
    decisions: chosen.map(({ placement, chosen: action }): Decision => {
      const content = answer.contents[placement];
      return action
        ? {
            placement,
            outcome: 'campaign',
            campaign: action.campaign.id,
            arm: action.armId,
            content: content?.arms[action.campaign.id]?.[action.armId] ?? null,
            propensity: { campaign: action.propensityCampaign, arm: action.propensityArm },
          }
        : { placement, outcome: 'default', content: content?.default ?? null };
    }),
    told: chosen.map((decision) => ({
      placement: decision.placement,
      ...(decision.chosen && { campaign: decision.chosen.campaign.id, arm: decision.chosen.armId }),
      leaves: leavesOf(decision),
    })),
  };
};

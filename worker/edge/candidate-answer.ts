/** Candidates of a placement as explain and receipts show them. */
import type { ExplainResponse } from '../../contract/decisions.ts';
import { describeRefusal } from '../../decisioning/describe.ts';
import { splitStratum } from '../../decisioning/strategies/strata.ts';
import { type ArmAsk, evidenceFrom } from '../../decisioning/view.ts';
import type { ExplainedCandidate } from '../../durable-objects/customer/protocol.ts';
import type { EdgeCatalog } from './catalog.ts';
import type { PlacementSlices } from './slices.ts';

type WireCandidate = ExplainResponse['placements'][number]['candidates'][number];

/** A candidate in the API's words. */
export function candidateAnswer(
  candidate: ExplainedCandidate,
  catalog: EdgeCatalog | undefined,
  slice: PlacementSlices | undefined,
): WireCandidate {
  const { campaignId, reason, leaf, value, parts, probability, kept } = candidate;
  return {
    campaign: campaignId,
    outcome: reason === null ? 'chosen' : 'refused',
    ...(reason !== null && { reason, detail: describeRefusal(reason) }),
    ...(value !== undefined && { value }),
    ...(parts !== undefined && { valueParts: { ...parts } }),
    ...(leaf !== undefined && placeOf(leaf)),
    ...(probability !== undefined && { probability }),
    ...(kept && { kept: { arm: kept.armId, until: new Date(kept.untilMs).toISOString() } }),
    ...(leaf !== undefined &&
      catalog &&
      slice &&
      arms(campaignId, leaf, kept?.armId, askOf(candidate), catalog, slice)),
  };
}

/** Leaf and strategy of the key under which the customer's evidence is kept. */
function placeOf(key: string): Pick<WireCandidate, 'leaf' | 'strategy'> {
  const { leaf, strategyId } = splitStratum(key);
  return { leaf, ...(strategyId !== undefined && { strategy: strategyId }) };
}

/** What the probabilities of its arms depend on. */
function askOf({ available, features }: ExplainedCandidate): ArmAsk {
  return { ...(available && { available }), ...(features && { features }) };
}

function arms(
  campaignId: string,
  leaf: string,
  kept: string | undefined,
  ask: ArmAsk,
  catalog: EdgeCatalog,
  slice: PlacementSlices,
): Pick<WireCandidate, 'arms'> {
  const campaign = slice.rules.rules.campaigns.find(({ id }) => id === campaignId);
  if (!campaign) return {};
  const probabilities = evidenceFrom((id) => catalog.allocations.get(id)).probabilities(campaign, leaf, ask);
  const published = catalog.allocations.get(campaignId);
  const allocation = published?.armsKey === campaign.initialAllocation.armsKey ? published : campaign.initialAllocation;
  const pBest = allocation.leaves[leaf]?.pBest ?? [];
  return {
    arms: campaign.armIds.map((arm, index) => ({
      arm,
      // Who has an arm already keeps it.
      probability: kept === undefined ? (probabilities[index] ?? 0) : Number(arm === kept),
      pBest: pBest[index] ?? 0,
    })),
  };
}

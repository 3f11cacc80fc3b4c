/** Candidates of a placement as explain and receipts show them. */
import type { ExplainResponse } from '../../contract/explain.ts';
import type { HybridChoice } from '../../decisioning/bandits/hybrid.ts';
import type { TracedCandidate } from '../../decisioning/candidates.ts';
import type { SliceCampaign } from '../../decisioning/catalog/slice.ts';
import type { PlacementDecision } from '../../decisioning/decide.ts';
import { describeRefusal } from '../../decisioning/describe.ts';
import { type FeatureVector, namedFeatures } from '../../decisioning/features/features.ts';
import { drawOf, hybridOf, type Receipt } from '../../decisioning/receipt.ts';
import { scoresFrom } from '../../decisioning/scores.ts';
import { splitStratum } from '../../decisioning/strategies/strata.ts';
import { type ArmAsk, evidenceFrom } from '../../decisioning/view.ts';
import type { ExplainedCandidate } from '../../durable-objects/customer/protocol.ts';
import type { EdgeCatalog } from './catalog.ts';
import type { PlacementSlices } from './slices.ts';

type WireCandidate = ExplainResponse['placements'][number]['candidates'][number];

/** Arms told of one candidate: twenty placements of a dozen campaigns with 512 arms each would be an answer of 20 MB. */
export const MAX_EXPLAINED_ARMS = 64;

/** What is told of a candidate beside the outcome. */
export type CandidateDraw = Pick<WireCandidate, 'arms' | 'armsLeftOut' | 'features' | 'hybrid'>;

/** A candidate in the API's words. */
export function candidateAnswer(candidate: ExplainedCandidate, draw: CandidateDraw): WireCandidate {
  const { campaignId, reason, leaf, value, parts, probability, kept, needs } = candidate;
  return {
    campaign: campaignId,
    outcome: reason === null ? 'chosen' : 'refused',
    ...(reason !== null && { reason, detail: describeRefusal(reason) }),
    ...(value !== undefined && { value }),
    ...(parts !== undefined && { valueParts: { ...parts } }),
    ...(leaf !== undefined && placeOf(leaf)),
    ...(probability !== undefined && { probability }),
    ...(needs && { needs: [...needs] }),
    ...(kept && { kept: { arm: kept.armId, until: new Date(kept.untilMs).toISOString() } }),
    ...draw,
  };
}

/** Leaf and strategy of the key under which the customer's evidence is kept. */
function placeOf(key: string): Pick<WireCandidate, 'leaf' | 'strategy'> {
  const { leaf, strategyId } = splitStratum(key);
  return { leaf, ...(strategyId !== undefined && { strategy: strategyId }) };
}

/** What the customer's arm would be drawn from now, by what is published; nothing for a candidate that was refused before that. */
export function drawNow(
  { campaignId, leaf, kept, available, features, scores = {}, scoredBy }: ExplainedCandidate,
  catalog: EdgeCatalog,
  slice: PlacementSlices | undefined,
): CandidateDraw {
  const campaign = slice?.rules.rules.campaigns.find(({ id }) => id === campaignId);
  if (leaf === undefined || !campaign) return {};
  const evidence = evidenceFrom((id) => catalog.allocations.get(id));
  const score = (_: string, arm: string) => (Object.hasOwn(scores, arm) ? scores[arm] : undefined);
  const ask: ArmAsk = {
    score,
    scoredBy: () => scoredBy,
    ...(available && { available }),
    ...(features && { features }),
  };
  const probabilities = evidence.probabilities(campaign, leaf, ask);
  const estimates = features && evidence.estimates?.(campaign, leaf, features);
  const between = kept === undefined ? evidence.hybrid?.(campaign, leaf, ask) : undefined;
  const published = catalog.allocations.get(campaignId);
  const allocation = published?.armsKey === campaign.initialAllocation.armsKey ? published : campaign.initialAllocation;
  const pBest = Object.hasOwn(allocation.leaves, leaf) ? allocation.leaves[leaf]!.pBest : [];
  return {
    ...featuresAnswer(campaign, features),
    ...hybridAnswer(between),
    ...likeliest(
      campaign.armIds.map((arm, index) => ({
        arm,
        // Who has an arm already keeps it.
        probability: kept === undefined ? (probabilities[index] ?? 0) : Number(arm === kept.armId),
        ...scoreAnswer(score(campaignId, arm)),
        // Of the crowd: it would contradict what is predicted for this customer.
        ...(estimates ? estimates[index] : { pBest: pBest[index] ?? 0 }),
      })),
    ),
  };
}

/** What the arm of a past decision was drawn from, by its receipt. */
export function drawThen(
  { campaignId, leaf, available }: TracedCandidate,
  { chosen }: PlacementDecision,
  receipt: Receipt,
): CandidateDraw {
  if (leaf === undefined || chosen?.campaign.id !== campaignId) return {};
  const arms = drawOf(receipt, chosen.campaign, leaf, available);
  const reads = new Map(receipt.reads.map(([path, value]) => [path, value]));
  const score = scoresFrom(chosen.campaign, (path) => reads.get(path));
  return {
    ...featuresAnswer(chosen.campaign, chosen.features),
    ...hybridAnswer(hybridOf(receipt, chosen.campaign, leaf, available)),
    ...(arms &&
      likeliest(
        arms.map(({ armId, probability, estimate }) => ({
          arm: armId,
          probability,
          ...scoreAnswer(score?.(campaignId, armId)),
          ...estimate,
        })),
        chosen.armId,
      )),
  };
}

/** The arms that may well be drawn, in the campaign's order, the one that was among them; how many others there are. */
function likeliest(arms: NonNullable<WireCandidate['arms']>, chosen?: string): CandidateDraw {
  if (arms.length <= MAX_EXPLAINED_ARMS) return { arms };
  const rank = (arm: (typeof arms)[number]) => (arm.arm === chosen ? 2 : arm.probability);
  const told = new Set(arms.toSorted((one, other) => rank(other) - rank(one)).slice(0, MAX_EXPLAINED_ARMS));
  return { arms: arms.filter((arm) => told.has(arm)), armsLeftOut: arms.length - MAX_EXPLAINED_ARMS };
}

function featuresAnswer({ features }: SliceCampaign, vector: FeatureVector | undefined): CandidateDraw {
  const named = features && vector && namedFeatures(features, vector);
  return named ? { features: named } : {};
}

function hybridAnswer(between: HybridChoice | undefined): CandidateDraw {
  if (!between) return {};
  const { method, bandit, model, scoredBy } = between;
  return {
    hybrid: {
      method,
      banditConfidence: bandit,
      modelConfidence: model,
      ...(scoredBy !== undefined && { model: scoredBy }),
    },
  };
}

/** A number that is no likelihood does not count, and would look as if it did. */
function scoreAnswer(score: number | undefined): { score?: number } {
  return score !== undefined && score >= 0 && score <= 1 ? { score } : {};
}

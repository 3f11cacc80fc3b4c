/** Why a placement shows what it shows, for a visitor of whom nothing is known: what a preview that was signed with `reasons` tells. */
import type { DecisionAnswer } from '../../contract/decisions.ts';
import { describeRefusal } from '../../decisioning/describe.ts';
import { explainFor } from '../../durable-objects/customer/explain.ts';
import { emptyState } from '../../durable-objects/customer/state.ts';
import { sharedFacts } from './decide.ts';
import { type Asked, decideCall } from './decide-call.ts';

export type Why = NonNullable<DecisionAnswer['why']>;

/** Every candidate of each asked placement, by placement. `asked` is of the visitor `none`: nothing is read, claimed or kept. */
export async function whyOf(env: Env, asked: Asked): Promise<ReadonlyMap<string, Why>> {
  const { placements } = explainFor(emptyState(), await decideCall(env, asked), sharedFacts(asked));
  return new Map(
    placements.map(({ placement, candidates }) => [
      placement,
      candidates.map(({ campaignId, reason }) => ({
        campaign: campaignId,
        outcome: reason === null ? ('chosen' as const) : ('refused' as const),
        ...(reason !== null && { reason, detail: describeRefusal(reason) }),
      })),
    ]),
  );
}

/** What a world's campaigns are measured by: one yardstick for all contenders, whatever each of them makes the most of. */
import type { Plan, PlannedCampaign, Yardstick } from '../../simulations/worlds/plan.ts';
import { CONVERSIONS, REVENUE } from '../../simulations/worlds/played.ts';
import { formatFinding, type SourceDocument } from '../documents/source.ts';
import { CommandFailure } from '../failure.ts';
import type { WorldFile } from './world.ts';

/**
 * @param base the documents without any contender's changes: their goal is the one that the truth's rates are of, and their reward the measure
 * unless the world names another.
 * @returns by campaign that the world has a truth of. Throws CommandFailure where revenue is measured and nothing is worth anything.
 */
export function measuresOf(source: SourceDocument, file: WorldFile, base: Plan): ReadonlyMap<string, Yardstick> {
  return new Map(
    Object.keys(file.truth).map((id) => {
      const campaign = base.campaigns.get(id)!;
      const { goal } = campaign;
      const reward = { conversions: CONVERSIONS, revenue: REVENUE, reward: campaign.reward }[file.measure];
      if (reward.kind === 'revenue' && !isWorthAnything(campaign)) {
        const path = file.measure === 'revenue' ? ['measure'] : ['truth', id];
        const message = `"${id}" is measured in revenue, but no arm has a "value", and neither has the goal "${goal.id}"`;
        throw new CommandFailure(formatFinding({ file: source.file, ...source.locate(path), message }));
      }
      return [id, { goal, reward }] as const;
    }),
  );
}

function isWorthAnything({ goal, policy, truth }: PlannedCampaign): boolean {
  return goal.defaultValueMinor > 0 || policy.armIds.some((_, i) => (truth?.armOf(i).value?.median ?? 0) > 0);
}

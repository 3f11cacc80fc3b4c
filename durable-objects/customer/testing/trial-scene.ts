/** A customer of a campaign's own world, for tests of what trials add up to. */
import type { CampaignConfiguration } from '../../../decisioning/catalog/configuration.ts';
import type { DecisionRecord } from '../../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../../decisioning/testing/configuration.ts';
import { customerOf, PURCHASE, START_MS, settle, sumsIn, totalOf, worldOf } from './fixtures.ts';

let worlds = 0;

/** Campaign `c`, which makes the most of `goal`, and Ann, who has done nothing yet. */
export function scene(goal = 'purchase', extra: Partial<CampaignConfiguration> = {}) {
  worlds += 1;
  const objective = { goal, conversionWeight: 1, revenueWeight: 0, priority: 0 };
  const campaign = campaignOf('c', { objective, ...extra });
  const dwell = { ...PURCHASE, id: 'dwell', unit: 'ms' as const };
  const world = worldOf(`trial-scene-${worlds}`, configurationOf([campaign], { goals: [PURCHASE, dwell] }));
  const ann = customerOf(world, 'ann');
  const decided = async (id: string, atMs = START_MS): Promise<DecisionRecord> => {
    const record = await ann.decide(id, atMs);
    if (!record) throw new Error('nothing was chosen');
    return record;
  };
  /** The named sums of all cells together. */
  const sums = async (): Promise<Record<string, readonly number[]>> => {
    await settle(ann);
    const total: Record<string, number[]> = {};
    for (const cell of Object.values(await sumsIn(world, 'c')))
      for (const [name, vector] of Object.entries(cell))
        total[name] = vector.map((value, i) => value + (total[name]?.[i] ?? 0));
    return total;
  };
  const total = async () => {
    await settle(ann);
    return totalOf(world, 'c');
  };
  return { world, ann, decided, sums, total };
}

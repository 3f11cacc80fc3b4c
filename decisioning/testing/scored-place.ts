/** A placement that devices decide by a number which stays on them. */
import type { DevicePlace } from '../device/bundle.ts';
import { parseCondition } from '../segments/index.ts';

/** One campaign for `hero`: those above the bound are in the leaf `sure` and see arm `a`, all others see `b`. @param attribute such as `models.m.probability` */
export function scoredPlace(attribute: string, above: number): DevicePlace {
  const parsed = parseCondition({ [attribute]: { $gt: above } });
  if (!parsed.ok) throw new Error('a test asks nonsense');
  const campaign = {
    id: 'local',
    armsKey: 'k',
    armIds: ['a', 'b'],
    condition: null,
    contexts: [{ id: 'sure', condition: parsed.condition }],
    leaves: { sure: { arms: [1, 0], rank: 1 }, rest: { arms: [0, 1], rank: 0 } },
  };
  return { placement: 'hero', seed: '0'.repeat(32), exploration: 0, campaigns: [campaign] };
}

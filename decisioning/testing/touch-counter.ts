/** Caps over a plain list of touches: what a customer's object keeps up to date as touches come. */
import { type CapScope, countTouches, type Touch } from '../limits/touches.ts';

/** Questions about campaigns that are answered by looking at every touch; sorting them first costs as much as some of these. */
const ASKED_PLAINLY = 8;

/** {@link countTouches} of one customer at one moment: who asks for many campaigns, as when the best are capped, has the touches sorted by campaign once. */
export function touchCounter(touches: readonly Touch[], nowMs: number): (scope: CapScope, windowMs: number) => number {
  let asked = 0;
  let byCampaign: Map<string, Touch[]> | undefined;
  return (scope, windowMs) => {
    if (scope.kind !== 'campaign' || asked++ < ASKED_PLAINLY) return countTouches(touches, scope, windowMs, nowMs);
    byCampaign ??= sorted(touches);
    return countTouches(byCampaign.get(scope.id) ?? [], scope, windowMs, nowMs);
  };
}

function sorted(touches: readonly Touch[]): Map<string, Touch[]> {
  const byCampaign = new Map<string, Touch[]>();
  for (const touch of touches) {
    const own = byCampaign.get(touch.campaignId);
    if (own) own.push(touch);
    else byCampaign.set(touch.campaignId, [touch]);
  }
  return byCampaign;
}

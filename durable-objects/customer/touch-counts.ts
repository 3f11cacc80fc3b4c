/**
 * A customer's touches as caps count them: moments as plain numbers, side by side by campaign and channel. Each decision counts them; to look into thousands of
 * decisions for it, which lie all over memory, takes longer than all else that it does.
 */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { type CapScope, inScope } from '../../decisioning/limits/touches.ts';
import { contactAtMs } from './dispatch.ts';
import type { StoredDecision } from './protocol.ts';

/** Touches that every scope counts alike. */
interface Group {
  readonly campaignId: string;
  readonly channel: string;
  readonly countsTowardGlobal: boolean;
  /** When they touched; of those that are pending until when they are, below zero. */
  readonly moments: number[];
  /** Their decisions, in the same order. */
  readonly ids: string[];
  /** Decision id → its place in both. */
  readonly places: Map<string, number>;
}

/** Touches of one customer: told of each decision that comes, changes or goes, it says how many are in a window. */
export class TouchCounts {
  readonly #groups = new Map<string, Group[]>();

  /** A new decision, or one that something became of. Held-out customers were shown nothing: they are not touched. */
  put(id: string, decision: StoredDecision): void {
    const { record } = decision;
    if (record.armId === HOLDOUT_ARM) return;
    const contactMs = contactAtMs(decision);
    const moment = contactMs ?? -record.claimExpiresAtMs;
    const { moments, ids, places } = this.#groupOf(decision);
    const place = places.get(id) ?? moments.length;
    if (place === moments.length) {
      places.set(id, place);
      ids.push(id);
      moments.push(moment);
    } else moments[place] = moment;
  }

  /** The last one takes the place of the one that goes: their order says nothing. A group goes with its last: campaigns come and go. */
  drop(id: string, decision: StoredDecision): void {
    const group = this.#groupIn(decision);
    const place = group?.places.get(id);
    if (!group || place === undefined) return;
    const { moments, ids, places } = group;
    places.delete(id);
    if (places.size === 0) this.#forget(group);
    const lastId = ids.pop() as string;
    const lastMoment = moments.pop() as number;
    if (lastId === id) return;
    ids[place] = lastId;
    moments[place] = lastMoment;
    places.set(lastId, place);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#groups.clear();
  }

  /** Used + pending touches of a scope in the window (nowMs − windowMs, nowMs]. */
  count(scope: CapScope, windowMs: number, nowMs: number): number {
    const sinceMs = nowMs - windowMs;
    let count = 0;
    if (scope.kind === 'campaign') {
      for (const { moments } of this.#groups.get(scope.id) ?? []) count += countOf(moments, sinceMs, nowMs);
      return count;
    }
    for (const groups of this.#groups.values())
      for (const group of groups) if (inScope(group, scope)) count += countOf(group.moments, sinceMs, nowMs);
    return count;
  }

  /** How many groups are held: each has touches. */
  get groups(): number {
    let count = 0;
    for (const groups of this.#groups.values()) count += groups.length;
    return count;
  }

  #groupIn({ record: { campaignId, channel, countsTowardGlobal } }: StoredDecision): Group | undefined {
    return this.#groups
      .get(campaignId)
      ?.find((group) => group.channel === channel && group.countsTowardGlobal === countsTowardGlobal);
  }

  #forget(group: Group): void {
    const left = this.#groups.get(group.campaignId)?.filter((other) => other !== group) ?? [];
    if (left.length > 0) this.#groups.set(group.campaignId, left);
    else this.#groups.delete(group.campaignId);
  }

  #groupOf(decision: StoredDecision): Group {
    const known = this.#groupIn(decision);
    if (known) return known;
    const { campaignId, channel, countsTowardGlobal } = decision.record;
    const groups = this.#groups.get(campaignId);
    const made = { campaignId, channel, countsTowardGlobal, moments: [], ids: [], places: new Map<string, number>() };
    if (groups) groups.push(made);
    else this.#groups.set(campaignId, [made]);
    return made;
  }
}

function countOf(moments: readonly number[], sinceMs: number, nowMs: number): number {
  let count = 0;
  for (const moment of moments) if (moment < 0 ? -moment > nowMs : moment > sinceMs) count += 1;
  return count;
}

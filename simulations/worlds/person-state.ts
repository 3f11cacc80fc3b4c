/** What is remembered of one customer in one contender's world, and what decide() may ask of it. */

import type { Touch } from '../../decisioning/limits/touches.ts';
import { countTouches, fatiguePressure, inScope } from '../../decisioning/limits/touches.ts';
import { ADS } from '../../decisioning/purposes.ts';
import { conditionAttributes } from '../../decisioning/request-attributes.ts';
import { isModelPath } from '../../decisioning/scoring/paths.ts';
import type { OutcomeRecord } from '../../decisioning/segments/counters.ts';
import { subjectResolver } from '../../decisioning/segments/subject.ts';
import type { Assignment, CustomerView } from '../../decisioning/view.ts';
import type { Trial } from './learner.ts';
import type { Person } from './visits.ts';

/** Grows with the visits. */
export interface PersonState {
  readonly touches: Touch[];
  readonly outcomes: OutcomeRecord[];
  readonly assignments: Map<string, Assignment>;
  /** The latest trial of each campaign, by its id. */
  readonly trials: Map<string, Trial>;
}

/** Somebody whom nobody has met. */
export function newState(): PersonState {
  return { touches: [], outcomes: [], assignments: new Map(), trials: new Map() };
}

/** A visit is a session of its own: the wait until the next one is a matter of days. */
export function viewOf(
  person: Person,
  state: PersonState,
  visit: number,
  nowMs: number,
  timeZone: string,
): CustomerView {
  const attributes = conditionAttributes({
    traits: person.attributes,
    request: {},
    nowMs,
    timeZone,
    anonymous: false,
  });
  const counters = {
    touches: state.touches
      .filter(({ pendingUntilMs }) => pendingUntilMs === null)
      .map(({ atMs, channel, campaignId }) => ({ at: atMs, channel, campaignId })),
    outcomes: state.outcomes,
    behaviour: [],
  };
  const resolve = subjectResolver({ attributes, counters, nowMs });
  return {
    bucketingId: person.id,
    // Scores are drawn with the person: no model runs in a world.
    resolve: (path) => (isModelPath(path) ? (person.attributes[path] ?? null) : resolve(path)),
    touches: (scope, windowMs) => countTouches(state.touches, scope, windowMs, nowMs),
    pressure: (weights, halfLifeMs) => fatiguePressure(state.touches, weights, halfLifeMs, nowMs),
    assignment: (campaignId) => state.assignments.get(campaignId),
    // Shares are of channels; those who are invented have nothing against purposes.
    consents: (name) => (person.consents.includes(name) || name === ADS ? true : undefined),
    sessionKey: `visit-${visit}`,
  };
}

/** Confirmed touches of a campaign in (now − windowMs, now]. */
export function recentTouches(state: PersonState, campaignId: string, windowMs: number, nowMs: number): number {
  const scope = { kind: 'campaign', id: campaignId } as const;
  return state.touches.filter(
    (touch) => touch.pendingUntilMs === null && touch.atMs > nowMs - windowMs && inScope(touch, scope),
  ).length;
}

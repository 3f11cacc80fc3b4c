/** Anonymous → known: what the anonymous customer leaves, and how the known one takes it. */
import type { Legacy } from './protocol.ts';
import type { CustomerState } from './state.ts';
import type { CustomerStore } from './store.ts';

/** Everything that caps, stickiness, counters and credits need; the outbox stays behind and delivers itself. */
export function legacyOf(state: CustomerState): Legacy | null {
  if (!state.meta) return null;
  return {
    from: state.meta.name,
    bucketingId: state.meta.bucketingId,
    decisions: [...state.decisions.values()],
    behaviour: state.behaviour,
    outcomes: state.outcomes,
    enrolments: [...state.enrolments.values()],
  };
}

/**
 * Takes a legacy once. The first one that an otherwise new customer takes also gives its bucketing id, so that holdouts and splits stay
 * what they were before `identify`. Nothing is emitted: the evidence was counted where it was gathered.
 */
export function takeLegacy(store: CustomerStore, legacy: Legacy): void {
  const { state } = store;
  for (const decision of legacy.decisions) {
    if (!state.decisions.has(decision.record.decisionId)) store.putDecision(decision);
  }
  for (const event of legacy.behaviour) store.addBehaviour(event);
  for (const outcome of legacy.outcomes) store.addOutcome(outcome);
  for (const enrolment of legacy.enrolments) {
    if (!state.enrolments.has(enrolment.campaignId)) store.putEnrolment(enrolment);
  }
}

/** The last decisions, for times without a network: bounded, without tokens, and marked. */
import type { Decision } from '../lib/wire.ts';
import { keep, kept } from './host.ts';

/** A decision of an app; `offline` when it is not of now but the last one known. Such a one is not reported. */
export interface AppDecision extends Decision {
  offline?: true;
}

/** An app has a few screens with a few placements each. */
const MAX_LAST_DECISIONS = 50;
/** What a phone reads at a start without noticing. */
const MAX_LAST_BYTES = 64 * 1_024;
/** An offer of last week is an offer no more. */
const LAST_DECISION_MS = 24 * 3_600_000;

interface Last {
  at: number;
  decision: Decision;
}

const read = (): Last[] => {
  try {
    const list: unknown = JSON.parse(kept('decisions') ?? '[]');
    return Array.isArray(list) ? list.filter((entry) => typeof entry?.decision?.placement === 'string') : [];
  } catch {
    return [];
  }
};

/** Keeps these, newest first. */
export const keepLast = (decisions: readonly Decision[], nowMs: number): void => {
  const mine = decisions.map(({ token, claimExpiresAt, ...decision }) => ({ at: nowMs, decision }));
  const others = read().filter(({ decision }) => !decisions.some(({ placement }) => placement === decision.placement));
  const list = [...mine, ...others].slice(0, MAX_LAST_DECISIONS);
  while (list.length > 0 && JSON.stringify(list).length > MAX_LAST_BYTES) list.pop();
  keep('decisions', JSON.stringify(list));
};

/** The last decisions of these placements that are not too old. */
export const lastOf = (placements: readonly string[], nowMs: number): AppDecision[] =>
  read()
    .filter(({ at, decision }) => placements.includes(decision.placement) && nowMs - at < LAST_DECISION_MS)
    .map(({ decision }) => ({ ...decision, offline: true }));

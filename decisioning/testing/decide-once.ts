/** decide() with everything but the point of a test filled in. */
import type { DecideInput, PlacementDecision } from '../decide.ts';
import { decide } from '../decide.ts';
import { type Purse, purseView } from '../limits/purse.ts';
import { evidenceFrom } from '../view.ts';
import type { TestSlices } from './configuration.ts';
import type { TestCustomer } from './customer.ts';
import { viewOf } from './customer.ts';

/** The moment at which tests decide unless they say otherwise: Wednesday 2026-03-04, 12:00 UTC. */
export const NOON_MS = Date.UTC(2026, 2, 4, 12);

export interface Once {
  readonly customer?: Partial<TestCustomer>;
  readonly placements?: readonly string[];
  readonly nowMs?: number;
  /** Of the first placement; the next ones' count on from it. */
  readonly seed?: number;
  readonly switches?: Partial<DecideInput['switches']>;
  readonly evidence?: DecideInput['evidence'];
  /** None when absent. */
  readonly purse?: Purse;
}

/** The input of decide() for some placements (`hero` unless told), tracing candidates, with initial allocations. */
export function inputOf({ sliceOf }: TestSlices, once: Once = {}): DecideInput {
  const { customer, placements = ['hero'], nowMs = NOON_MS, seed = 1, switches, evidence, purse } = once;
  return {
    requests: placements.map((placement, index) => ({
      placement,
      decisionId: `decision-${seed + index}`,
      seed: (seed + index).toString(16).padStart(64, '0'),
    })),
    sliceOf,
    evidence: evidence ?? evidenceFrom(() => undefined),
    switches: { killSwitch: false, pausedCampaigns: [], ...switches },
    customer: viewOf({ bucketingId: 'someone', ...customer }, nowMs),
    ...(purse && { purse: purseView(purse, nowMs) }),
    nowMs,
    trace: true,
  };
}

/** Decides for one placement. */
export function decideOnce(slices: TestSlices, once: Once = {}): PlacementDecision {
  const [decision] = decide(inputOf(slices, once));
  if (!decision) throw new Error('no decision');
  return decision;
}

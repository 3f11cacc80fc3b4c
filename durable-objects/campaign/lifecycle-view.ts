/** What may be asked of a campaign's phase, and what is told of it. */
import type { Confidence } from '../../decisioning/lifecycle/confidence.ts';
import type { LifecycleRules, Phase } from '../../decisioning/lifecycle/phases.ts';
import type { Transition } from './transitions.ts';

/** Who decides about the phase: the rules, or a person who keeps it where it is. */
export type SteeringMode = 'auto' | 'hold';

/** What a person may ask of a campaign's phase. */
export type Steering =
  | { readonly mode: 'auto' }
  | { readonly mode: 'hold' }
  /** Enters a phase now, and keeps it. */
  | { readonly mode: 'force'; readonly phase: Phase };

/** Where a campaign is in its life. */
export interface LifecycleView {
  readonly phase: Phase;
  readonly sinceMs: number;
  readonly mode: SteeringMode;
  /** Hours that were over by then are no longer learned from; null before the first change of a rate. */
  readonly evidenceSinceMs: number | null;
  readonly rules: LifecycleRules;
  /** As of now. */
  readonly numbers: Confidence;
  /** Newest first. */
  readonly transitions: readonly Transition[];
}

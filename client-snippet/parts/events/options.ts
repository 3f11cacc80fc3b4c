/** What a site chose by `hyperedge('events', …)`, and the page's one core. Set once, when the part starts. */
import type { Core } from '../../lib/core.ts';

/** When an element counts as seen: this share of it, for so long without a break. */
export interface Seen {
  seenShare?: number;
  seenMs?: number;
}

/** Types and defaults for sites are in `hyperedge.d.ts`. Names of goals and behaviour are ids of the workspace. */
export interface EventsOptions extends Seen {
  placements?: Record<string, Seen>;
  /** Seconds, or true for the usual ones. */
  dwell?: boolean | number[];
  /** Percent of the page, or true for the usual ones. */
  scroll?: boolean | number[];
  /** Selector → goal. */
  forms?: Record<string, string>;
  clicks?: Record<string, string>;
  /** Behaviour → the goal that it is reported as instead. */
  goals?: Record<string, string>;
  /** Whether the page's referrer policy lets its origin through to beacons; found out from its `<meta name="referrer">` otherwise. */
  beacon?: boolean;
}

export const options: EventsOptions = {};

export const page: { core: Core } = {} as { core: Core };

/** The numbers a site chose, the usual ones for true, none for anything else: ascending, positive, at most 10 of them. */
export const steps = (chosen: boolean | number[] | undefined, usual: number[]): number[] => {
  const maxSteps = 10; // each is one event a page view
  const list = chosen === true ? usual : Array.isArray(chosen) ? chosen : [];
  return list
    .filter((step) => step > 0 && Number.isInteger(step))
    .sort((a, b) => a - b)
    .slice(0, maxSteps);
};

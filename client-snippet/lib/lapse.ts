/** Claims that have lapsed: their decisions are asked for again, not shown. For parts and packages: each notes arrivals for itself. */
import type { Core } from './core.ts';
import type { Decision } from './wire.ts';

/** When a decision was first met here: within a moment of its arrival. */
const arrivals = new WeakMap<Decision, number>();

const arrivedMs = (decision: Decision): number => {
  const knownMs = arrivals.get(decision) ?? Date.now();
  arrivals.set(decision, knownMs);
  return knownMs;
};

/** When a claim lapses by the clock of this device. A device whose clock is far off has no use for the API's: two minutes then, as claims on web pages have. */
const lapsesMs = (decision: Decision): number => {
  const shortestMs = 30_000; // and so no page asks more often
  const longestMs = 86_400_000;
  const usualMs = 120_000;
  const fromMs = arrivedMs(decision);
  const toldMs = Date.parse(decision.claimExpiresAt ?? '');
  const isSane = toldMs - fromMs >= shortestMs && toldMs - fromMs <= longestMs;
  return isSane ? toldMs : fromMs + usualMs;
};

/** Whether what a decision claimed has been given back by now. */
export const isLapsed = (decision: Decision | null | undefined): decision is Decision =>
  !!decision?.claimExpiresAt && Date.now() > lapsesMs(decision);

/** Begins to note when decisions arrive; once, in a browser. */
export const noteArrivals = (core: Core): void => {
  for (const decision of core.$decided().values()) if (decision) arrivedMs(decision);
  addEventListener('hyperedge:decision', (event: Event) => arrivedMs((event as CustomEvent<Decision>).detail));
};

/** Takes back that a placement was decided, for all its elements, and asks; false where it has another decision by now, or is being asked for. */
export const askAgain = (core: Core, decision: Decision): boolean => {
  const { placement } = decision;
  const decided = core.$decided();
  if (decided.get(placement) !== decision) return false;
  for (const key of [...decided.keys()])
    if (key === placement || (key as HTMLElement).dataset?.hyperedge === placement) decided.delete(key);
  core.$plan();
  return true;
};

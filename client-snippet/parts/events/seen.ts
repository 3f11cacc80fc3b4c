/** What counts as seen, by page and by placement; and decisions that are no longer good: those are asked for again. */
import type { Decision } from '../../lib/wire.ts';
import { options, page, type Seen } from './options.ts';

/** Elements in which a decision was shown, as the entry watches them. */
export const shown = new WeakMap<Element, Decision>();
/** Placements that are being asked for again, because their claim lapsed. */
export const lapsed = new Set<string>();

/** When a decision was first met here: within a moment of its arrival. */
const arrivals = new WeakMap<Decision, number>();
const exposed = new WeakSet<Decision>();

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

const isLapsed = (decision: Decision | null | undefined): decision is Decision =>
  !!decision?.claimExpiresAt && Date.now() > lapsesMs(decision);

/** Takes back that a placement was decided, for all its elements, and asks. */
const askAgain = (decision: Decision): void => {
  const { placement } = decision;
  const decided = page.core.$decided();
  if (decided.get(placement) !== decision) return; // has another by now, or is being asked for
  for (const key of [...decided.keys()])
    if (key === placement || (key as HTMLElement).dataset?.hyperedge === placement) decided.delete(key);
  lapsed.add(placement);
  page.core.$plan();
};

const numberIn = (value: unknown, least: number, most: number, usual: number): number =>
  typeof value === 'number' && value >= least && value <= most ? value : usual;

const chosen = ({ placement }: Decision): [share: number, ms: number] => {
  const maxMs = 60_000; // longer than anybody looks at one thing
  const own: Seen = { ...options, ...options.placements?.[placement] };
  return [numberIn(own.seenShare, 0.01, 1, 0.5), numberIn(own.seenMs, 0, maxMs, 1_000)];
};

/** Puts these rules in place of the entry's own. */
export const watchSeen = (): void => {
  const { core } = page;
  for (const decision of core.$decided().values()) if (decision) arrivedMs(decision);
  addEventListener('hyperedge:decision', ({ detail }) => arrivedMs(detail));
  addEventListener('hyperedge:exposure', ({ detail }) => exposed.add(detail));
  core.$settings.$seen = (decision, element) => {
    shown.set(element, decision);
    if (!isLapsed(decision) || exposed.has(decision)) return chosen(decision);
    askAgain(decision);
    return [2, 0]; // more than there is
  };
  // An element that comes late is not given what has lapsed meanwhile.
  const { $render: render } = core;
  core.$render = (element, content) => {
    const decision = core.$decided().get((element as HTMLElement).dataset.hyperedge);
    if (decision && decision.content === content && isLapsed(decision)) {
      askAgain(decision);
      throw decision; // what is not rendered is not watched
    }
    render(element, content);
  };
  const { get } = core.$commands;
  core.$commands.get = (...values: [placement: never, callback: never]) => {
    const decision = core.$decided().get(values[0]);
    if (isLapsed(decision)) askAgain(decision);
    get?.(...values);
  };
};

/** The decision that an element is part of, and the element that shows it. */
export const decisionAround = (from: EventTarget | null): [Decision, HTMLElement] | undefined => {
  for (let node = from as HTMLElement | null; node; node = node.parentElement) {
    const decision = shown.get(node) ?? page.core.$decided().get(node.dataset?.hyperedge);
    if (decision) return [decision, node];
  }
  return undefined;
};

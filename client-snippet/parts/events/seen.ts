/** What counts as seen, by page and by placement; and decisions that are no longer good: those are asked for again. */
import { askAgain, isLapsed, noteArrivals } from '../../lib/lapse.ts';
import type { Decision } from '../../lib/wire.ts';
import { options, page, type Seen } from './options.ts';

/** Elements in which a decision was shown, as the entry watches them. */
export const shown = new WeakMap<Element, Decision>();
/** Placements that are being asked for again, because their claim lapsed. */
export const lapsed = new Set<string>();

const exposed = new WeakSet<Decision>();

/** Asks for a lapsed decision again; what comes instead is not one that lapsed. */
const renew = (decision: Decision): void => {
  if (askAgain(page.core, decision)) lapsed.add(decision.placement);
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
  noteArrivals(core);
  addEventListener('hyperedge:exposure', ({ detail }) => exposed.add(detail));
  core.$settings.$seen = (decision, element) => {
    shown.set(element, decision);
    if (!isLapsed(decision) || exposed.has(decision)) return chosen(decision);
    renew(decision);
    return [2, 0]; // more than there is
  };
  // An element that comes late is not given what has lapsed meanwhile.
  const { $render: render } = core;
  core.$render = (element, content) => {
    const decision = core.$decided().get((element as HTMLElement).dataset.hyperedge);
    if (decision && decision.content === content && isLapsed(decision)) {
      renew(decision);
      throw decision; // what is not rendered is not watched
    }
    render(element, content);
  };
  const { get } = core.$commands;
  core.$commands.get = (...values: [placement: never, callback: never]) => {
    const decision = core.$decided().get(values[0]);
    if (isLapsed(decision)) renew(decision);
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

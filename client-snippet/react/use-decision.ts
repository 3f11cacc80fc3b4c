/** The decision of a placement as state of a component. */
import { useCallback, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { current, type Decision, subscribe, watch } from '../npm/index.ts';
import { Handed } from './provider.ts';

export interface Shown<Content> {
  /** `content.data` where the arm has some, else the whole content; the fallback where nothing is to be shown. */
  content: Content;
  /** Undefined while it is not known yet, null when there is none. */
  decision: Decision | null | undefined;
  /** For the element that shows it: being seen and clicks are reported from there, of your own content (holdout) too. */
  ref: (element: Element | null) => void;
}

/**
 * What is on the page: it stays until there is something else to show, also while it is asked anew. The one store of all components, so that
 * no two of them show different decisions of a placement.
 */
const shown = new Map<string, Decision | null>();

/**
 * Asks for a placement and gives what is to be shown for it. The same while a page is hydrated as on its server. The type of the content is
 * what you say it is: campaigns are not checked against it.
 */
export function useDecision<Content = unknown>(placement: string, fallback: Content): Shown<Content> {
  const handed = useContext(Handed)?.decisions.find((candidate) => candidate.placement === placement);
  const decision = useSyncExternalStore(
    useCallback(
      (changed: () => void) =>
        subscribe(placement, (next) => {
          shown.set(placement, next);
          changed();
        }),
      [placement],
    ),
    () => (shown.has(placement) ? shown.get(placement) : (current(placement) ?? handed)),
    () => handed,
  );
  const [element, ref] = useState<Element | null>(null);
  useEffect(() => (element && decision ? watch(element, decision) : undefined), [element, decision]);
  const content = decision?.content;
  return { content: content ? ((content.data ?? content) as Content) : fallback, decision, ref };
}

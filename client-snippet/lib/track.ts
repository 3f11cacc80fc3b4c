/** Reports that a decision was really seen, and that somebody clicked in it. */
import { feedback, flush } from './outbox.ts';
import { settings } from './settings.ts';
import type { Decision } from './wire.ts';

interface Watch {
  decision: Decision;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

const watched = new Map<Element, Watch>();
const reported = new Set<string>();

/** Tells the page what became of a decision, if there is one, by an event on its window: `hyperedge:decision`, `:exposure` or `:click`, with the decision as its detail. */
export const emit = (type: string, detail?: Decision | null): unknown =>
  detail && dispatchEvent(new CustomEvent(`hyperedge:${type}`, { detail }));

/** Reports that a decision was seen, or reached a goal; each once. */
export const once = (decision: Decision, goal?: string): void => {
  const gatherMs = 500; // exposures of one screen come together; short enough to lose little in a crash
  const token = decision.token as string; // nothing else is watched
  const type = (goal ?? 'exposure') as 'exposure';
  if (reported.has(type + token)) return;
  reported.add(type + token);
  feedback.push({ token, kind: goal ? 'goal' : type, goal });
  setTimeout(flush, gatherMs);
  emit(type, decision);
};

let observer: IntersectionObserver;

const look = (entries: IntersectionObserverEntry[]): void => {
  for (const { target, isIntersecting, intersectionRect: part, boundingClientRect: box } of entries) {
    const watch = watched.get(target);
    if (watch) {
      const [share, ms] = settings.$seen(watch.decision, target);
      // A share of what a screen can hold of it. An empty element counts when it is in view: the same for content and for holdout.
      if (
        isIntersecting &&
        !document.hidden &&
        part.width * part.height >= share * Math.min(box.width, innerWidth) * Math.min(box.height, innerHeight)
      )
        watch.timer ||= setTimeout(once, ms, watch.decision);
      else watch.timer = clearTimeout(watch.timer) as undefined;
    }
  }
};

/** Watches an element on behalf of a decision, or stops when there is none. Watching again starts its second again. */
export const track = (element: Element, decision?: Decision | null): void => {
  clearTimeout(watched.get(element)?.timer);
  watched.delete(element);
  observer.unobserve(element);
  if (!decision?.token) return;
  watched.set(element, { decision });
  observer.observe(element);
};

/** Stops watching everything, or begins anew: seconds start again. */
export const retrack = (again?: true): void => {
  for (const [element, watch] of [...watched]) track(element, again && watch.decision);
};

/** Begins to look at the page; once, in a browser. */
export const startTracking = (): void => {
  observer = new IntersectionObserver(look, {
    // It looks again every quarter of a percent: of a very long element half a screen is a small share.
    threshold: [...Array(401)].map((_, step) => step / 400),
  });
  // The page is left, or comes back: what is known is sent.
  addEventListener('visibilitychange', () => {
    flush(true);
    retrack(true);
  });
  addEventListener(
    'click',
    (event: Event): unknown => {
      // A carousel that clicks its own button is not the visitor.
      for (let node = event.isTrusted && (event.target as Element | null); node; node = node.parentElement) {
        const watch = watched.get(node);
        if (!watch) continue;
        once(watch.decision); // whoever clicks it has seen it
        return once(watch.decision, 'click');
      }
    },
    true,
  );
};

/** What visitors do with hands: clicks and forms that are goals by a selector, keys that stand for clicks, and dismissals. */
import { gather, gatherGoal, happened, mayReport } from './gather.ts';
import { options, page } from './options.ts';
import { decisionAround } from './seen.ts';
import { oncePerView } from './view.ts';

const clicked = new Set<string>();
const dismissed = new Set<string>();

/** A selector that the browser does not know matches nothing, and stops nothing. */
const isIn = (target: EventTarget | null, selector: string): boolean => {
  try {
    return !!(target as Element).closest(selector);
  } catch {
    return false;
  }
};

/** Tells the goals of all selectors that the event happened in. Of a form not a word that was typed. */
const tellGoals = (event: Event, goals: Record<string, string> = {}): void => {
  for (const [selector, goal] of Object.entries(goals))
    if (event.isTrusted && isIn(event.target, selector)) gather({ kind: 'goal', goal });
};

/** The goal `click` of a decision, for what the entry does not see as one. */
const tellClick = (target: EventTarget | null): void => {
  const [decision] = decisionAround(target) ?? [];
  if (!decision?.token || clicked.has(decision.token) || !mayReport()) return;
  clicked.add(decision.token);
  gatherGoal({ token: decision.token, kind: 'goal', goal: 'click' });
  dispatchEvent(new CustomEvent('hyperedge:click', { detail: decision }));
};

/** Enter and space on what only looks like a button: browsers make clicks of them on real ones alone. */
const press = (event: KeyboardEvent): void => {
  const { key, target, isTrusted, repeat } = event;
  const isReal = isIn(target, 'a[href],button,input,select,textarea,summary');
  if (isTrusted && !repeat && /^(Enter| )$/.test(key) && !isReal && isIn(target, '[role=button],[role=link]'))
    tellClick(target);
};

const hide = (element: HTMLElement): void => element.style.setProperty('display', 'none', 'important');

const dismiss = (event: Event): void => {
  if (!event.isTrusted || !isIn(event.target, '[data-hyperedge-dismiss]')) return;
  const [decision, element] = decisionAround(event.target) ?? [];
  if (!decision || !element) return;
  hide(element);
  if (dismissed.has(decision.placement)) return;
  dismissed.add(decision.placement);
  const goal = options.goals?.dismiss;
  if (goal && decision.token) gatherGoal({ token: decision.token, kind: 'goal', goal });
  else happened('dismiss');
};

/** Begins to listen: in the capturing phase, so that a page that stops an event is heard all the same. */
export const watchActs = (): void => {
  const firstForm = oncePerView();
  addEventListener('hyperedge:click', ({ detail }) => detail.token && clicked.add(detail.token));
  addEventListener(
    'click',
    (event) => {
      dismiss(event);
      tellGoals(event, options.clicks);
    },
    true,
  );
  addEventListener(
    'auxclick',
    (event) => {
      if (event.isTrusted && event.button === 1 && isIn(event.target, 'a[href]')) tellClick(event.target);
    },
    true,
  );
  addEventListener('keydown', press, true);
  addEventListener(
    'submit',
    (event) => {
      // Twice in one view is one submission, and an impatient finger.
      for (const [selector, goal] of Object.entries(options.forms ?? {}))
        if (isIn(event.target, selector) && firstForm(selector)) tellGoals(event, { [selector]: goal });
    },
    true,
  );
  // What was dismissed stays away for as long as the page lives, whatever is decided later, also in elements that come late.
  addEventListener('hyperedge:decision', ({ detail: { placement } }) => {
    if (!dismissed.has(placement)) return;
    for (const element of document.querySelectorAll<HTMLElement>(`[data-hyperedge="${placement}"]`)) hide(element);
  });
};

/** Whether a placement was dismissed on this page. */
export const isDismissed = (placement: string): boolean => dismissed.has(placement);

/** Keeps elements hidden that come late to a placement that was dismissed. */
export const keepHidden = (): void => {
  const { core } = page;
  const { $render: render } = core;
  core.$render = (element, content) => {
    render(element, content);
    if (isDismissed((element as HTMLElement).dataset.hyperedge ?? '')) hide(element as HTMLElement);
  };
};

/**
 * The part `placements`: placements by selector, elements that come late or leave, every kind of content, pages that change without
 * being left, redirects. It takes rendering over from the entry, and with it what the entry has shown already.
 */
import type { Core, Part } from '../lib/core.ts';
import { askAgain, isLapsed, noteArrivals } from '../lib/lapse.ts';
import type { Decision } from '../lib/wire.ts';
import { NOT_SHOWN, type Purify } from './placements/content.ts';
import { watchElements } from './placements/late.ts';
import { arrive, prepare, redirect, stay } from './placements/redirect.ts';
import { watchRoutes } from './placements/routes.ts';
import { addRules, adopt, allowsHtml, options, rendererOf } from './placements/rules.ts';
import { markupOf, show, showWith, takeAllBack, takeBack } from './placements/show.ts';

const seen = new WeakSet<Element>();
let core: Core;
/** undefined: not loaded; null: blocked, or refused by the page's policies. */
let purify: Purify | null | undefined;
let isLoading = false;
const waiting = new Set<Element>();

const placed = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-hyperedge]')];

/** Has the entry give these elements their decision once more. */
const giveAgain = (elements: Iterable<Element>): void => {
  for (const element of elements) core.$decided().delete(element as HTMLElement);
  core.$plan();
};

const loadPurify = async (): Promise<void> => {
  if (isLoading) return;
  isLoading = true;
  const file: string = './html.js';
  try {
    const part: Part = await import(file);
    purify = part.start(core) as Purify;
  } catch {
    purify = null;
  }
  giveAgain(waiting);
  waiting.clear();
};

/** What the entry calls instead of its own renderer. What it throws on is not tracked. */
const render = (element: Element, content: Decision['content']): void => {
  const id = (element as HTMLElement).dataset.hyperedge;
  const decision = core.$decided().get(id);
  takeBack(element);
  if (!content || !decision) return;
  // An element that comes late is not given what has lapsed meanwhile.
  if (isLapsed(decision)) {
    askAgain(core, decision);
    throw NOT_SHOWN;
  }
  // One that does not lead away shows nothing either.
  if (redirect(core, decision, options.origins) || `${Object.keys(content)}` === 'redirect') throw NOT_SHOWN;
  const own = rendererOf(id);
  if (own) {
    showWith(own, element as HTMLElement, content.data ?? content, decision);
    return;
  }
  const markup = markupOf(content);
  const mayHaveMarkup = markup !== 'none' && allowsHtml(id);
  if (mayHaveMarkup && purify === undefined) {
    waiting.add(element);
    loadPurify();
    throw NOT_SHOWN;
  }
  // Half of a content is another content: the page keeps its own.
  if (markup === 'needed' && !(mayHaveMarkup && purify)) throw NOT_SHOWN;
  show(element as HTMLElement, content, mayHaveMarkup ? purify : null);
};

/** Elements that came are asked for; those that left have their own content when they return, and are new then. */
const look = (): void => {
  adopt();
  for (const element of core.$decided().keys()) {
    if (!(element instanceof HTMLElement) || element.isConnected) continue;
    takeBack(element);
    seen.delete(element);
    core.$track(element);
    core.$decided().delete(element);
  }
  let isNew = false;
  for (const element of placed()) {
    if (seen.has(element)) continue;
    seen.add(element);
    isNew = true;
  }
  if (isNew) core.$plan();
};

/** Rejects when the address changes: an answer for the page before is not waited for. */
let leaveRoute: (reason: string) => void;
let route: Promise<never>;
const beginRoute = (): void => {
  route = new Promise((_, reject) => {
    leaveRoute = reject;
  });
  route.catch(() => {});
};

let timer: ReturnType<typeof setTimeout>;
const changeRoute = (): void => {
  const settleMs = 50; // routers write an address two or three times, and the page after it
  if (!options.navigation) return;
  leaveRoute('another page');
  beginRoute();
  stay();
  arrive();
  core.$restart();
  clearTimeout(timer);
  timer = setTimeout(() => {
    adopt();
    core.$plan();
  }, settleMs);
};

/** Puts itself in front of what forgets decisions, so that nothing of them stays on the page. */
const takeOver = (): void => {
  const { $settings: settings, $commands: commands, $restart: restart } = core;
  const before = settings.fetch ?? fetch;
  settings.fetch = (url, init) => {
    const answer = before(url, init);
    return /\/optimize$/.test(`${url}`) ? Promise.race([answer, route]) : answer;
  };
  (core as { $restart: typeof restart }).$restart = (takesBack) => {
    takeAllBack();
    restart(takesBack);
  };
  for (const name of ['consent', 'reset']) {
    const plain = commands[name] as (...values: unknown[]) => void;
    commands[name] = (...values: unknown[]) => {
      // What was decided without a visitor holds after their no as well.
      if (values[0] !== 'granted' && (name === 'reset' || settings.consent === 'granted')) takeAllBack();
      plain(...values);
    };
  }
  const plain = core.$render;
  core.$render = render;
  const decided = core.$decided();
  const early = placed().filter((element) => decided.has(element));
  for (const element of early) {
    if (decided.get(element.dataset.hyperedge)) plain(element, null);
  }
  giveAgain(early);
};

/** A redirect needs no element. */
const askFor = (id: string): void => {
  (core.$commands.get as (id: string, callback: unknown) => void)(id, (_: unknown, decision: Decision | null) => {
    try {
      if (decision) redirect(core, decision, options.origins);
    } catch {} // no address
  });
};

/** Tells a flicker guard when what it hides has been decided: by the last element, since answers come in the page's order. */
const tell = (decidedAll: () => void): void => {
  look();
  const last = placed().at(-1);
  if (last)
    (core.$commands.get as (...values: unknown[]) => void)(last.dataset.hyperedge, () => {
      decidedAll();
      return false; // it is told once
    });
  else decidedAll();
};

/**
 * `hyperedge('placements', rules?, options?)`; may be called again with more. With a function instead of rules, it is called once the
 * placements of the page have been decided.
 */
export const start = (given: Core, list?: unknown, more?: unknown): void => {
  const isFirst = !core;
  core = given;
  const ids = addRules(list, more);
  if (isFirst) {
    noteArrivals(core);
    prepare();
    beginRoute();
    takeOver();
    watchRoutes(changeRoute);
    watchElements(look);
  }
  ids.forEach(askFor);
  look();
  if (typeof list !== 'function') return;
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', () => tell(list as () => void));
  else setTimeout(tell, 0, list); // after the calls that wait behind this one
};

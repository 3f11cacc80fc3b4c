/**
 * `@hyperedge/client`: the page script's own modules as functions, for pages that are bundled. Nothing happens on import, and nothing on a
 * server: there `start` and all the others do nothing, and decisions come from `@hyperedge/client/next`.
 */
import { commands } from '../lib/commands.ts';
import type { Core, Getter } from '../lib/core.ts';
import { begin, core, decided, getters } from '../lib/decisions.ts';
import { customer, remember } from '../lib/identity.ts';
import { askAgain, isLapsed, noteArrivals } from '../lib/lapse.ts';
import { settings } from '../lib/settings.ts';
import { track } from '../lib/track.ts';
import type { Consent, Decision } from '../lib/wire.ts';
import { start as report } from '../parts/convert.ts';
import { type Bootstrap, fresh } from './bootstrap.ts';

export { render } from '../lib/render.ts';
export type { Consent, Content, ContentPart, Decision } from '../lib/wire.ts';
export type { Bootstrap } from './bootstrap.ts';

export interface Options {
  /** Publishable key, `pk_…`. */
  key: string;
  /** Any address of the API's origin. */
  api: string;
  /** Default: that of the bootstrap, else pending. */
  consent?: Consent | undefined;
  /** Longest wait for decisions in milliseconds; then there is none. Default: 300. */
  timeoutMs?: number | undefined;
  /** Declared attributes of this page, which conditions may read. */
  attributes?: Record<string, unknown> | undefined;
  /** Decisions that the server made for this page: they are not asked for again. */
  bootstrap?: Bootstrap | undefined;
  /** A signed preview. Default: that of the page's address. */
  preview?: string | undefined;
}

export interface Conversion {
  /** In major units of the workspace's currency. */
  value?: number;
  /** The same order counts once. */
  orderId?: string | number;
}

let isStarted = false;

/** Calls made before `start`, in order. More of them than this come from a page in a loop. */
const early: (() => void)[] = [];
const MAX_EARLY = 200;

/** Now, or once the page has started; on a server never. */
const whenStarted = (call: () => void): void => {
  if (isStarted) call();
  else if (typeof document !== 'undefined' && early.length < MAX_EARLY) early.push(call);
};

/** Takes the server's decisions for the same state of consent; expired ones are asked for again. */
const adopt = ({ consent, anonymousId, decisions, preview }: Bootstrap): void => {
  if (consent !== settings.consent || preview !== settings.preview) return;
  remember(anonymousId, customer());
  for (const decision of fresh(decisions)) decided.set(decision.placement, decision);
};

/**
 * Begins to ask, render elements with `data-hyperedge`, and report; called again it changes what is given, except consent: that changes by
 * `consent()`, once the page runs. One page is one visitor: there is one state, however often this is called.
 */
export const start = ({ bootstrap, consent: given, preview, ...own }: Options): void => {
  if (typeof document === 'undefined') return;
  for (const [name, value] of Object.entries(own)) if (value !== undefined) Object.assign(settings, { [name]: value });
  if (isStarted) {
    core.$plan();
    return;
  }
  isStarted = true;
  noteArrivals(core);
  settings.consent = given ?? bootstrap?.consent ?? 'pending';
  settings.preview = preview ?? /hyperedge_preview=([^&]+)/.exec(location.search)?.[1];
  if (bootstrap) adopt(bootstrap);
  begin();
  for (const call of early.splice(0)) call();
};

/**
 * Calls back with the decision of a placement, or null when there is none (show your own), and again whenever that changes: consent was
 * given, `refresh` was called. Never before this returns. Returns how to stop.
 */
export const subscribe = (placement: string, onDecision: (decision: Decision | null) => void): (() => void) => {
  const getter: Getter = {
    dataset: { hyperedge: placement },
    callback: (_, decision) => void onDecision(decision as Decision | null), // what it returns means nothing
  };
  getters.add(getter);
  const known = decided.get(placement);
  if (isStarted && isLapsed(known)) askAgain(core, known);
  if (isStarted) core.$plan();
  return () => {
    getters.delete(getter);
    decided.delete(getter);
  };
};

/** What is decided now: undefined while it is not known yet, null when there is no decision. */
export const current = (placement: string): Decision | null | undefined => decided.get(placement);

/** The decision of a placement, once there is one; null: show your own. Never rejects; waits for `start`, and then at most `timeoutMs`. */
export const decide = (placement: string): Promise<Decision | null> =>
  new Promise((resolve) => {
    if (typeof document === 'undefined') return resolve(null);
    const stop = subscribe(placement, (decision) => {
      stop();
      resolve(decision);
    });
  });

/** Asks anew for everything that is on the page: for a new view of a single-page site. */
export const refresh = (): void => {
  core.$restart();
  if (isStarted) core.$plan();
};

/** Reports when an element that shows a decision is really seen, or clicked in; of anything else nothing. Returns how to stop. */
export const watch = (element: Element, decision: Decision): (() => void) => {
  // By what it can do: an element of a frame is one, too.
  let isWanted: unknown = typeof decision?.token === 'string' && element?.closest;
  whenStarted(() => isWanted && track(element, decision));
  return () => {
    if (isStarted && isWanted) track(element);
    isWanted = false;
  };
};

/** A goal was reached; needs consent. Earlier decisions of this visitor are credited by the API. */
export const convert = (goal: string, details?: Conversion): void => whenStarted(() => report(core, goal, details));

/** The visitor is a customer you know; `proof` is signed by your server. Kept in memory, never stored. */
export const identify = (id: string, proof?: string): void =>
  whenStarted(() => {
    commands.identify(id, proof);
    if (decided.size) report(core); // an answer that did not know the name
  });

/** `granted`: asks again, and may store; anything else: clears what is stored, reports nothing more. The same again changes nothing. */
export const consent = (given: Consent): void =>
  whenStarted(() => {
    if (given !== settings.consent) commands.consent(given);
  });

/** Forgets the visitor: for shared devices, and after signing out. */
export const reset = (): void => whenStarted(commands.reset);

/** A module of `@hyperedge/client/parts/…`. */
export interface LazyPart {
  start(core: never, ...values: never[]): unknown;
}

/**
 * Starts a lazy part: `use(import('@hyperedge/client/parts/events'), { dwell: true })`. It works with this module's state. Rejects when the
 * part cannot be loaded.
 */
export const use = async (part: PromiseLike<LazyPart> | LazyPart, ...values: unknown[]): Promise<void> => {
  const { start: startPart } = (await part) as { start(core: Core, ...values: unknown[]): unknown };
  await startPart(core, ...values);
};

/** Calls a command that a part has added, such as `goal` of `events`. False when there is none of this name. */
export const run = (name: string, ...values: unknown[]): boolean => {
  const command = (commands as Record<string, (...values: never[]) => unknown>)[name];
  command?.(...(values as never[]));
  return !!command;
};

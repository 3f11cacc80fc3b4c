/** The page script: finds placements, asks once for all of them, renders, reports. Types for sites are in `hyperedge.d.ts`. */
import { ask } from '../lib/ask.ts';
import { customer, forget, identify, remember } from '../lib/identity.ts';
import { discard, flush } from '../lib/outbox.ts';
import { render } from '../lib/render.ts';
import { type Settings, settings } from '../lib/settings.ts';
import { emit, track, untrack } from '../lib/track.ts';
import type { Consent, Decision } from '../lib/wire.ts';

type Callback = (...values: unknown[]) => unknown;
/** A callback of `get` names its placement as an element does. */
interface Getter {
  dataset: { hyperedge: string };
  callback: Callback;
}
type Target = Getter | HTMLElement;

const isGetter = (target: Target): target is Getter => !!(target as Getter).callback;

/**
 * Placements that were asked for, with their decision: undefined while under way, null when there will be none. A new map when
 * answers under way no longer hold.
 */
let decided = new Map<string | undefined, Decision | null | undefined>();
const getters: Getter[] = [];

/** Resolves when the document is read and nothing is being asked. */
let idle = new Promise<unknown>((resolve) => {
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', resolve);
  else resolve(0);
});

/** What waits for decisions: elements of the page first, so that a callback finds them rendered. */
const targets = (): Target[] => [...document.querySelectorAll<HTMLElement>('[data-hyperedge]'), ...getters];

/** Asynchronous, so that a callback's error shows in the site's console and monitoring as its own, and stops nothing here. */
const give = async (target: Target): Promise<void> => {
  const decision = decided.get(target.dataset.hyperedge) ?? null;
  const content = decision?.content;
  if (isGetter(target)) {
    const shown = await target.callback(content ? (content.data ?? content) : null, decision);
    if (shown instanceof Element) track(shown, decision);
  } else if (decision) {
    // Without an answer the page stays as it is.
    try {
      render(target, decision.content);
      track(target, decision);
    } catch {} // content of a wrong shape
  }
};

const load = async (): Promise<void> => {
  const maxPlacements = 20; // in one request, as the contract has it
  const mine = decided;
  const ids = [...new Set(targets().map(({ dataset }) => dataset.hyperedge as string))].filter((id) => !mine.has(id));
  ids.splice(maxPlacements);
  if (!settings.key || !ids[0]) return;
  for (const id of ids) mine.set(id, undefined);
  const answer = await ask(ids);
  if (mine !== decided) return;
  remember(answer?.customer?.anonymousId);
  for (const id of ids) {
    const decision = answer?.decisions?.find?.((candidate) => candidate?.placement === id);
    mine.set(id, decision ?? null);
    for (const target of targets()) if (target.dataset.hyperedge === id) give(target);
    if (decision) emit('decision', decision);
  }
  await load(); // those beyond the twentieth
};

/** Asks for what has not been asked yet: once the document is read, and after the calls that are waiting have been made. */
const plan = (): void => {
  idle = idle.then(load);
};

/** Starts over: what was decided and is being decided belongs to another visitor, or to one who had not consented. */
const restart = (): void => {
  untrack();
  decided = new Map();
};

/** Forgets the visitor, and what was not sent yet. */
const clear = (): void => {
  restart();
  discard();
  forget();
};

const sendEvents = (...events: object[]): void => {
  const who = customer(); // nobody has no decision that could be credited
  if (who) flush(false, ['events', { customer: who, consent: 'granted', events }]);
};

const commands: Record<string, (...values: never[]) => void> = {
  init: (options: Partial<Settings>) => {
    Object.assign(settings, options);
    plan();
  },
  get: (placement: string, callback: Callback) => {
    if (!callback) return;
    const getter = { dataset: { hyperedge: `${placement}` }, callback };
    getters.push(getter);
    if (decided.get(placement) === undefined) plan();
    else give(getter);
  },
  convert: (goal: string, { value, orderId }: { value?: number; orderId?: unknown } = {}) => {
    const eventId = `${Math.random()}`; // sent twice it counts once
    const event = { kind: 'goal', goal, value: value && +value, orderId: orderId && `${orderId}`, eventId };
    if (customer()) sendEvents(event);
    else idle.then(() => sendEvents(event)); // the id comes with the first answer
  },
  identify: (id: string, proof?: string) => {
    identify(id, proof);
    // The answer under way, or already here, did not know this id: an empty list of events links it.
    if (decided.size) idle.then(() => sendEvents());
  },
  consent: (given: Consent) => {
    const before = settings.consent;
    settings.consent = given;
    if (given !== 'granted') clear();
    else if (before !== given) {
      restart();
      plan();
    }
  },
  reset: () => {
    flush(true);
    clear();
  },
};

const run = ([name, ...values]: Iterable<unknown>): void => {
  try {
    commands[name as string]?.(...(values as never[]));
  } catch {} // a call with wrong arguments must not break the page that makes it
};

interface Queue {
  (...values: unknown[]): void;
  q?: Iterable<unknown>[];
  loaded?: boolean;
}
const scope = window as unknown as { hyperedge?: Queue };
const { q = [], loaded } = scope.hyperedge ?? {};

if (!loaded) {
  const hyperedge: Queue = (...values) => run(values);
  hyperedge.loaded = true; // a second copy of the script leaves the page to the first
  scope.hyperedge = hyperedge;
  plan();
  for (const values of q) run(values);
}

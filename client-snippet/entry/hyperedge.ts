/** The page script: finds placements, asks once for all of them, renders, reports. Types for sites are in `hyperedge.d.ts`. */
import { ask } from '../lib/ask.ts';
import type { Core, Part } from '../lib/core.ts';
import { customer, forget, identify, remember } from '../lib/identity.ts';
import { discard, flush } from '../lib/outbox.ts';
import { render } from '../lib/render.ts';
import { type Settings, settings } from '../lib/settings.ts';
import { emit, retrack, startTracking, track } from '../lib/track.ts';
import type { Consent, Decision } from '../lib/wire.ts';

type Callback = (...values: unknown[]) => unknown;
/** A callback of `get` names its placement as an element does. */
interface Getter {
  dataset: { hyperedge: string };
  callback: Callback;
}
type Target = Getter | HTMLElement;

/**
 * Placements that were asked for, with their decision: undefined while under way, null when there will be none; and the targets that
 * have been given theirs. A new map when answers under way no longer hold.
 */
let decided = new Map<string | Target | undefined, Decision | null | undefined>();
const getters: Getter[] = [];

/** Resolves when the document is read and nothing is being asked. */
let idle = new Promise<unknown>((resolve) => {
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', resolve);
  else resolve(0);
});

/** What waits for decisions: elements of the page first, so that a callback finds them rendered. */
const targets = (): Target[] => [...document.querySelectorAll<HTMLElement>('[data-hyperedge]'), ...getters];

/** Asynchronous, so that a callback's error shows in the site's console and monitoring as its own, and stops nothing here. */
const give = async (target: Target, decision: Decision | null): Promise<void> => {
  const content = decision?.content;
  const { callback } = target as Getter;
  if (callback) {
    const shown = await callback(content ? (content.data ?? content) : null, decision);
    if (shown instanceof Element) track(shown, decision);
  } else if (decision) {
    // Without an answer the page stays as it is.
    try {
      core.$render(target as HTMLElement, decision.content);
      track(target as HTMLElement, decision);
    } catch {} // content of a wrong shape
  }
};

const load = async (): Promise<void> => {
  const maxPlacements = 20; // in one request, as the contract has it
  const mine = decided;
  const ids = [...new Set(targets().map(({ dataset }) => dataset.hyperedge as string))].filter((id) => !mine.has(id));
  ids.splice(settings.key ? maxPlacements : 0);
  if (ids[0]) {
    for (const id of ids) (mine as { set(id: string, none?: undefined): unknown }).set(id); // undefined: under way
    const answer = await ask(ids);
    if (mine !== decided) return;
    remember(answer?.customer?.anonymousId);
    for (const id of ids) {
      mine.set(id, answer?.decisions?.find?.((candidate) => candidate?.placement === id) ?? null);
    }
    plan(); // those beyond the twentieth
  }
  for (const target of targets()) {
    const decision = mine.get(target.dataset.hyperedge);
    if (mine.has(target) || decision === undefined) continue;
    mine.set(target, null); // each is given its decision once
    give(target, decision);
  }
  for (const id of ids) emit('decision', mine.get(id));
};

/** Asks for what has not been asked yet: once the document is read, and after the calls that are waiting have been made. */
const plan = (): void => {
  idle = idle.then(load);
};

/** Starts over: what was decided and is being decided belongs to another visitor, or to one who had not consented. */
const restart = (): void => {
  retrack();
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

const commands: Core['$commands'] = {
  init: (options: Partial<Settings>) => {
    Object.assign(settings, options);
    plan();
  },
  get: (placement: string, callback?: Callback) => {
    if (callback) getters.push({ dataset: { hyperedge: `${placement}` }, callback });
    plan();
  },
  convert: (goal: string, { value, orderId }: { value?: number; orderId?: unknown } = {}) => {
    const event = {
      kind: 'goal',
      goal,
      value: value && +value,
      orderId: orderId && `${orderId}`,
      eventId: `${Math.random()}`, // sent twice it counts once
    };
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
    if (given !== 'granted') return clear();
    if (before !== given) restart();
    plan();
  },
  reset: () => {
    flush(true);
    clear();
  },
};

/** What lazy parts work with: they hold no second copy of anything. */
const core: Core = {
  $settings: settings,
  $commands: commands,
  $decided: () => decided,
  $plan: plan,
  $restart: restart,
  $customer: customer,
  $remember: remember,
  $flush: flush,
  $render: render,
};

/** A command that is not known here is the name of a part: a file beside this one, loaded when it is first called. */
const run = ([name, ...values]: Iterable<unknown>): void => {
  const file: string = `./${name}.js`; // a name that the bundler does not look into
  try {
    const command = commands[name as string];
    if (command) command(...(values as never[]));
    else import(file).then((part: Part) => part.start(core, ...values)).catch(() => {}); // a part that was blocked is none
  } catch {} // a call with wrong arguments must not break the page that makes it
};

interface Queue {
  (...values: unknown[]): void;
  q?: Iterable<unknown>[];
  loaded?: boolean;
}
const scope = window as unknown as { hyperedge?: Queue };
const { src, dataset } = (document.currentScript || {}) as Partial<HTMLScriptElement>;
Object.assign(settings, {
  api: src || location.href,
  ...dataset,
  preview: /[?&]hyperedge_preview=([^&]+)/.exec(location.search)?.[1],
});
const { q = [], loaded } = scope.hyperedge || {};

if (!loaded) {
  const hyperedge: Queue = (...values) => run(values);
  hyperedge.loaded = true; // a second copy of the script leaves the page to the first
  scope.hyperedge = hyperedge;
  startTracking();
  plan();
  for (const values of q) run(values);
}

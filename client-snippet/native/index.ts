/**
 * `@hyperedge/client/native`: for apps in React Native, or wherever there is JavaScript and no page. The same core as on a page; the app gives
 * the storage, shows the content, and says what was seen.
 */

import { once } from '../lib/track.ts';
import type { Consent } from '../lib/wire.ts';
import * as client from '../npm/index.ts';
import {
  type AppStorage,
  addEventListener,
  dispatchEvent,
  document,
  erase,
  readKept,
  removeEventListener,
  useStorage,
} from './host.ts';
import type { AppDecision } from './last.ts';
import { drain, emptyOutbox, openOutbox } from './outbox.ts';
import { speak } from './page.ts';
import { connect, type FetchLike, proveBy, report } from './transport.ts';

export type { Consent, Content, ContentPart, Decision } from '../lib/wire.ts';
export type { AppStorage } from './host.ts';
export type { AppDecision } from './last.ts';
export type { FetchLike } from './transport.ts';

/** The shape of React Native's AppState. */
export interface AppStateLike {
  addEventListener(type: 'change', listener: (state: string) => void): unknown;
}

export interface AppOptions {
  /** Publishable key, `pk_…`, of a site of the kind `app`. */
  key: string;
  /** Any address of the API's origin. */
  api: string;
  /** Default: pending. */
  consent?: Consent;
  /** Where ids, last decisions and reports are kept, with consent only: AsyncStorage. Without one they last as long as the app runs. */
  storage?: AppStorage;
  /** React Native's AppState: what happened is sent when the app goes to the background, and tried again when it comes back. */
  appState?: AppStateLike;
  /** Longest wait for decisions in milliseconds; then the last ones, or none. Default: 1,000. */
  timeoutMs?: number;
  /** Declared attributes of this app or device, which conditions may read. */
  attributes?: Record<string, unknown>;
  /** BCP 47, such as `de-AT`. */
  language?: string;
  /** Default: that of the platform. */
  fetch?: FetchLike;
}

const DEFAULT_TIMEOUT_MS = 1_000;

let starting: Promise<void> | undefined;

/** Reads what was kept, with consent only, then begins to ask. Once; resolves in any case. Calls made before wait for it. */
export const start = (options: AppOptions): Promise<void> => {
  starting ??= (async () => {
    const { key, api, consent: given, timeoutMs = DEFAULT_TIMEOUT_MS, attributes, storage, language } = options;
    useStorage(storage);
    speak(language);
    connect(options.fetch ?? ((address, init) => fetch(address, init)));
    if (given === 'granted') await readKept();
    if (given === 'denied') erase();
    client.start({ key, api, timeoutMs, attributes, consent: given });
    if (given === 'granted') openOutbox(report); // what an earlier run has left
    options.appState?.addEventListener('change', (state) => {
      document.hidden = state !== 'active';
      dispatchEvent({ type: 'visibilitychange' }); // sends what was gathered
      if (state === 'active') void drain();
    });
  })();
  return starting;
};

/** The decision of a placement, once there is one; null: show your own. Never rejects. */
export const decide: (placement: string) => Promise<AppDecision | null> = client.decide;

/** Calls back with each decision of a placement, or null. Returns how to stop. */
export const subscribe: (placement: string, onDecision: (decision: AppDecision | null) => void) => () => void =
  client.subscribe;

/** What is decided now: undefined while it is not known yet. */
export const current: (placement: string) => AppDecision | null | undefined = client.current;

/** Asks anew for all that is subscribed to: another screen, another day. */
export const refresh: () => void = client.refresh;

/** The person has seen the content of a decision: say so when half of it was on the screen for a second. Once per decision. */
export const seen = (decision: AppDecision): void => {
  if (decision.token) once(decision);
};

/** The person has tapped it; implies seen. Once per decision. */
export const tapped = (decision: AppDecision): void => {
  seen(decision);
  if (decision.token) once(decision, 'click');
};

/** A goal was reached; needs consent. Earlier decisions of this person are credited by the API. */
export const convert: (goal: string, details?: { value?: number; orderId?: string | number }) => void = client.convert;

/** The person is a customer you know. `proof` asks your server for one; it is called whenever the one before is about to end. */
export const identify = (id: string, proof: () => Promise<string>): void => {
  proveBy(proof);
  client.identify(id);
};

/** `granted`: asks again, and may keep; anything else: erases what is kept, reports nothing more. */
export const consent = async (given: Consent): Promise<void> => {
  await starting;
  if (given === 'granted') {
    await readKept();
    openOutbox(report);
  } else emptyOutbox();
  client.consent(given);
};

/** Forgets the person: after signing out, and on shared devices. What was seen before is still reported. */
export const reset = (): void => {
  client.reset();
  proveBy(undefined);
};

/** What becomes of decisions: `decision`, `exposure`, `click`. Returns how to stop. */
export const on = (
  type: 'decision' | 'exposure' | 'click',
  listener: (decision: AppDecision) => void,
): (() => void) => {
  const listen = (event: { detail?: unknown }): void => listener(event.detail as AppDecision);
  addEventListener(`hyperedge:${type}`, listen);
  return () => removeEventListener(`hyperedge:${type}`, listen);
};

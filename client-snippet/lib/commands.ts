/** What a site says to the script, by name. */
import type { Callback } from './core.ts';
import { core, decided, getters, idle, plan, restart } from './decisions.ts';
import { customer, forget, identify } from './identity.ts';
import { discard, flush } from './outbox.ts';
import { type Settings, settings } from './settings.ts';
import type { Consent } from './wire.ts';

/**
 * Drops what was decided and what was not sent yet. The API hears that consent is over, of `who`, or of nobody: it clears its cookie, where it keeps
 * one. Nothing is sent where there was none.
 */
const end = (who?: object): void => {
  restart();
  discard();
  flush(true, ['consent', { customer: who }]);
};

const sendEvents = (...events: object[]): void => {
  const who = customer(); // nobody has no decision that could be credited
  if (who) flush(0, ['events', { customer: who, consent: 'granted', events }]);
};

/** Needs `begin` of decisions.ts before the first call. What they do is told in docs/guides/page-script.md. */
export const commands = {
  init: (options: Partial<Settings>): void => {
    Object.assign(settings, options);
    plan();
  },
  get: (placement: string, callback?: Callback): void => {
    if (callback) getters.push({ dataset: { hyperedge: `${placement}` }, callback });
    plan();
  },
  convert: (goal: string, { value, orderId }: { value?: number; orderId?: unknown } = {}): void => {
    const event = {
      kind: 'goal',
      goal,
      value: value && +value,
      orderId: orderId && orderId + '',
      eventId: `${Math.random()}`, // sent twice it counts once
    };
    if (customer()) sendEvents(event);
    else idle.then(() => sendEvents(event)); // the id comes with the first answer
  },
  identify: (id: string, proof?: string): void => {
    identify(id, proof);
    // The answer under way, or already here, did not know this id: an empty list of events links it.
    if (decided.size) idle.then(() => sendEvents());
  },
  consent: (given: Consent): void => {
    if (given !== settings.consent) end(customer());
    settings.consent = given;
    if (given === 'granted') plan();
    else forget();
  },
  reset: (): void => {
    flush(true);
    end();
    forget();
  },
};

core.$commands = commands;

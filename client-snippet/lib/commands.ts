/** What a site says to the script, by name. */
import type { Callback } from './core.ts';
import { core, decided, getters, plan, restart } from './decisions.ts';
import { customer, forget, identity } from './identity.ts';
import { discard, flush } from './outbox.ts';
import { type Settings, settings } from './settings.ts';
import type { Consent } from './wire.ts';

/** The page script, where this is in it. */
declare const window: { hyperedge?: (command: string) => void };

/**
 * Drops what was decided and what was not sent yet. The API hears that consent is over, of `who`, or of nobody: it clears its cookie, where it keeps
 * one. Nothing is sent where there was none.
 */
const end = (who?: object): void => {
  restart(true);
  discard();
  flush(true, ['consent', { customer: who }]);
};

/** Needs `begin` of decisions.ts before the first call. What they do is told in docs/guides/page-script.md. */
export const commands = {
  init: ({ consent, ...options }: Partial<Settings>): void => {
    Object.assign(settings, options);
    if (consent) commands.consent(consent);
    plan();
  },
  get: (placement: string, callback?: Callback): void => {
    const maxGetters = 200; // a page in a loop does not fill the memory of its visitor
    for (const getter of getters)
      if (getter.dataset.hyperedge === placement && getter.callback === callback) getters.delete(getter);
    if (callback && getters.size < maxGetters) getters.add({ dataset: { hyperedge: `${placement}` }, callback });
    plan();
  },
  identify: (id: string, proof?: string): void => {
    identity.id = id;
    identity.proof = proof;
    // The answer under way, or already here, did not know this id: the part links it.
    if (decided.size) window.hyperedge?.('convert');
  },
  consent: (given: Consent): void => {
    if (given === settings.consent) return;
    if (settings.consent === 'granted') end(customer());
    settings.consent = given;
    if (given === 'granted') {
      restart();
      plan();
    } else forget();
  },
  reset: (): void => {
    flush(true);
    end();
    forget();
  },
};

core.$commands = commands;

/**
 * `hyperedge('identity')`: a visitor who is forgotten in one tab is forgotten in all of them, and nobody's cookie brings them back.
 * `hyperedge('identity', id, proof)`: a customer you know, with a proof or a function that fetches a fresh one.
 */
import type { Core } from '../lib/core.ts';
import { FORGOTTEN, type Renew, type SignedIn, standBehind } from './identity/proofs.ts';

interface Who {
  readonly id?: string;
  readonly anonymousId?: string;
}
type Identify = (id?: string, proof?: string) => void;

let core: Core | undefined;
let signedIn: SignedIn | undefined;
/** The anonymous id that this page is known by, as far as it has heard: the page script takes over what another tab stores. */
let known: string | undefined;
/** The command as it was before. */
let identify: Identify;

const stored = (): string | undefined => {
  try {
    return localStorage.hyperedge;
  } catch {
    return undefined; // storage is forbidden: other tabs cannot be heard of
  }
};

/** Another tab forgot the visitor: so does this one, without writing what would be heard there again. Consent that was withdrawn there is over here. */
const follow = (page: Core): void => {
  const { consent } = page.$settings;
  const who = page.$customer() as Who | undefined;
  const now = stored();
  // The page script has seen that nothing is left in storage: nobody may find a word of ours there, nor hear one under the old id.
  if (page.$settings.consent !== consent) {
    signedIn = undefined;
    page.$flush(true);
    page.$restart(true);
    page.$commands.consent?.('denied' as never);
  }
  if (!who || !now || (now !== FORGOTTEN && now === known)) return;
  known = now;
  signedIn = undefined;
  page.$flush(true);
  page.$restart();
  identify();
  page.$remember(now, page.$customer());
};

const begin = (page: Core): void => {
  const { $commands: commands, $settings: settings } = page;
  const { identify: own, reset } = commands as { identify: Identify; reset: () => void };
  identify = own;
  commands.identify = (...values: never[]) => {
    signedIn = undefined;
    own(...values);
  };
  commands.reset = () => {
    signedIn = undefined;
    try {
      reset();
    } finally {
      // Should the API not hear of it, the cookie must not bring the visitor back.
      if (stored() === undefined) page.$remember(FORGOTTEN);
    }
  };
  standBehind(settings, {
    signedIn: () => signedIn,
    prove: (id, proof) => {
      signedIn = { ...signedIn, id, proof };
    },
    signOut: () => {
      signedIn = undefined;
      own();
    },
    named: (anonymousId) => {
      known = anonymousId;
      const who = page.$customer();
      if (who?.anonymousId === FORGOTTEN) page.$remember(anonymousId, who);
    },
  });
  const settleMs = 50; // a reset takes the id away, and then puts its word in place
  addEventListener('storage', ({ key, newValue }) => {
    if (!key || (key === 'hyperedge' && (newValue === null || newValue === FORGOTTEN)))
      stored() ? follow(page) : setTimeout(follow, settleMs, page);
  });
  // Pages that the browser kept aside heard nothing meanwhile.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted && stored() !== known) follow(page);
  });
  addEventListener('pagehide', () => {
    known = (page.$customer() as Who | undefined)?.anonymousId;
  });
};

/**
 * Begins to look after the visitor's identity; with an `id` they are signed in.
 *
 * @param proof from the site's server, or a function that fetches one: it is asked now, and again when a proof has expired. One that gives none, or
 *   fails, leaves the visitor anonymous.
 */
export const start = async (page: Core, id?: string, proof?: string | Renew): Promise<void> => {
  if (!core) begin(page);
  core = page;
  if (id === undefined) return;
  const renew = typeof proof === 'function' ? proof : undefined;
  const mine: SignedIn = { id: `${id}`, renew };
  signedIn = mine;
  const first = renew
    ? await Promise.resolve()
        .then(renew)
        .catch(() => undefined)
    : (proof as string | undefined);
  // Signed in as somebody else, or forgotten, while the site's server was asked.
  if (signedIn !== mine) return;
  if (typeof first === 'string') identify(mine.id, first);
  else signedIn = undefined;
};

/** What happens to requests whose proof has expired or is wrong: a fresh one is asked for once, then the page goes on without. */
import type { Settings } from '../../lib/settings.ts';

/** Fetches a proof from the site's own server. */
export type Renew = () => string | Promise<string>;

/** Who is signed in, as far as this page may say so. */
export interface SignedIn {
  readonly id: string;
  /** Absent where the site gave the proof alone: then there is no other. */
  readonly renew?: Renew | undefined;
  /** The latest that is known. */
  readonly proof?: string;
}

interface Body {
  customer?: { id?: string; proof?: string | undefined; anonymousId?: string };
}

/** Whom a request may go on as. */
export interface Desk {
  readonly signedIn: () => SignedIn | undefined;
  /** From here on requests carry this proof. */
  readonly prove: (id: string, proof: string) => void;
  /** From here on nobody is signed in. */
  readonly signOut: () => void;
  /** An answer named an anonymous id. */
  readonly named: (anonymousId: string) => void;
}

const isRefused = async (response: Response): Promise<boolean> => {
  if (response.status !== 403) return false;
  const { type } = (await response.clone().json()) as { type?: string };
  return `${type}`.endsWith('/invalid_identity');
};

/** A proof that is asked for by several requests at a time is fetched once. */
const renewing = new Map<Renew, Promise<string | undefined>>();

const fresh = (renew: Renew): Promise<string | undefined> => {
  const maxWaitMs = 5_000; // a site's server that hangs must not hold requests for ever
  let proof = renewing.get(renew);
  if (!proof) {
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, maxWaitMs));
    proof = Promise.race([Promise.resolve().then(renew), late])
      .catch(() => undefined)
      .finally(() => renewing.delete(renew));
    renewing.set(renew, proof);
  }
  return proof;
};

/**
 * Puts itself between the page's requests and whatever carried them before. A request that is refused for its proof is sent again with a fresh one,
 * where the site can give one, and once more without the id if that is refused, too: then the page goes on as the anonymous visitor it was.
 * At most three times, so a wrong proof is no loop.
 */
export const standBehind = (settings: Settings, desk: Desk): void => {
  const before = settings.fetch;
  settings.fetch = async (input, init) => {
    const send = (options = init): Promise<Response> => (before ?? fetch)(input, options);
    if (typeof init?.body !== 'string') return send();
    const { customer, ...rest } = JSON.parse(init.body) as Body;
    const as = (who: Body['customer']): Promise<Response> =>
      send({ ...init, body: JSON.stringify({ ...rest, ...(who && { customer: who }) }) });
    const heard = async (response: Response): Promise<Response> => {
      if (customer?.anonymousId === FORGOTTEN && response.ok) {
        const { customer: named } = (await response.clone().json()) as Body;
        if (named?.anonymousId) desk.named(named.anonymousId);
      }
      return response;
    };
    const { id, proof, ...anonymous } = customer ?? {};
    if (id === undefined) return heard(await send());
    const who = (): SignedIn | undefined => (desk.signedIn()?.id === id ? desk.signedIn() : undefined);
    // The page goes on writing the first proof into its requests.
    const best = who()?.proof ?? proof;
    const response = await (best === proof ? send() : as({ ...customer, proof: best }));
    if (!(await isRefused(response))) return heard(response);
    const { renew } = who() ?? {};
    const next = renew && (await fresh(renew));
    if (next && next !== best) {
      const again = await as({ ...customer, proof: next });
      if (!(await isRefused(again))) {
        if (who()) desk.prove(id, next);
        return heard(again);
      }
    }
    if (who()) desk.signOut();
    return heard(await as(anonymous));
  };
};

/**
 * What stands in for the id of a visitor who was forgotten, until the next one has theirs: it was not signed by the API, so whoever sends it is
 * nobody yet, whatever cookie comes along.
 */
export const FORGOTTEN = 'reset';

/** Who the visitor is: the anonymous id the API minted (kept in local storage, with consent only) and the site's own id (memory only). */
import { settings } from './settings.ts';

/** The site's own id of the visitor and the proof its server signed are in memory alone. A new object for each visitor. */
export let identity: { id?: string; proof?: string | undefined; anonymousId?: string } = {};
/** The anonymous id that storage had when it was last looked at; what is not kept in it, for want of room, nobody has taken away. */
let kept: unknown;

/** Forgets both ids, and clears what this script and its parts keep. Throws where storage is forbidden, when all else is done. */
export const forget = (): void => {
  identity = {};
  kept = 0;
  for (const storage of [localStorage, sessionStorage])
    for (const key in storage) if (/^hyperedge/.test(key)) delete storage[key];
};

/**
 * Whether the visitor may be recognised, and what happens on the page reported. Where another tab has taken the id away consent is over
 * here, too: the question is open again.
 */
export const mayStore = (): unknown => {
  if (settings.consent === 'granted')
    try {
      const now = localStorage.hyperedge;
      // biome-ignore lint/suspicious/noAssignInExpressions: fewer bytes
      if (now) identity = { anonymousId: (kept = now), ...((identity.id && identity) as object) };
      else if (kept) {
        settings.consent = 'pending';
        forget();
      }
    } catch {} // storage is forbidden
  return settings.key && settings.consent === 'granted' && !settings.preview;
};

/** `customer` of a request; undefined without consent and for a visitor nobody knows yet. */
export const customer = (): typeof identity | undefined => {
  if (mayStore() && (identity.anonymousId || identity.id)) return identity;
};

/**
 * Keeps the anonymous id of an answer, if it has one, in the one entry this script ever writes. Where another tab has stored another id since
 * the visitor was `asked` about, that one stays: there somebody may have signed in meanwhile.
 *
 * @param asked what `customer` said then
 */
export const remember = (id?: string, asked?: typeof identity): void => {
  const maxLength = 128; // what the contract takes
  if (mayStore() && identity.anonymousId === asked?.anonymousId && (id as string)?.length <= maxLength)
    try {
      identity.anonymousId = id as string; // first: where storage is forbidden its very name throws
      kept = localStorage.hyperedge = id as string;
    } catch {} // where storage is forbidden, or full, the id lives as long as the page
};

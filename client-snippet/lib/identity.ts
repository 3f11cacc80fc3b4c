/** Who the visitor is: the anonymous id the API minted (kept in local storage, with consent only) and the site's own id (memory only). */
import { mayStore } from './settings.ts';

let anonymousId: string | undefined;
let known: { id: string; proof: string | undefined } | undefined;

/** `customer` of a request; undefined without consent and for a visitor nobody knows yet. */
export const customer = (): object | undefined => {
  if (!mayStore()) return;
  try {
    anonymousId ??= localStorage.hyperedge;
  } catch {}
  return anonymousId || known ? { ...known, anonymousId } : undefined;
};

/** Keeps the anonymous id of an answer, if it has one, in the one entry this script ever writes. */
export const remember = (id?: string): void => {
  if (id && mayStore())
    try {
      anonymousId = id;
      localStorage.hyperedge = id;
    } catch {} // where storage is forbidden the id lives as long as the page
};

/** Forgets both ids, here and in storage. Throws where storage is forbidden, when all is done. */
export const forget = (): void => {
  known = anonymousId = undefined;
  delete localStorage.hyperedge;
};

/** The site's own id of the visitor and the proof its server signed; kept in memory and sent with every later request. */
export const identify = (id: string, proof?: string): void => {
  known = { id, proof };
};

/** The address that an anonymous customer leaves when they turn out to be somebody known: whom it leads there, and until when. */
import { ADDRESS_GRACE_MS } from './limits.ts';
import type { CustomerMeta, CustomerState } from './state.ts';
import { isEmpty } from './state.ts';

/**
 * What becomes of an address: `ends`: somebody proved who they are under it, and has another from now on; `kept`: given out to whoever proved it.
 * Where nothing is said, a server vouched for the link, and the address stays.
 */
export type AddressWord = 'ends' | 'kept';

/** Where an address leads whoever has no proof. */
export type Leads = 'kept' | 'ending' | 'ended';

/** What is said of an address; nothing where nobody proved anything under it, and by earlier versions: then it leads there as ever. */
export interface AddressFacts {
  readonly leads?: Leads;
  readonly endsAtMs?: number;
}

/** The end of an address that has none. */
const NO_END = Number.MAX_SAFE_INTEGER;

/** Whether the word changes the address: the first link stays, and so does the first end. */
export function changesAddress(meta: CustomerMeta | null, to: string, word: AddressWord | undefined): boolean {
  if (!meta?.forwardTo) return true;
  return word !== undefined && meta.forwardTo === to && meta.endsAtMs === undefined;
}

/** The meta of a customer who turns out to be `to`, in the transaction of a call: the object's time is up to it. */
export function addressed(state: CustomerState, to: string, word: AddressWord | undefined): CustomerMeta {
  const meta = state.meta as CustomerMeta;
  const endsAtMs = word === 'kept' ? NO_END : state.lastAtMs + ADDRESS_GRACE_MS;
  // An id that was just given out has nothing to leave to anybody.
  const leavesNothing = word === 'kept' && isEmpty(state);
  return { ...meta, forwardTo: to, legacyTaken: meta.legacyTaken || leavesNothing, ...(word && { endsAtMs }) };
}

/** Where the address leads at `nowMs`, and when it ends; nothing where nobody proved anything under it. */
export function addressOf({ endsAtMs }: CustomerMeta, nowMs: number): AddressFacts {
  if (endsAtMs === undefined) return {};
  if (endsAtMs === NO_END) return { leads: 'kept' };
  return { leads: nowMs < endsAtMs ? 'ending' : 'ended', endsAtMs };
}

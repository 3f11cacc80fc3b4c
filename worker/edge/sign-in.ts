/**
 * What becomes of an anonymous id when somebody proves who they are: whoever put it into the browser may be somebody else. So the device gets another
 * one, and the one before leads nowhere any more.
 */
import type { Leads } from '../../durable-objects/customer/address.ts';
import type { CallFacts } from '../../durable-objects/customer/protocol.ts';
import { linkCustomer } from './customer-calls.ts';
import { anonymousIdAfter, mintAnonymousId } from './identity.ts';
import { anonymousName, type Visitor } from './visitor.ts';

type Known = Extract<Visitor, { kind: 'known' }>;
type Named = Exclude<Visitor, { kind: 'none' | 'known' }>;

/**
 * Links a known customer's device, and says which anonymous id it has from now on; null where it brought none.
 *
 * @param renews whether the answer is one whose id every client keeps: then the id that somebody proved themselves under ends, and another takes its place
 */
export async function signIn(env: Env, call: CallFacts, visitor: Known, renews: boolean): Promise<string | null> {
  const { anonymousName: before, anonymousId, name } = visitor;
  if (!before || !anonymousId) return null;
  const known: CallFacts = { ...call, name, anonymous: false };
  const renewing = renews && visitor.proven === true;
  const { to, leads } = await linkCustomer(env, known, before, renewing ? 'ends' : undefined);
  const isTheirs = to === name;
  if (isTheirs ? leads === 'kept' || !(renewing || leads) : !renewing) return anonymousId;
  // Of a server that just says so, too: what ended is not brought back.
  const next = anonymousIdAfter(env, known.workspaceId, anonymousId, name);
  await linkCustomer(env, known, anonymousName(env, known.workspaceId, next), 'kept');
  return next;
}

/** Who is meant where an id that ended is all there is. */
export interface Stray {
  readonly visitor: Named;
  /** The id in the browser's cookie, where that is another. */
  readonly inCookie?: string | undefined;
  readonly leads: Leads;
  /** Where the request came from: whoever has the same id elsewhere is another stranger. */
  readonly fingerprint: string;
  /** The visitor is a stand-in already. */
  readonly again: boolean;
}

/**
 * Who a visitor is whose id ended: whoever their cookie names; else, while other tabs may not have heard of it yet, nobody that is told another id; else a stranger, the same
 * whenever this id comes from there.
 */
export function strayed(env: Env, workspaceId: string, stray: Stray): Named | { readonly kind: 'none' } {
  const { visitor, inCookie, leads, fingerprint, again } = stray;
  const named = (anonymousId: string): Named => ({
    kind: 'anonymous',
    name: anonymousName(env, workspaceId, anonymousId),
    anonymousId,
  });
  // A page that says nothing, or that it has forgotten, is not told otherwise by its cookie.
  if (inCookie !== undefined && visitor.kind === 'anonymous') return named(inCookie);
  if (leads === 'ending') return { kind: 'none' };
  if (!again) return named(anonymousIdAfter(env, workspaceId, visitor.anonymousId, `stranger\n${fingerprint}`));
  const minted = mintAnonymousId(env, workspaceId);
  return { kind: 'new', name: anonymousName(env, workspaceId, minted), anonymousId: minted };
}

/** What a customer refused to be remembered or counted for: by their server, by a page, or in this one request. */
import type { Purpose } from '../../contract/primitives.ts';
import { ADS } from '../../decisioning/purposes.ts';
import type { CallFacts, Moved, StoredProfile } from './protocol.ts';
import type { CustomerMeta } from './state.ts';
import type { CustomerStore } from './store.ts';

/** What a request that there is consent for may still refuse: without personalization nobody would be asked for here. */
export type RefusedPurpose = 'analytics' | 'ads';

export type ConsentReply = Moved | { readonly outcome: 'kept' | 'erased' | 'refused' | 'nobody' };

/** Of a profile. */
export interface StoredConsent {
  readonly channels: Readonly<Record<string, boolean>>;
  readonly purposes: Readonly<Record<string, boolean>>;
  /** What the customer told a page; `purposes` are their server's. A no in either of them holds. Absent: nothing. */
  readonly told?: Readonly<Record<string, boolean>>;
}

/** Yes or no by purpose; of what is not named nothing is said. */
export type Purposes = Readonly<Partial<Record<Purpose, boolean>>>;

/** Whether a profile has a no to this purpose. A no wins over every yes, whoever said which. */
export function refuses(profile: StoredProfile | undefined, purpose: Purpose): boolean {
  return profile?.consent.purposes[purpose] === false || profile?.consent.told?.[purpose] === false;
}

/** What `decide()` is told of a channel or of a purpose of content. Who wants no personalization wants it on no channel. */
export function consentOf(
  profile: StoredProfile,
  name: string,
  refused: CallFacts['refused'] = [],
): boolean | undefined {
  if (refuses(profile, 'personalization')) return false;
  if (name === ADS) return !refused.includes('ads') && !refuses(profile, 'ads');
  return Object.hasOwn(profile.consent.channels, name) ? profile.consent.channels[name] : undefined;
}

/** Whether this customer's evidence may be counted: neither they nor this request said no to analytics. */
export function learnsFrom(store: CustomerStore): boolean {
  return !store.refused?.includes('analytics') && !refuses(store.state.meta?.profile, 'analytics');
}

/** Whether anything may be kept of what they do from now on. */
export function isRemembered(store: CustomerStore): boolean {
  return !refuses(store.state.meta?.profile, 'personalization');
}

/**
 * The profile after a decision about purposes. A page's word stands beside the server's and takes nothing of it back; what was said before
 * of purposes that are not named stays.
 */
export function withPurposes(profile: StoredProfile, said: Purposes, by: 'page' | 'server'): StoredProfile {
  if (Object.keys(said).length === 0) return profile;
  const { consent } = profile;
  const part = by === 'page' ? { told: { ...consent.told, ...said } } : { purposes: { ...consent.purposes, ...said } };
  return { ...profile, consent: { ...consent, ...part } };
}

/** Keeps a decision about purposes; `refused` when a yes is among them that a server's no outweighs. */
export function keepPurposes(store: CustomerStore, said: Purposes, by: 'page' | 'server'): 'kept' | 'refused' {
  const meta = store.state.meta as CustomerMeta;
  const profile = withPurposes(meta.profile, said, by);
  // Told again, it is not written again.
  if (JSON.stringify(profile) !== JSON.stringify(meta.profile)) store.saveMeta({ ...meta, profile });
  const outweighed = Object.entries(said).some(([purpose, yes]) => yes && refuses(profile, purpose as Purpose));
  return outweighed ? 'refused' : 'kept';
}

/** Puts a server's profile in place of the one before. What the customer told a page is not the server's to replace. */
export function replaceProfile(store: CustomerStore, profile: StoredProfile): void {
  const meta = store.state.meta as CustomerMeta;
  const { told } = meta.profile.consent;
  store.saveMeta({ ...meta, profile: { ...profile, consent: { ...profile.consent, ...(told && { told }) } } });
}

/** What of an anonymous customer's words goes along to the known one: each no. A yes is theirs to give. */
export function refusalsOf(profile: StoredProfile): Record<string, boolean> {
  return Object.fromEntries(Object.entries(profile.consent.told ?? {}).filter(([, yes]) => !yes));
}

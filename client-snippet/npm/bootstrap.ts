/** Decisions that a server made for a page, as they travel in it. */
import type { Consent, Decision } from '../lib/wire.ts';

/** Plain data: it may be serialised into the page. */
export interface Bootstrap {
  /** What the visitor had said when the server asked: decisions hold for that alone. */
  consent: Consent;
  decisions: Decision[];
  /** The visitor, with consent only. */
  anonymousId?: string;
  preview?: string;
}

/** Decisions whose claim still holds: the others may not be shown as such any more. */
export const fresh = (decisions: readonly Decision[]): Decision[] =>
  decisions.filter(({ claimExpiresAt }) => !claimExpiresAt || Date.parse(claimExpiresAt) > Date.now());

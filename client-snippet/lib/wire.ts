/**
 * The few fields of the API's contract that the page script reads or writes. Kept here as plain types so that no schema library
 * reaches the bundle; the browser suite checks every request against the contract itself.
 */

/** What an element may be given: `Content` of the contract without its parts and data. */
export interface ContentPart {
  text?: string;
  href?: string;
  src?: string;
  alt?: string;
  attributes?: Record<string, string>;
}

/** Content of a decision. `data` is for renderers of the site's own (`hyperedge('get', …)`). */
export interface Content extends ContentPart {
  parts?: Record<string, ContentPart>;
  data?: unknown;
}

/** The answer for one placement. Without a `token` it may not be reported: the visitor has not consented, or it is a preview. */
export interface Decision {
  placement: string;
  outcome: 'campaign' | 'holdout' | 'default';
  decisionId?: string;
  campaign?: string;
  arm?: string;
  content: Content | null;
  propensity?: { campaign: number; arm: number };
  sticky?: true;
  token?: string;
  claimExpiresAt?: string;
  preview?: true;
  /** Every candidate and why it was refused: only in a preview that was signed to tell. */
  why?: readonly { campaign: string; outcome: string; reason?: string; detail?: string }[];
}

/** An answer that nobody has checked: every level may be missing or of another kind. */
export interface Answer {
  decisions: Iterable<Decision | null>;
  customer?: { anonymousId?: string } | null;
}

export type Consent = 'granted' | 'denied' | 'pending';

/** One entry of `POST /v1/feedback`. */
export interface Feedback {
  token: string;
  kind: 'exposure' | 'goal';
  goal?: string | undefined;
}

/** What the site told the script: by data attributes of the script tag, by `hyperedge('init', …)`, by the address of the page. */
import type { Consent, Decision } from './wire.ts';

/** `data-key`, `data-api`, `data-consent`, `data-timeout-ms`; `init` takes the same names and `attributes`. */
export interface Settings {
  /** Publishable. Without one nothing is asked or sent. */
  key?: string;
  /** Any address of the API's origin; where the script came from unless the site says otherwise. */
  api: string;
  consent: Consent;
  /** What was said by purpose, where the part `purposes` is there: it alone writes it. */
  purposes?: { functional?: boolean; personalization?: boolean; analytics?: boolean; ads?: boolean };
  /** Longest wait for a decision: beyond it the visitor already reads the page's own content. */
  timeoutMs: number;
  /** Declared attributes of this page, for `context.attributes`. */
  attributes?: Record<string, unknown>;
  /** `include` where the API keeps a cookie on a host beside the page's; `same-origin` when absent. */
  credentials?: RequestCredentials;
  /** A signed preview link: forces its arm and must count nowhere, so nothing is stored or sent while it is set. */
  preview?: string | undefined;
  /**
   * An exposure is this share of the element (of what a screen can hold of it), above 0 and at most 1, in view for so many milliseconds
   * without a break. Asked whenever an element moves in or out of view; above 1 it is not seen.
   */
  $seen: (decision: Decision, element: Element) => [share: number, ms: number];
  /** What requests go through instead of `fetch`: decisions that a page brought along, a queue for times without a network. */
  fetch?: typeof fetch;
}

/** Mutable, one per page. The entry fills in what its script tag says. */
export const settings = { consent: 'pending', timeoutMs: 300, $seen: () => [0.5, 1_000] } as unknown as Settings;

/**
 * Types of `hyperedge(…)` for sites: `/// <reference path="hyperedge.d.ts" />`, or name the file in `types`. Calls made before the
 * script has arrived wait in the stub's queue; a call with wrong arguments does nothing.
 */

type HyperedgeConsent = 'granted' | 'denied' | 'pending';

type HyperedgeJson = string | number | boolean | null | HyperedgeJson[] | { [name: string]: HyperedgeJson };

interface HyperedgeContentPart {
  text?: string;
  href?: string;
  src?: string;
  alt?: string;
  attributes?: Record<string, string>;
}

interface HyperedgeContent extends HyperedgeContentPart {
  parts?: Record<string, HyperedgeContentPart>;
  data?: HyperedgeJson;
}

/** The answer for one placement. `propensity` is P(campaign) and P(arm | campaign) under the policy that decided. */
interface HyperedgeDecision {
  readonly placement: string;
  readonly outcome: 'campaign' | 'holdout' | 'default';
  readonly decisionId?: string;
  readonly campaign?: string;
  readonly arm?: string;
  readonly content: HyperedgeContent | null;
  readonly propensity?: { readonly campaign: number; readonly arm: number };
  readonly sticky?: true;
  readonly token?: string;
  readonly claimExpiresAt?: string;
  readonly preview?: true;
}

interface HyperedgeOptions {
  /** Publishable key, `pk_…`. */
  key?: string;
  /** Origin of the API, without a slash at the end. Default: where the script came from. */
  api?: string;
  /** Default: pending. */
  consent?: HyperedgeConsent;
  /** Longest wait for decisions in milliseconds; then the page keeps its own content. Default: 300. */
  timeoutMs?: number;
  /** Declared attributes of this page, which conditions may read. */
  attributes?: Record<string, string | number | boolean | null | (string | number)[]>;
}

interface HyperedgeConversion {
  /** In major units of the workspace's currency. */
  value?: number;
  /** The same order counts once. */
  orderId?: string | number;
}

interface Hyperedge {
  /** Settings, where the script tag cannot carry them. */
  (command: 'init', options: HyperedgeOptions): void;
  /**
   * Content of a placement for a renderer of your own: its `data` where it has some, else the whole content, or null: show your
   * default. Called again when the decision changes (consent was given). Return the element that shows it, unless it carries
   * `data-hyperedge` itself: being seen and clicks are reported from there.
   */
  (
    command: 'get',
    placement: string,
    render: (content: HyperedgeJson | HyperedgeContent, decision: HyperedgeDecision | null) => unknown,
  ): void;
  /** A goal was reached. Needs consent; earlier decisions of this visitor are credited by the API. */
  (command: 'convert', goal: string, details?: HyperedgeConversion): void;
  /** The visitor is a customer you know; `proof` is signed by your server. Kept in memory, never stored. */
  (command: 'identify', id: string, proof?: string): void;
  /** `granted`: asks again, and may store; `denied`: clears what is stored, reports nothing more. */
  (command: 'consent', consent: 'granted' | 'denied'): void;
  /** Forgets the visitor: for shared devices, and after signing out. */
  (command: 'reset'): void;
  /** Calls made before the script arrived, in order. */
  q?: ArrayLike<unknown>[];
}

interface Window {
  hyperedge: Hyperedge;
}

declare var hyperedge: Hyperedge;

interface WindowEventMap {
  /** A placement has its decision, and shows it. */
  'hyperedge:decision': CustomEvent<HyperedgeDecision>;
  /** A decision was really seen: half of it for a second. Once per decision. */
  'hyperedge:exposure': CustomEvent<HyperedgeDecision>;
  /** The visitor clicked inside a decision. Once per decision. */
  'hyperedge:click': CustomEvent<HyperedgeDecision>;
}

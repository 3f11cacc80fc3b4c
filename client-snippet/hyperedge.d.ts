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

/** When an element counts as seen: this share of it (0.01 to 1, default 0.5) in view for so long without a break (default 1000). */
interface HyperedgeSeen {
  seenShare?: number;
  seenMs?: number;
}

interface HyperedgeEvents extends HyperedgeSeen {
  /** The same by placement. */
  placements?: Record<string, HyperedgeSeen>;
  /** Seconds in a visible tab that are reported as `dwell-10` and so on, at most 10 of them; true: 10, 30, 60, 180. */
  dwell?: boolean | number[];
  /** Percent of the page that are reported as `scroll-25` and so on; true: 25, 50, 75, 90, 100. */
  scroll?: boolean | number[];
  /** Selector of a form → goal that its submission is. Nothing that was typed is read. */
  forms?: Record<string, string>;
  /** Selector → goal that a click in it is. */
  clicks?: Record<string, string>;
  /** Behaviour (`dwell-30`, `scroll-90`, `dismiss`) → goal that it is reported as instead. */
  goals?: Record<string, string>;
  /** Whether the page's referrer policy shows its origin to beacons. Default: what its `<meta name="referrer">` says, else no. */
  beacon?: boolean;
}

interface HyperedgeGoal {
  /** In major units. */
  value?: number;
  /** Of the value; another than the workspace's is refused. */
  currency?: string;
  /** The same order counts once. */
  orderId?: string | number;
  /** Credit the decision of this placement, and no other. */
  placement?: string;
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
  /** What happens on the page beyond being seen and clicked, and when each counts. Called again, it adds. */
  (command: 'events', options?: HyperedgeEvents): void;
  /** A goal was reached, as `convert`, with a currency, or of one placement's decision. */
  (command: 'goal', goal: string, details?: HyperedgeGoal): void;
  /** Reports that find no network wait in local storage, with consent only. */
  (command: 'offline'): void;
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

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
  /** These and `move`, `redirect`: with `hyperedge('placements')`. */
  html?: string;
  srcset?: string;
  classes?: { add?: string[]; remove?: string[] };
}

interface HyperedgeContent extends HyperedgeContentPart {
  parts?: Record<string, HyperedgeContentPart>;
  move?: { to: string; place: 'before' | 'after' | 'prepend' | 'append' | 'replace' };
  redirect?: string;
  data?: HyperedgeJson;
}

interface HyperedgePlacement {
  /** Of the placement. */
  id: string;
  /** Elements that are given it, also those that come later; none: it can only redirect, or stands in the page as `data-hyperedge`. */
  selector?: string;
  /** Whether `html` of its content may be shown. */
  html?: boolean;
  /** Shows the content in the site's own way: its `data` where it has some, else the whole. May return how to take it back. */
  render?: (element: HTMLElement, content: HyperedgeJson | HyperedgeContent, decision: HyperedgeDecision) => unknown;
}

interface HyperedgePlacementOptions {
  /** Origins beside the page's own that redirects may lead to. */
  origins?: string[];
  /** Whether another address, without leaving the page, means new decisions. Default: true. */
  navigation?: boolean;
  /** Whether `html` may be shown in all placements. Default: false. */
  html?: boolean;
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
  /** Every candidate and why it was refused: only in a preview that was signed to tell. */
  readonly why?: readonly { campaign: string; outcome: string; reason?: string; detail?: string }[];
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
  /** `include` where the API keeps a cookie on a host beside the page's. */
  credentials?: RequestCredentials;
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

type HyperedgePurpose = 'functional' | 'personalization' | 'analytics' | 'ads';

/** Yes or no by purpose; of what is not named nothing is said. */
type HyperedgePurposes = { [name in HyperedgePurpose]?: boolean };

interface HyperedgeTcf {
  /** Id of the Global Vendor List whose consent is needed besides. */
  vendorId?: number;
  /** Whether the publisher's own consents count in place of those for vendors. */
  publisher?: boolean;
  /** TCF purposes that each of ours needs. */
  map?: { [name in HyperedgePurpose]?: number[] };
  /** Where the GDPR does not apply. Default: granted. */
  elsewhere?: 'granted' | 'pending';
}

interface HyperedgeGpp {
  /** What an opt-out refuses. Default: ads. */
  refuse?: HyperedgePurpose[];
  /** TCF purposes that each of ours needs, for the section `tcfeuv2`. */
  map?: { [name in HyperedgePurpose]?: number[] };
  /** Where no section applies. Default: granted. */
  elsewhere?: 'granted' | 'pending';
}

interface HyperedgeForward {
  dataLayer?: boolean;
  gtag?: boolean;
  segment?: boolean;
  posthog?: boolean;
  /** Those that serve advertising: they need consent to ads besides. */
  ads?: ('dataLayer' | 'gtag' | 'segment' | 'posthog')[];
  /** Clicks, too. */
  clicks?: boolean;
}

interface HyperedgeScoring {
  /** Ids of models that are for pages, at most 4. */
  models?: string[];
  /** Publishable key, where the script's tag has none. */
  key?: string;
  /** What this page is; given again, another page is looked at. `value`: what views of it are worth, in your currency. */
  page?: { kind?: string; value?: number };
  /** Something happened: `session.<name>` counts it. */
  count?: string | Record<string, number>;
  /** What models read besides, by path. It stays on the page. */
  attributes?: Record<string, unknown>;
  /** By model the attribute (declared with `source: any`) that its bucket is sent as, with consent. */
  send?: Record<string, string>;
  /** Starts decisions on the page with the first scores, and tells them of each new bucket. */
  device?: { key?: string; attributes?: HyperedgeOptions['attributes'] };
  /** Default: what the model's manifest says. */
  engine?: 'hyperedge' | 'onnxruntime-web';
  /** Where your site keeps the files of onnxruntime-web; ours when absent. */
  src?: string;
}

/** What a model said, and of what: for the page alone. */
interface HyperedgeScore {
  readonly model: string;
  readonly version: number;
  readonly engine: 'hyperedge' | 'onnxruntime-web';
  readonly outputs: Readonly<Record<string, number>>;
  /** From 0. */
  readonly bucket: number;
  /** Values that it read, by name of the input; and which of them were missing. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly missing: readonly string[];
  /** Whether decisions on the page go by scores already. */
  readonly told: boolean;
  /** How long it took. */
  readonly ms: number;
}

interface Hyperedge {
  /** Settings, where the script tag cannot carry them. */
  (command: 'init', options: HyperedgeOptions): void;
  /**
   * Content of a placement for a renderer of your own: its `data` where it has some, else the whole content, or null: show your
   * default. Called again when the decision changes (consent was given), unless it returned `false`. Given again for the same placement it
   * takes its own place. Return the element that shows it, unless it carries
   * `data-hyperedge` itself: being seen and clicks are reported from there.
   */
  (
    command: 'get',
    placement: string,
    render: (content: HyperedgeJson | HyperedgeContent, decision: HyperedgeDecision | null) => unknown,
  ): void;
  /** A goal was reached. Needs consent; earlier decisions of this visitor are credited by the API. */
  (command: 'convert', goal: string, details?: HyperedgeConversion): void;
  /** Loads what `convert` needs, for a page that is left right after it. */
  (command: 'convert'): void;
  /** The visitor is a customer you know; `proof` is signed by your server. Kept in memory, never stored. */
  (command: 'identify', id: string, proof?: string): void;
  /** `granted`: asks again, and may store; `denied`: clears what is stored, reports nothing more. */
  (command: 'consent', consent: 'granted' | 'denied'): void;
  /** Consent by purpose. What is not named stays as it was; what nobody said yes to is not given. */
  (command: 'purposes', purposes?: HyperedgePurposes): void;
  /** Purposes from the page's banner, by the IAB Transparency and Consent Framework 2.2. */
  (command: 'tcf', options?: HyperedgeTcf): void;
  /** Purposes from the page's banner, by the IAB Global Privacy Platform. */
  (command: 'gpp', options?: HyperedgeGpp): void;
  /** Purposes from Google Consent Mode v2. `map`: its consent types that each of ours needs. */
  (command: 'consent-mode', options?: { map?: { [name in HyperedgePurpose]?: string[] } }): void;
  /** What the browser refuses for its user, by Global Privacy Control. Default: ads. */
  (command: 'gpc', options?: { refuse?: HyperedgePurpose[] }): void;
  /** Tells other tools of the page what was seen. Off until named, and with consent only. */
  (command: 'forward', tools: HyperedgeForward): void;
  /**
   * Looks after the visitor's identity: a reset in one tab is one in all of them, and a wrong proof leaves the page anonymous. With an `id` they are
   * signed in: `proof` is signed by your server, or a function that fetches one, now and again when one has expired.
   */
  (command: 'identity', id?: string, proof?: string | (() => string | Promise<string>)): void;
  /** Forgets the visitor: for shared devices, and after signing out. */
  (command: 'reset'): void;
  /** What happens on the page beyond being seen and clicked, and when each counts. Called again, it adds. */
  (command: 'events', options?: HyperedgeEvents): void;
  /** A goal was reached, as `convert`, with a currency, or of one placement's decision. */
  (command: 'goal', goal: string, details?: HyperedgeGoal): void;
  /** Reports that find no network wait in local storage, with consent only. */
  (command: 'offline'): void;
  /** Shows on the page what was decided and reported, for those who build it. */
  (command: 'debug'): void;
  /** Placements by selector, all kinds of content, elements that come late, pages that change without being left. */
  (command: 'placements', placements?: HyperedgePlacement[], options?: HyperedgePlacementOptions): void;
  /**
   * Decides here what campaigns with `onDevice` may be decided here, without asking. `key`: in place of the script tag's, so that nothing is
   * asked before this is there. `attributes`: declared with `source: device`; they stay on the page. Called again, it adds.
   */
  (command: 'device', options?: { key?: string; attributes?: HyperedgeOptions['attributes'] }): void;
  /** Scores models here, from what the session did: nothing of it leaves the page. Called again, it adds. */
  (command: 'score', options?: HyperedgeScoring): void;
  /** Calls made before the script arrived, in order. */
  q?: ArrayLike<unknown>[];
}

interface Window {
  hyperedge: Hyperedge;
}

declare var hyperedge: Hyperedge;

interface WindowEventMap {
  /** What was said of purposes changed: how they stand. */
  'hyperedge:purposes': CustomEvent<HyperedgePurposes>;
  /** A model was scored. */
  'hyperedge:score': CustomEvent<HyperedgeScore>;
  /** A placement has its decision, and shows it. */
  'hyperedge:decision': CustomEvent<HyperedgeDecision>;
  /** A decision was really seen: half of it for a second. Once per decision. */
  'hyperedge:exposure': CustomEvent<HyperedgeDecision>;
  /** The visitor clicked inside a decision. Once per decision. */
  'hyperedge:click': CustomEvent<HyperedgeDecision>;
}

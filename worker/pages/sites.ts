/**
 * Which hosts are rendered here, and how: the variable EDGE_SITES of the deployment. Not in the published configuration, since a site's pages
 * must be served when nothing else of ours answers.
 */
import { all, boolean, fields, list, matching, number, text } from '../../contract/checks/check.ts';
import { log } from '../http/log.ts';

/** A text with `*` for anything, at its ends or between. */
const pattern = text(1, 200);
/** Longest that a stream may be held up by decisions, all together: a page of the script keeps its own content after 300 ms. */
const MAX_WAIT_MS = 250;
/** Half of what a reader notices as a break, and more than a decision takes. */
const DEFAULT_WAIT_MS = 100;

/** In which cookie a site keeps what its visitor said. */
interface ConsentCookie {
  readonly name: string;
  /** Values that mean yes. */
  readonly granted: readonly string[];
  /** Values that mean no. */
  readonly denied: readonly string[];
  /** Values of a yes that leaves something out, by what it leaves out. */
  readonly without: { readonly analytics: readonly string[]; readonly ads: readonly string[] };
}

export interface EdgeSite {
  /** Publishable key of the site. */
  readonly key: string;
  /** Where its pages come from; unless told, from the same host, which Cloudflare takes to the site's own server. */
  readonly origin?: string;
  /** Paths whose pages are filled; all others pass through. */
  readonly paths: readonly string[];
  readonly consentCookie?: ConsentCookie;
  readonly waitMs: number;
  /** Has Cloudflare keep pages, too, as long as their own headers say. */
  readonly cache: boolean;
}

/** What may be left out is filled in. */
type ToldCookie = Pick<ConsentCookie, 'name' | 'granted'> & {
  readonly denied?: readonly string[];
  readonly without?: Partial<ConsentCookie['without']>;
};
type ToldSite = Pick<EdgeSite, 'key'> &
  Partial<Omit<EdgeSite, 'consentCookie'>> & { readonly consentCookie?: ToldCookie };

function isOrigin(address: string): boolean {
  try {
    return new URL(address).origin === address;
  } catch {
    return false;
  }
}

const refusals = list(pattern, 0, 20);
/** Not a schema of the contract: this worker loads none, and nobody but an operator writes this. */
const isSite = fields(
  { key: matching(/^pk_/) },
  {
    origin: all(text(), isOrigin),
    paths: list(pattern, 1, 50),
    consentCookie: fields(
      { name: matching(/^[\w!#$%&'*+.^`|~-]{1,128}$/), granted: list(pattern, 1, 20) },
      { denied: refusals, without: fields({}, { analytics: refusals, ads: refusals }) },
    ),
    waitMs: all(number(0, MAX_WAIT_MS), Number.isInteger),
    cache: boolean,
  },
);

function filledIn({ consentCookie, ...site }: ToldSite): EdgeSite {
  const filled = { paths: ['*'], waitMs: DEFAULT_WAIT_MS, cache: false, ...site };
  if (!consentCookie) return filled;
  const without = { analytics: [], ads: [], ...consentCookie.without };
  return { ...filled, consentCookie: { denied: [], ...consentCookie, without } };
}

/** Read once per isolate: plain data, by the host that a request names. */
let known: { readonly source: unknown; readonly sites: ReadonlyMap<string, EdgeSite> } | undefined;

function read(source: unknown): ReadonlyMap<string, EdgeSite> {
  const sites = new Map<string, EdgeSite>();
  let hosts: unknown = source;
  try {
    if (typeof source === 'string') hosts = JSON.parse(source);
  } catch {
    // Told below.
  }
  if (typeof hosts !== 'object' || hosts === null) {
    log({ level: 'error', setting: 'EDGE_SITES', flaw: source === undefined ? 'missing' : 'malformed' });
    return sites;
  }
  for (const [host, value] of Object.entries(hosts)) {
    if (isSite(value)) sites.set(host, filledIn(value as ToldSite));
    else log({ level: 'error', setting: `EDGE_SITES ${host}`, flaw: 'malformed' });
  }
  return sites;
}

/** The site of a host, with its port where there is one; undefined when its pages only pass through, also because what was told is malformed. */
export function siteOf(env: object, host: string): EdgeSite | undefined {
  const source = (env as { readonly EDGE_SITES?: unknown }).EDGE_SITES;
  if (!known || known.source !== source) known = { source, sites: read(source) };
  return known.sites.get(host);
}

/** Whether a text fits a pattern. Takes time in proportion to both lengths at most: the pieces between stars are looked for in their order. */
export function fits(text: string, wanted: string): boolean {
  const [first = '', ...pieces] = wanted.split('*');
  const last = pieces.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/**
 * Which hosts are rendered here, and how: the variable EDGE_SITES of the deployment. Not in the published configuration, since a site's pages
 * must be served when nothing else of ours answers.
 */
import * as z from 'zod';
import { log } from '../http/log.ts';

/** A text with `*` for anything, at its ends or between. */
const pattern = z.string().min(1).max(200);
const refusals = z.array(pattern).max(20).default([]);
const cookieName = z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,128}$/, 'must be a name that a cookie may have');
/** Longest that a stream may be held up by decisions, all together: a page of the script keeps its own content after 300 ms. */
const MAX_WAIT_MS = 250;
/** Half of what a reader notices as a break, and more than a decision takes. */
const DEFAULT_WAIT_MS = 100;

const edgeSite = z.strictObject({
  /** Publishable key of the site. */
  key: z.string().startsWith('pk_'),
  /** Where its pages come from; unless told, from the same host, which Cloudflare takes to the site's own server. */
  origin: z
    .url()
    .refine((text) => new URL(text).origin === text, 'must be an origin such as "https://origin.shop.example"')
    .optional(),
  /** Paths whose pages are filled; all others pass through. */
  paths: z.array(pattern).min(1).max(50).default(['*']),
  /** The cookie in which the site keeps what its visitor said, and values that mean yes and no. */
  consentCookie: z
    .strictObject({
      name: cookieName,
      granted: z.array(pattern).min(1).max(20),
      denied: z.array(pattern).max(20).default([]),
      /** Values of a yes that leaves something out, by what it leaves out. */
      without: z.strictObject({ analytics: refusals, ads: refusals }).prefault({}),
    })
    .optional(),
  waitMs: z.int().min(0).max(MAX_WAIT_MS).default(DEFAULT_WAIT_MS),
  /** Has Cloudflare keep pages, too, as long as their own headers say. */
  cache: z.boolean().default(false),
});

export type EdgeSite = z.infer<typeof edgeSite>;

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
    const site = edgeSite.safeParse(value);
    if (site.success) sites.set(host, site.data);
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

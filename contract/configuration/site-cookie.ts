/** The first-party cookie of a web site: who may be recognised by it, and for how long. */
import * as z from 'zod';
import { DEFAULT_COOKIE_DAYS } from './cookie-days.ts';

/** RFC 6265bis and every browser that follows it: what asks for more gets this. */
const longestDays = 400;

/** A host name of at least two labels, the last of them no number: no address, no `localhost`. */
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const siteCookie = z
  .strictObject({
    domain: z
      .string()
      .regex(DOMAIN, 'must be a host name such as "shop.example", in lower case, without scheme, port or leading dot')
      .optional()
      .meta({ description: 'All hosts under it share the visitor; unless told, only the host that answers' }),
    name: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be up to 64 letters, digits, "_" and "-"')
      .optional()
      .meta({
        description: 'Unless told `__Host-hyperedge`, which no neighbouring host can set; with a domain `hyperedge`',
      }),
    maxAgeDays: z
      .int()
      .min(1)
      .max(longestDays)
      .default(DEFAULT_COOKIE_DAYS)
      .meta({ description: 'How long it lives after the last visit; browsers keep none for more than 400 days' }),
  })
  .refine(({ name, domain }) => domain === undefined || !/^__host-/i.test(name ?? ''), {
    path: ['name'],
    message: 'begins with "__Host-": browsers refuse such a cookie when it has a domain',
  })
  .meta({
    id: 'SiteCookie',
    description: 'A cookie with the signed anonymous id, set by the API where it answers on the same site as the page.',
  });

interface CookieSite {
  readonly kind: 'web' | 'app' | 'server';
  readonly origins: readonly string[];
  readonly cookie?: { readonly domain?: string | undefined } | undefined;
}

/** Whether a site's cookie can reach any of its pages; in words for whoever wrote it when not. */
export function cookieProblem({ kind, origins, cookie }: CookieSite): { path: string[]; message: string } | undefined {
  if (!cookie) return undefined;
  if (kind !== 'web') return { path: ['cookie'], message: 'is for web sites only: nothing else has a browser' };
  const { domain } = cookie;
  const covers = (origin: string): boolean => `.${URL.parse(origin)?.hostname}`.endsWith(`.${domain}`);
  // What is no domain is told by its own field.
  if (domain === undefined || !DOMAIN.test(domain) || origins.some(covers)) return undefined;
  return { path: ['cookie', 'domain'], message: 'covers none of the origins: no page could have the cookie' };
}

/** What the edge needs to know of a site, and whether a request may come from where it comes from. */
import type { SiteFacts } from '../http/auth.ts';
import type { Checked } from '../http/problem.ts';
import { refused } from '../http/problem.ts';

/**
 * Whether a request with a publishable key may use its site. Web sites: the `Origin` header must be one of theirs, and must be there.
 * Apps and servers: no browser vouches for an origin, so it is not looked at.
 */
export function checkOrigin(site: SiteFacts | undefined, originHeader: string | undefined): Checked<undefined> {
  if (!site) return refused('wrong_origin', 'The site of this key has no configuration yet');
  if (site.kind !== 'web') return { ok: true, value: undefined };
  if (originHeader === undefined)
    return refused('wrong_origin', 'A publishable key of a web site needs the Origin header');
  if (!site.origins.includes(originHeader))
    return refused('wrong_origin', 'Add this origin to the site to use its key here');
  return { ok: true, value: undefined };
}

/**
 * A secret key in a page is a leak, so it is refused loudly where a browser says that it sends it from another origin. The API's own
 * origin is let through: its reference page and console send the key that their user typed in.
 */
export function checkSecretKeyOrigin(originHeader: string | undefined, ownUrl: string): Checked<undefined> {
  if (originHeader === undefined || originHeader === new URL(ownUrl).origin) return { ok: true, value: undefined };
  return refused(
    'wrong_origin',
    'A secret key must never be used in a browser: revoke it and use a publishable key there',
  );
}

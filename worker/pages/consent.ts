/** What the visitor of a page has said, from the cookie in which the site keeps it. */
import { type EdgeSite, fits } from './sites.ts';

export type PageConsent = 'granted' | 'denied' | 'pending';

/** Longest cookie value that is looked at; those of consent tools have some hundred characters. */
const MAX_COOKIE_LENGTH = 4_096;

function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const [key = '', ...rest] = pair.split('=');
    if (key.trim() === name) return rest.join('=').trim().slice(0, MAX_COOKIE_LENGTH);
  }
  return undefined;
}

/** As the consent tools write them: escaped or not. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** What a visitor said: `purposes` are those refused although there is consent. */
export interface Said {
  readonly consent: PageConsent;
  readonly purposes?: { readonly analytics?: false; readonly ads?: false };
}

/** What the visitor's browser refuses for them, by Global Privacy Control: ads, as the page script's part `gpc` reads it. */
export function refusedByBrowser(headers: Headers): Said['purposes'] {
  return headers.get('sec-gpc')?.trim() === '1' ? { ads: false } : undefined;
}

/**
 * What the site's consent cookie says; a refusal wins over a yes in the same value, and no cookie means that nothing was said yet. Undefined when the
 * site names none: then its document decides.
 */
export function consentOf(site: Pick<EdgeSite, 'consentCookie'>, headers: Headers): Said | undefined {
  const { consentCookie } = site;
  if (!consentCookie) return undefined;
  const raw = cookieValue(headers.get('cookie') ?? '', consentCookie.name);
  if (raw === undefined) return { consent: 'pending' };
  const value = decoded(raw);
  const says = (wanted: readonly string[]): boolean => wanted.some((one) => fits(value, one));
  if (says(consentCookie.denied)) return { consent: 'denied' };
  if (!says(consentCookie.granted)) return { consent: 'pending' };
  const { analytics, ads } = consentCookie.without;
  const purposes = { ...(says(analytics) && { analytics: false as const }), ...(says(ads) && { ads: false as const }) };
  return { consent: 'granted', ...(Object.keys(purposes).length > 0 && { purposes }) };
}

/** What an address says of a page, as conditions read it: the same at the edge and on a device. */
import type { FactsOf } from './request-attributes.ts';

/** The parts of an address that are looked at; `URL` is one. */
export interface Address {
  readonly host: string;
  readonly pathname: string;
  readonly searchParams: { readonly get: (name: string) => string | null };
}

/**
 * Path, host and campaign parameters; never the whole address, which may carry personal data into receipts.
 *
 * @param parse undefined for a text that is no address
 */
export function pageFacts(
  parse: (text: string) => Address | undefined,
  { url, referrer }: { readonly url?: string | undefined; readonly referrer?: string | undefined } = {},
): FactsOf<'page', string> {
  const facts: { -readonly [Name in keyof FactsOf<'page', string>]: string } = {};
  const address = url === undefined ? undefined : parse(url);
  if (address) {
    facts.host = address.host;
    facts.path = address.pathname;
    for (const name of ['utm_source', 'utm_medium', 'utm_campaign'] as const) {
      const value = address.searchParams.get(name);
      if (value !== null) facts[name] = value;
    }
  }
  const from = referrer === undefined ? undefined : parse(referrer);
  if (from) facts.referrerHost = from.host;
  return facts;
}

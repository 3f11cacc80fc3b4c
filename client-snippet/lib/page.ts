/** What a browser says of the page it shows. Hosts without pages put a file of their own in place of this one when they are bundled. */

import { settings } from './settings.ts';

/**
 * An address as a request names it: without its fragment, no longer than the contract takes, and without parameters but the `utm_` ones:
 * those name campaigns, which conditions read; others may name people.
 */
const pageUrl = (address: string): string => {
  const maxLength = 2_000; // the contract takes a little more
  return address
    .replace(/#.*|([?&])(?!utm_)[^&#]*/g, '$1')
    .replace(/[?&]+$/, '')
    .slice(0, maxLength);
};

/** `context` of a request. The language comes with the request's own headers. */
export const page = (): object => ({
  url: pageUrl(location.href),
  referrer: pageUrl(document.referrer),
  attributes: settings.attributes,
});

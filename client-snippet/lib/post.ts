/** One request to the API. */
import { settings } from './settings.ts';

/**
 * Posts JSON as text/plain, with the key in the body: so no preflight is needed. `fetch`, not `sendBeacon`: a beacon hides the page's
 * origin under `Referrer-Policy: no-referrer`, and the API refuses a web site's request without one; `keepalive` outlives the page
 * just the same. Rejects when the network fails.
 */
export const post = (path: string, body: object, options?: RequestInit): Promise<Response> =>
  (settings.fetch ?? fetch)(new URL(`/v1/${path}`, settings.api), {
    ...settings, // where the site says so, `credentials` is one of them; `fetch` passes over the others
    method: 'POST',
    body: JSON.stringify({ key: settings.key, ...body }),
    ...options,
  });

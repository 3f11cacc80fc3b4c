/** What requests say of purposes, and what of them is not sent. */
import type { Settings } from '../../lib/settings.ts';
import type { Purposes } from './words.ts';

interface Body {
  customer?: object;
  events?: { kind?: string }[];
  purposes?: Purposes;
}

/**
 * Puts itself between the page's requests and whatever carried them before: what is refused although there is consent is said in each, and behaviour
 * is not reported without analytics.
 *
 * @param refused what is refused now
 */
export const narrowRequests = (settings: Settings, refused: () => Purposes): void => {
  const before = settings.fetch;
  settings.fetch = async (input, init) => {
    const send = (options = init): Promise<Response> => (before ?? fetch)(input, options);
    const path = /\/v1\/(optimize|feedback|events|consent)$/.exec(`${input}`)?.[1];
    const purposes = refused();
    // That consent is over is told by purpose.
    if (path === 'consent') {
      const { customer, purposes: told } = JSON.parse(init?.body as string) as Body;
      return customer && !told ? new Response('{}', { status: 202 }) : send();
    }
    if (!path || typeof init?.body !== 'string' || !Object.keys(purposes).length) return send();
    const body = JSON.parse(init.body) as Body;
    if (path === 'events' && purposes.analytics === false && body.events?.length) {
      body.events = body.events.filter(({ kind }) => kind !== 'behaviour');
      if (!body.events.length) return new Response('{}', { status: 202 });
    }
    return send({ ...init, body: JSON.stringify({ ...body, purposes }) });
  };
};

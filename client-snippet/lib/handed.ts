/**
 * Decisions that came with the page (`worker/pages/hand-over.ts`): the first request for them is answered here. What is not among them, has expired,
 * or was decided for another state of consent or for another visitor is asked for.
 */

import { core } from './decisions.ts';
import { SAFE_ATTRIBUTE } from './safe.ts';
import { settings } from './settings.ts';
import type { Consent, Decision } from './wire.ts';

/** Purposes that are refused although there is consent. */
type Refused = Record<string, boolean>;

interface Handed {
  consent: Consent;
  purposes?: Refused;
  preview?: true;
  anonymousId?: string;
  decisions: Decision[];
}

/** What the entry asks with, see ask.ts. */
interface Asked {
  placements: string[];
  consent: Consent;
  purposes?: Refused;
  preview?: string;
  customer?: { id?: string; anonymousId?: string };
}

/** What the page said before this script came: the entry has not taken it yet, and parts it names may take longer than the document. */
const queue = (window as unknown as { hyperedge?: { q?: unknown[][] } }).hyperedge?.q;
let handed: Handed | undefined;
let isRead = false;

/** Gives an element its own content back: attributes as they stood in the page, children out of the template that they were put away in. */
const restore = (slot: Element): void => {
  const own = 'data-hyperedge-own';
  for (const name of slot.getAttribute(own)?.split(' ') ?? []) {
    const before = slot.getAttribute(`${own}-${name}`);
    const isAddress = /^(ahref|imgsrc|imgsrcset)$/.test(slot.localName + name);
    // Only what could have been changed can be given back. What did not go through the rewriter may be of visitors' making: no code becomes a link.
    if (!isAddress && !SAFE_ATTRIBUTE.test(name)) continue;
    slot.setAttribute(name, before ?? '');
    if (before === null || (name === 'href' && !/^(https?|mailto|tel):$/.test((slot as HTMLAnchorElement).protocol)))
      slot.removeAttribute(name);
  }
  const template = slot.querySelector<HTMLTemplateElement>(`:scope>template[${own}]`);
  if (template) slot.replaceChildren(...template.content.childNodes);
};

/** Elements that the page came with filled, and that nothing else has been shown in yet. */
let filled = new Set<Element>();
let render = core.$render;

/** Has an element be itself again before anything is shown in it, by whoever shows content then: a part that takes it over knows nothing of what the page came with. */
const back =
  (show: typeof render): typeof render =>
  (element, content) => {
    if (filled.delete(element))
      for (const slot of [element, ...element.querySelectorAll('[data-hyperedge-part]')])
        if (slot.closest('[data-hyperedge]') === element) restore(slot);
    show(element, content);
  };
const renderer = {
  get $render() {
    return back(render);
  },
  set $render(next) {
    render = next;
  },
};
Object.defineProperties(core, Object.getOwnPropertyDescriptors(renderer));

/** Reads the block. Once; the document has been read by then. */
const read = (): void => {
  isRead = true;
  try {
    // A script of this kind: of text that visitors write, sites let through elements with an id, but no scripts.
    const block = document.querySelector('script#hyperedge-decisions[type="application/json"]');
    handed = JSON.parse(block?.textContent as string);
    filled = new Set(document.querySelectorAll('[data-hyperedge]'));
  } catch {} // a page that was not filled
};

const answer = async (asked: Asked, block: Handed, ask: (body: object) => Promise<Response>): Promise<Response> => {
  const mine = block.decisions.filter(
    // Without an end it is not a number, and nothing compares with that.
    ({ placement, claimExpiresAt }) =>
      !(Date.parse(claimExpiresAt as string) <= Date.now()) && asked.placements.includes(placement),
  );
  const others = asked.placements.filter((id) => !mine.some(({ placement }) => placement === id));
  const customer = { anonymousId: block.anonymousId };
  let rest: Decision[] = [];
  if (others[0])
    try {
      const response = await ask({ ...asked, placements: others, customer: block.anonymousId && customer });
      rest = (await response.json()).decisions;
    } catch {} // those keep the page's own content
  return new Response(JSON.stringify({ customer, decisions: mine.concat(rest) }));
};

/** In place of `fetch`: answers what the page brought along. */
const fetchHanded: typeof fetch = async (input, init) => {
  const isAsking = /optimize$/.test(`${input}`);
  if (isAsking && !isRead) read();
  const block = handed;
  if (!isAsking || !block) return fetch(input, init);
  const asked = JSON.parse(init?.body as string) as Asked;
  const { customer } = asked;
  // Decided for more than the page allows is not for it; for less is.
  const isAllowed = Object.entries({ ...asked.purposes, ...settings.purposes }).every(
    ([name, is]) => is !== false || block.purposes?.[name] === false,
  );
  // The page's cookie knew what the script's tag, the same for everybody, could not. Nobody's no is stepped over: parts may stand behind the command.
  if (asked.consent === 'pending' && block.consent === 'granted' && !block.purposes && isAllowed) {
    // A word about purposes is on its way, and may be a no: until then nobody has consented. The block waits, too: for a yes.
    if (!settings.purposes && queue?.some?.(([name]) => name === 'purposes')) return fetch(input, init);
    block.purposes = {}; // it is told once
    core.$commands.consent?.('granted' as never);
    // It starts over, and asks again.
    if (settings.consent !== 'pending') return new Response('{}');
  }
  handed = undefined; // once: what is asked again is another decision
  const ask = (body: object): Promise<Response> => fetch(input, { ...init, body: JSON.stringify(body) });
  const isSame =
    isAllowed &&
    (asked.consent === 'granted') === (block.consent === 'granted') &&
    !asked.preview === !block.preview &&
    // Who the page says it is wins, a visitor it has forgotten among them.
    [undefined, block.anonymousId].includes(customer?.anonymousId);
  // A customer with a name: the API links the id that the page was made for, and decides for them.
  if (isSame && !customer?.id) return answer(asked, block, ask);
  return ask(isSame ? { ...asked, customer: { ...customer, anonymousId: block.anonymousId } } : asked);
};

settings.fetch = fetchHanded;

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

let handed: Handed | undefined;
let isRead = false;
/** Consent that the page's cookie knew of has been told. */
let isTold = false;

/** Gives an element its own content back: attributes as they stood in the page, children out of the template that they were put away in. */
const restore = (slot: Element): void => {
  const own = 'data-hyperedge-own';
  for (const name of slot.getAttribute(own)?.split(' ') ?? []) {
    const before = slot.getAttribute(`${own}-${name}`);
    const isAddress = /^(ahref|imgsrc|imgsrcset)$/.test(slot.localName + name);
    // Only what could have been changed can be given back. What did not go through the rewriter may be of visitors' making: no code becomes a link.
    if (!isAddress && !SAFE_ATTRIBUTE.test(name)) continue;
    if (before === null) slot.removeAttribute(name);
    else slot.setAttribute(name, before);
    if (name === 'href' && !/^(https?|mailto|tel):$/.test((slot as HTMLAnchorElement).protocol))
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

const isFresh = ({ claimExpiresAt }: Decision): boolean => !claimExpiresAt || Date.parse(claimExpiresAt) > Date.now();

const answer = async (asked: Asked, block: Handed, ask: (body: object) => Promise<Response>): Promise<Response> => {
  const mine = block.decisions.filter((decision) => isFresh(decision) && asked.placements.includes(decision.placement));
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
  const isAsking = /\/v1\/optimize$/.test(`${input}`);
  if (isAsking && !isRead) read();
  const block = handed;
  if (!isAsking || !block) return fetch(input, init);
  const asked = JSON.parse(init?.body as string) as Asked;
  const { purposes = settings.purposes ?? {}, customer } = asked;
  // Decided for more than the page allows is not for it; for less is.
  const isAllowed = Object.entries(purposes).every(([name, is]) => is !== false || block.purposes?.[name] === false);
  // The page's cookie knew what the script's tag, the same for everybody, could not. Nobody's no is stepped over: parts may stand behind the command.
  if (!isTold && asked.consent === 'pending' && block.consent === 'granted' && !block.purposes && isAllowed) {
    isTold = true;
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

/**
 * Fills placements in a stream of HTML as the page script fills live ones: text and checked attributes, never markup. The page's own content stays
 * beside it in a `<template>`, where browsers read but do not show or run it, for the page script to give back.
 */
import type { DecisionAnswer } from '../../contract/decisions.ts';
import { changesOf } from '../../decisioning/content/changes.ts';
import { escapeMarkup } from '../../decisioning/content/markup.ts';
import { ENDS_PARAGRAPH } from './elements.ts';
import { MARK_NO_PLAIN_END, OWN } from './marks.ts';
import type { Visit } from './visit.ts';

const HTML = 'http://www.w3.org/1999/xhtml';
/**
 * Elements whose text is left to the page script: a `<template>` would be text in them, or be moved elsewhere, or they end without an end tag where
 * only a whole parser would notice.
 */
const NO_TEXT = new Set(
  (
    'html head body title textarea script style template noscript iframe object video audio canvas xmp noembed noframes plaintext select option ' +
    'optgroup datalist table caption colgroup thead tbody tfoot tr td th li dt dd rt rp frameset ' +
    'area base br col embed hr img input link meta param source track wbr'
  ).split(' '),
);
/** Inside these a paragraph around them does not end. */
const HOLDS_PARAGRAPH = new Set(['button', 'object', 'marquee', 'applet']);
/** Placements and parts within each other; beyond this depth the page's own content stays. */
const MAX_OPEN = 32;

type Content = NonNullable<DecisionAnswer['content']>;

/** A placement or a part of one that has begun. */
interface Open {
  readonly tag: string;
  /** Of a placement, null when it keeps its own; undefined for a part. */
  readonly content: Content | null | undefined;
  /** Its own content is being put away. */
  covered: boolean;
  /** Elements in it that keep a paragraph from ending. */
  held: number;
}

/** The part of `Element` that filling needs. */
type Streamed = Pick<
  Element,
  | 'tagName'
  | 'namespaceURI'
  | 'getAttribute'
  | 'setAttribute'
  | 'removeAttribute'
  | 'hasAttribute'
  | 'prepend'
  | 'onEndTag'
  | 'attributes'
>;

/** What is open while a page streams by. */
class Filling {
  readonly #visit: Visit;
  readonly #open: Open[] = [];

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  /** What is inside of what was put away is not on the page. */
  get #covered(): boolean {
    return this.#open.some(({ covered }) => covered);
  }

  /** Any element inside a placement: it may be the end of a paragraph. */
  inside(element: Element): void {
    const { tagName } = element;
    if (ENDS_PARAGRAPH.has(tagName)) {
      const at = this.#open.findIndex(({ tag, held }) => tag === 'p' && held === 0);
      if (at >= 0) this.#close(at, (markup) => element.before(markup, { html: true }));
    }
    if (!HOLDS_PARAGRAPH.has(tagName)) return;
    const held = this.#open.filter(({ tag }) => tag === 'p');
    if (held.length === 0) return;
    onEnd(element, () => {
      for (const one of held) one.held -= 1;
    });
    for (const one of held) one.held += 1;
  }

  async placement(element: Element): Promise<void> {
    if (this.#covered) return;
    const decision = await this.#visit.decisionOf(element.getAttribute('data-hyperedge') ?? '');
    this.#begin(element, decision?.content ?? null, decision?.content ?? undefined);
  }

  part(element: Element): void {
    // A placement inside a placement keeps its parts, and is none itself.
    if (this.#covered || element.hasAttribute('data-hyperedge')) return;
    const { content } = this.#open.findLast((one) => one.content !== undefined) ?? {};
    const name = element.getAttribute('data-hyperedge-part') ?? '';
    const parts = content?.parts;
    if (parts && Object.hasOwn(parts, name)) this.#begin(element, undefined, parts[name]);
  }

  /** What the end of the document must add: the ends of what nothing has ended. */
  rest(): string {
    let markup = '';
    this.#close(0, (text) => {
      markup += text;
    });
    return markup;
  }

  #begin(element: Element, content: Open['content'], part: object | undefined): void {
    const one: Open = { tag: element.tagName, content, covered: false, held: 0 };
    const ends =
      this.#open.length < MAX_OPEN &&
      onEnd(element, (end) => {
        const at = this.#open.indexOf(one);
        if (at >= 0) this.#close(at, (markup) => end.before(markup, { html: true }));
      });
    if (ends) this.#open.push(one);
    const isPlain = !element.hasAttribute(MARK_NO_PLAIN_END);
    disown(element);
    if (part) one.covered = fill(element, part, ends && isPlain);
  }

  /** Ends what is open from a place on, the innermost first. */
  #close(at: number, write: (markup: string) => void): void {
    for (const { covered } of this.#open.splice(at).toReversed()) if (covered) write('</template>');
  }
}

/** Whether an element has an end to wait for: void and self-closing ones have none. */
function onEnd(element: Streamed, handler: (end: EndTag) => void): boolean {
  try {
    element.onEndTag(handler);
    return true;
  } catch {
    return false;
  }
}

/** Takes off every attribute under our names: the page script would give an element back what they say. */
function disown(element: Streamed): void {
  const brought = [...element.attributes]
    .map(([name = '']) => name.toLowerCase())
    .filter((name) => name.startsWith(OWN));
  for (const name of brought) element.removeAttribute(name);
}

/** Changes one element; whether its own content is to be put away until its end. */
function fill(element: Streamed, part: object, ends: boolean): boolean {
  const { text, attributes } = changesOf(element.tagName, part);
  const changed: string[] = [];
  for (const [name, value] of attributes) {
    const before = element.getAttribute(name);
    if (before === null && value === null) continue;
    // As it stands in the source: what is escaped in it stays so.
    if (before !== null) element.setAttribute(`${OWN}-${name}`, before);
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, escapeMarkup(value));
    changed.push(name);
  }
  if (changed.length > 0) element.setAttribute(OWN, changed.join(' '));
  if (text === undefined || !ends || element.namespaceURI !== HTML || NO_TEXT.has(element.tagName)) return false;
  element.prepend(`${escapeMarkup(text)}<template ${OWN}>`, { html: true });
  return true;
}

/** A rewriter that fills a page's placements, waiting for their decisions at the first of them. */
export function fillingRewriter(visit: Visit): HTMLRewriter {
  const filling = new Filling(visit);
  return (
    new HTMLRewriter()
      // These names are ours: what a page brings under them would be believed.
      .on(`[${OWN}]`, { element: disown })
      .on('[data-hyperedge] *', { element: (element) => filling.inside(element) })
      .on('[data-hyperedge]', { element: (element) => filling.placement(element) })
      .on('[data-hyperedge] [data-hyperedge-part]', { element: (element) => filling.part(element) })
      .on(`[${MARK_NO_PLAIN_END}]`, { element: (element) => void element.removeAttribute(MARK_NO_PLAIN_END) })
      .onDocument({ end: (end) => void end.append(filling.rest(), { html: true }) })
  );
}

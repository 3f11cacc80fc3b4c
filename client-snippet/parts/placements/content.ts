/** Every kind of content in an element, and the way back. Values that are not safe, or not of their type, are left out one by one. */
import { SAFE_SRCSET } from '../../../decisioning/content/html.ts';
import { SAFE_ATTRIBUTE, SAFE_URL } from '../../lib/safe.ts';
import type { ContentPart } from '../../lib/wire.ts';

/** Steps back, in the order in which the changes were made. Each gives back only what is still as it was left here. */
export type Undo = (() => void)[];

export interface RichPart extends ContentPart {
  html?: string;
  srcset?: string;
  classes?: { add?: unknown[]; remove?: unknown[] };
}

/** Thrown so that the entry does not track what is not shown (yet). */
export const NOT_SHOWN = 'not shown';

/** Makes nodes of markup, sanitised. */
export type Purify = (html: string) => Node[];

/** The text of these is code, or is read as something other than elements. */
const CODE = /^(script|style)$/;
const NO_MARKUP =
  /^((no)?script|style|template|i?frame|frameset|no(frames|embed)|object|embed|textarea|title|select|option|xmp|plaintext|html|head)$/;

const write = (element: Element, name: string, value: string | null): void => {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
};

/** Sets an attribute, or takes it off (null). Given back unless somebody has written another value since. */
const setAttribute = (element: Element, name: string, value: string | null, undo: Undo): void => {
  const before = element.getAttribute(name);
  write(element, name, value);
  undo.push(() => {
    if (element.getAttribute(name) === value) write(element, name, before);
  });
};

/**
 * Puts nodes in place of an element's children. The page's own come back unless somebody has added, taken or rewritten one since;
 * those that live elsewhere by now stay there.
 */
const replaceChildren = (element: Element, nodes: Node[], undo: Undo): void => {
  const before = [...element.childNodes];
  const values = nodes.map((node) => node.nodeValue);
  element.replaceChildren(...nodes);
  undo.push(() => {
    const now = [...element.childNodes];
    const isOurs =
      now.length === nodes.length && now.every((node, i) => node === nodes[i] && node.nodeValue === values[i]);
    if (isOurs) element.replaceChildren(...before.filter((node) => !node.parentNode));
  });
};

/** Adds and takes away single classes: those that others add or take meanwhile are theirs. */
const setClasses = (element: Element, classes: RichPart['classes'], undo: Undo): void => {
  const { classList } = element;
  if (!element.hasAttribute('class'))
    undo.push(() => {
      if (!element.className.length) element.removeAttribute('class');
    });
  for (const isAdded of [true, false]) {
    const names = isAdded ? classes?.add : classes?.remove;
    for (const name of Array.isArray(names) ? names : []) {
      if (typeof name !== 'string' || !/^\S{1,64}$/.test(name) || classList.contains(name) === isAdded) continue;
      classList.toggle(name, isAdded);
      undo.push(() => {
        if (classList.contains(name) === isAdded) classList.toggle(name, !isAdded);
      });
    }
  }
};

/** What would win over an image's own address: its set of others, and those of its picture. */
const silence = (element: Element, undo: Undo): void => {
  setAttribute(element, 'srcset', null, undo);
  const picture = element.parentElement;
  if (picture?.localName !== 'picture') return;
  for (const source of picture.querySelectorAll('source')) setAttribute(source, 'srcset', null, undo);
};

/** Fills one element. `purify` is there when markup may be shown; otherwise `text` stands in. Throws where neither can be shown. */
export const fill = (element: Element, part: RichPart, undo: Undo, purify?: Purify | null): void => {
  const tag = element.localName;
  const mayHaveMarkup = element instanceof HTMLElement && !NO_MARKUP.test(tag);
  if (purify && mayHaveMarkup && typeof part.html === 'string') replaceChildren(element, purify(part.html), undo);
  else if (typeof part.text === 'string' && !CODE.test(tag)) replaceChildren(element, [new Text(part.text)], undo);
  else if (typeof (part.html ?? part.text) === 'string') throw NOT_SHOWN;
  const isImage = tag === 'img';
  const isSet = isImage && typeof part.srcset === 'string' && SAFE_SRCSET.test(part.srcset);
  if (isSet || (isImage && typeof part.src === 'string' && SAFE_URL.test(part.src))) silence(element, undo);
  for (const [name, value] of Object.entries({ ...part.attributes, ...part })) {
    // Links and images only: the same attributes load code or move the whole page on other elements (base, use, iframe, embed).
    const isSafe = /^(ahref|imgsrc)$/.test(tag + name) ? SAFE_URL.test(value as string) : SAFE_ATTRIBUTE.test(name);
    if (typeof value === 'string' && isSafe) setAttribute(element, name, value, undo);
  }
  if (isSet) setAttribute(element, 'srcset', part.srcset as string, undo);
  setClasses(element, part.classes, undo);
};

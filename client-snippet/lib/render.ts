/** Puts content into elements as text and checked attributes, never as markup, and takes it back. */
import { SAFE_ATTRIBUTE, SAFE_URL } from './safe.ts';
import type { Content, ContentPart } from './wire.ts';

type Undo = (() => void)[];

/** How to give elements their own content back: a later decision may be to show just that. */
const undos = new Map<Element, Undo>();

const setAttribute = (element: Element, name: string, value: string | null, undo: Undo): void => {
  const before = element.getAttribute(name);
  undo.unshift(() => setAttribute(element, name, before, []));
  if (value == null) element.removeAttribute(name);
  else element.setAttribute(name, value);
};

const fill = (element: Element, part: ContentPart, undo: Undo): void => {
  const tag = element.localName;
  // The text of scripts and styles is code.
  if (typeof part.text === 'string' && !/^s(cript|tyle)$/.test(tag)) {
    const before = [...element.childNodes];
    undo.unshift(() => element.replaceChildren(...before));
    element.textContent = part.text;
  }
  // What else a part has is no safe name, and passed over.
  const values: Record<string, unknown> = { ...part.attributes, ...part };
  for (const name in values) {
    // Links and images only: the same attributes load code or move the whole page on other elements (base, use, iframe, embed).
    if (
      typeof values[name] === 'string' &&
      (/^(ahref|imgsrc)$/.test(tag + name) ? SAFE_URL.test(values[name]) : SAFE_ATTRIBUTE.test(name))
    ) {
      if (name === 'src') setAttribute(element, 'srcset', null, undo); // it would win over src
      setAttribute(element, name, values[name], undo);
    }
  }
};

/**
 * Shows content in a placement's element and in those of its parts (`data-hyperedge-part`); null gives the page's own content back.
 * Values that are not safe, or not of their type, are left out one by one. Throws on content of another shape.
 */
export const render = (element: Element, content: Content | null): void => {
  const undo: Undo = [];
  undos.get(element)?.map((step) => step());
  undos.set(element, undo);
  if (content) {
    fill(element, content, undo);
    for (const slot of element.querySelectorAll<HTMLElement>('[data-hyperedge-part]')) {
      const part = content.parts?.[slot.dataset.hyperedgePart as string];
      // A placement inside a placement keeps its parts.
      if (part && slot.closest('[data-hyperedge]') === element) fill(slot, part, undo);
    }
    undo[0] || content.data || (content as unknown as () => never)(); // throws
  }
};

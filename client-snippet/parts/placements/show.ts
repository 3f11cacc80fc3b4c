/** What is shown where, and how it is taken back. */
import type { Content } from '../../lib/wire.ts';
import { fill, type Purify, type RichPart, type Undo } from './content.ts';
import { move } from './move.ts';
import type { Renderer } from './rules.ts';

type RichContent = Content & RichPart & { move?: unknown };

const shown = new Map<Element, Undo>();

/** Gives an element back what it had, last change first; a step that fails does not stop the others. */
export const takeBack = (element: Element): void => {
  const undo = shown.get(element) ?? [];
  shown.delete(element);
  for (const step of undo.reverse()) {
    try {
      step();
    } catch (error) {
      reportError(error); // a site's own way back
    }
  }
};

/** Gives all elements back what they had, the last first. */
export const takeAllBack = (): void => {
  for (const element of [...shown.keys()].reverse()) takeBack(element);
};

/** The element's own slots: a placement inside a placement keeps its parts. */
const slotsOf = (element: Element): HTMLElement[] =>
  [...element.querySelectorAll<HTMLElement>('[data-hyperedge-part]')].filter(
    (slot) => slot.closest('[data-hyperedge]') === element,
  );

/** Whether content has markup, anywhere; and whether it has some that no text stands in for. */
export const markupOf = (content: RichContent): 'none' | 'optional' | 'needed' => {
  const parts = [content, ...Object.values<RichPart>(content.parts ?? {})].filter((part) => part?.html !== undefined);
  if (!parts.length) return 'none';
  return parts.every(({ text }) => typeof text === 'string') ? 'optional' : 'needed';
};

/** Shows content in an element and its slots, and remembers the way back. Throws, with everything taken back, on content of another shape. */
export const show = (element: HTMLElement, content: RichContent, purify?: Purify | null): void => {
  const undo: Undo = [];
  shown.set(element, undo);
  try {
    const slots = slotsOf(element);
    fill(element, content, undo, purify);
    for (const slot of slots) {
      const part = content.parts?.[slot.dataset.hyperedgePart as string];
      if (part) fill(slot, part, undo, purify);
    }
    move(element, content.move, undo);
  } catch (error) {
    takeBack(element);
    throw error;
  }
};

/** Has the site's own renderer show it. An error of it is the site's, shows in its console, and nothing is tracked. */
export const showWith = (render: Renderer, ...values: Parameters<Renderer>): void => {
  try {
    const undo = render(...values);
    shown.set(values[0], typeof undo === 'function' ? [undo as () => void] : []);
  } catch (error) {
    reportError(error);
    throw error;
  }
};

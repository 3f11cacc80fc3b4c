/** What a site says about its placements: `hyperedge('placements', [rule, …], options)`. */
import type { Decision } from '../../lib/wire.ts';

/** Draws content itself; what it returns, if it is a function, takes it back. */
export type Renderer = (element: HTMLElement, content: unknown, decision: Decision) => unknown;

export interface Rule {
  /** Of the placement. */
  id: string;
  /** Elements that are given the placement; none: the placement can only redirect, or stands in the page as `data-hyperedge`. */
  selector?: string;
  /** Whether content's `html` may be shown. */
  html?: boolean;
  render?: Renderer;
}

export interface Options {
  /** Origins beside the page's own that redirects may lead to. */
  origins?: string[];
  /** Whether another address without leaving the page means new decisions; yes, unless told. */
  navigation?: boolean;
  /** Whether `html` may be shown in all placements. */
  html?: boolean;
}

const rules: Rule[] = [];
/** Of the whole page; later calls change what they name. */
export const options: Required<Options> = { origins: [], navigation: true, html: false };

/** Takes a call's rules and options; what is of another shape is passed over. Returns ids that have no element and are asked for by name. */
export const addRules = (list: unknown, more?: unknown): string[] => {
  Object.assign(options, more);
  if (!Array.isArray(list)) return [];
  const maxRules = 200; // each is looked for whenever the page changes
  const added = (list as unknown[])
    .filter((rule): rule is Rule => typeof (rule as Rule | null)?.id === 'string')
    .slice(0, maxRules - rules.length);
  rules.push(...added);
  return added.filter(({ selector, html, render }) => !selector && !html && !render).map(({ id }) => id);
};

export const rendererOf = (id: string | undefined): Renderer | undefined =>
  rules.find((rule) => rule.id === id && typeof rule.render === 'function')?.render;

export const allowsHtml = (id: string | undefined): boolean =>
  options.html === true || rules.some((rule) => rule.id === id && rule.html === true);

/**
 * Gives elements that selectors match their placement, by `data-hyperedge`; those that have one keep it. Fifty of a placement at most,
 * so that an endless list does not become one.
 */
export const adopt = (): void => {
  const maxElements = 50;
  for (const { id, selector } of rules) {
    if (!selector) continue;
    try {
      const found = document.querySelectorAll<HTMLElement>(`:is(${selector}):not([data-hyperedge])`);
      if (!found.length) continue;
      let room = maxElements - document.querySelectorAll(`[data-hyperedge="${CSS.escape(id)}"]`).length;
      for (const element of found) if (room-- > 0) element.dataset.hyperedge = id;
    } catch {} // not a selector
  }
};

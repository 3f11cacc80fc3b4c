/**
 * The part `html`: sanitises markup. Loaded by `placements` when a content has some and the page allows it. DOMPurify reads it in a
 * document without a window; what it makes is handed on as nodes, so that nothing is read a second time, where browsers may
 * read something else. Where Trusted Types are enforced its reading needs a policy: `hyperedge`.
 */
import createPurify from 'dompurify';
import { isMarkupAttribute, MARKUP_ATTRIBUTES, MARKUP_TAGS } from '../../decisioning/content/html.ts';
import { SAFE_URL } from '../lib/safe.ts';

interface Policy {
  createHTML(html: string): unknown;
  createScriptURL(url: string): unknown;
}
interface Policies {
  createPolicy(name: string, rules: { createHTML(html: string): string; createScriptURL(): string }): Policy;
}

const isAddress = (value: string): boolean => SAFE_URL.test(value);

const create = (): ((html: string) => Node[]) => {
  const policies = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
  // It is for DOMPurify alone, which hands it what it parses in a document of its own, never an address of a script.
  const policy = policies?.createPolicy('hyperedge', { createHTML: (html) => html, createScriptURL: () => '' });
  const purify = createPurify(window);
  purify.addHook('uponSanitizeAttribute', (element, data) => {
    data.keepAttr &&= isMarkupAttribute(element.localName, data.attrName, data.attrValue, isAddress);
  });
  return (html) => {
    const fragment = purify.sanitize(html, {
      ALLOWED_TAGS: [...MARKUP_TAGS],
      ALLOWED_ATTR: [...MARKUP_ATTRIBUTES],
      ALLOWED_URI_REGEXP: SAFE_URL,
      ALLOW_UNKNOWN_PROTOCOLS: false,
      RETURN_DOM_FRAGMENT: true,
      ...(policy && { TRUSTED_TYPES_POLICY: policy as never }),
    });
    return [...fragment.childNodes];
  };
};

let purify: ((html: string) => Node[]) | undefined;

/** Returns what makes nodes of markup. Throws where the page's Trusted Types refuse the policy. */
export const start = (): ((html: string) => Node[]) => {
  purify ??= create();
  return purify;
};

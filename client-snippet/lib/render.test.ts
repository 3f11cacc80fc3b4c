import { describe, expect, test } from 'vitest';
import { changesOf } from '../../decisioning/content/changes.ts';
import { ADDRESSES, ATTRIBUTES } from '../../tests/browser/attacks.ts';
import { render } from './render.ts';

/** As much of an element as rendering touches. */
class PlainElement {
  readonly localName: string;
  readonly attributes: Map<string, string>;
  textContent = 'own';
  childNodes = [];
  constructor(localName: string, attributes: Record<string, string>) {
    this.localName = localName;
    this.attributes = new Map(Object.entries(attributes));
  }
  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }
  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }
  querySelectorAll(): [] {
    return [];
  }
}

const OWN = { href: '/own', src: '/own.png', srcset: '/own.png 2x', title: 'own' };
const CONTENTS: readonly object[] = [
  { text: 'New', href: '/new', src: '/new.png', alt: 'New', attributes: { title: 'New', 'aria-label': 'x' } },
  { text: 7, href: null, attributes: { title: 7 } },
  { attributes: { href: '/a', src: '/a', srcset: '/a' } },
  { title: 'not of the contract', html: '<b>x</b>', classes: { add: ['x'] } },
  ...ADDRESSES.map((url) => ({ href: url, src: url })),
  ...ATTRIBUTES.map(([name, value]) => ({
    attributes: JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`),
  })),
];

describe('what is filled on its way is what is shown in the page', () => {
  test.each(['a', 'img', 'div', 'script', 'style', 'base', 'iframe'])('in <%s>, of every content', (tag) => {
    for (const content of CONTENTS) {
      const element = new PlainElement(tag, OWN);
      try {
        render(element as unknown as Element, content);
      } catch {} // nothing of it fits
      const { text, attributes } = changesOf(tag, content);
      const expected = new Map(Object.entries(OWN));
      for (const [name, value] of attributes) value === null ? expected.delete(name) : expected.set(name, value);
      expect([element.textContent, Object.fromEntries(element.attributes)], JSON.stringify(content)).toEqual([
        text ?? 'own',
        Object.fromEntries(expected),
      ]);
    }
  });
});

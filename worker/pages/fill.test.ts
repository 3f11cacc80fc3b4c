import { describe, expect, it } from 'vitest';
import type { DecisionAnswer, OptimizeResponse } from '../../contract/decisions.ts';
import { ADDRESSES, ATTRIBUTES, MARKUP } from '../../tests/browser/attacks.ts';
import { fillingRewriter } from './fill.ts';
import { Visit } from './visit.ts';
import { NOBODY } from './visitor.ts';

type Contents = Record<string, unknown>;

function visitOf(contents: Contents, asked: string[][] = []): Visit {
  const ask = async (placements: readonly string[]) => {
    asked.push([...placements]);
    const decisions = placements.map((placement) => ({
      placement,
      outcome: 'campaign' as const,
      content: (Object.hasOwn(contents, placement) ? contents[placement] : null) as DecisionAnswer['content'],
    }));
    return { requestId: 'r', customer: {}, decisions } satisfies OptimizeResponse;
  };
  return new Visit(Promise.resolve(NOBODY), ask, 1_000);
}

const textOf = (html: string, visit: Visit, type = 'text/html; charset=utf-8'): Promise<string> =>
  fillingRewriter(visit)
    .transform(new Response(html, { headers: { 'content-type': type } }))
    .text();

/** The page with its placements filled. */
const filled = (html: string, contents: Contents, type?: string): Promise<string> =>
  textOf(html, visitOf(contents), type);

const own = (text: string): string => `<template data-hyperedge-own>${text}</template>`;

describe('text', () => {
  it('goes in front of the own content, which is put away as it stands', async () => {
    expect(
      await filled('<h1 class=x data-hyperedge="hero">My <b>own</b> &amp; text</h1>!', { hero: { text: 'New' } }),
    ).toBe(`<h1 class=x data-hyperedge="hero">New${own('My <b>own</b> &amp; text')}</h1>!`);
  });

  it('reaches parts, not those of a placement inside', async () => {
    const html =
      '<div data-hyperedge="a"><p data-hyperedge-part="t">1</p><div data-hyperedge="b"><i data-hyperedge-part="t">2</i></div></div>';
    expect(await filled(html, { a: { parts: { t: { text: 'New' } } } })).toBe(html.replace('1', `New${own('1')}`));
    expect(await filled(html, { b: { parts: { t: { text: 'New' } } } })).toBe(html.replace('2', `New${own('2')}`));
  });

  it('of what is put away nothing is asked', async () => {
    const asked: string[][] = [];
    const html = '<div data-hyperedge="a">x<div data-hyperedge="b">y</div></div>';
    expect(await textOf(html, visitOf({ a: { text: 'New' }, b: { text: 'No' } }, asked))).toContain(
      `New${own('x<div data-hyperedge="b">y</div>')}`,
    );
    expect(asked).toEqual([['a']]);
  });

  it.each([
    ['default content', null],
    ['no text', { href: '/x' }],
    ['a text that is none', { text: 7 }],
  ])('stays with %s', async (_, content) => {
    expect(await filled('<h1 data-hyperedge="hero">own</h1>', { hero: content })).toBe(
      '<h1 data-hyperedge="hero">own</h1>',
    );
  });

  it.each(['script', 'style', 'textarea', 'title', 'option', 'li', 'td', 'select', 'iframe', 'noscript', 'template'])(
    'of <%s> is left to the page script',
    async (tag) => {
      const html = `<${tag} data-hyperedge="hero">own</${tag}>`;
      expect(await filled(html, { hero: { text: 'New' } })).toBe(html);
    },
  );

  it('of SVG is left to the page script: it knows no template', async () => {
    const html = '<svg><text data-hyperedge="hero">own</text></svg>';
    expect(await filled(html, { hero: { text: 'New' } })).toBe(html);
  });

  it('is the same in every encoding, with all that is special in it', async () => {
    const text = 'ü€😀 <b> & "q" \'s\' </h1><!-- \u2028';
    for (const type of ['text/html', 'text/html; charset=windows-1252']) {
      const page = await filled(
        '<h1 data-hyperedge="hero">own</h1>',
        { hero: { text, attributes: { title: text } } },
        type,
      );
      expect(page).toMatch(/^[ -~]*$/);
      const written = /">(.*)<template/.exec(page)![1]!;
      const read = written.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
      expect(read).toBe(text);
      expect(page).toContain(`title="${written}"`);
    }
  });
});

describe('elements that end without their end tag', () => {
  const hero = { hero: { text: 'New' } };
  it.each([
    ['<div><p data-hyperedge="hero">own<p>next</div>!', `<div><p data-hyperedge="hero">New${own('own')}<p>next</div>!`],
    [
      '<p data-hyperedge="hero">own <b>bold</b><div>next</div>',
      `<p data-hyperedge="hero">New${own('own <b>bold</b>')}<div>next</div>`,
    ],
    [
      '<p data-hyperedge="hero">own<button><div>in</div></button> too<p>next',
      `<p data-hyperedge="hero">New${own('own<button><div>in</div></button> too')}<p>next`,
    ],
    ['<div><span data-hyperedge="hero">own</div>next', `<div><span data-hyperedge="hero">New${own('own')}</div>next`],
    ['<p data-hyperedge="hero">own', `<p data-hyperedge="hero">New${own('own')}`],
    [
      '<div data-hyperedge="x"><p data-hyperedge-part="t">own<p>next</div>',
      `<div data-hyperedge="x"><p data-hyperedge-part="t">own<p>next</div>`,
    ],
  ])('%s', async (html, expected) => expect(await filled(html, hero)).toBe(expected));

  it('a part after a paragraph that ended is a part of the placement', async () => {
    const html = '<div data-hyperedge="x"><p data-hyperedge-part="a">1<p data-hyperedge-part="b">2</div>';
    expect(await filled(html, { x: { parts: { a: { text: 'A' }, b: { text: 'B' } } } })).toBe(
      `<div data-hyperedge="x"><p data-hyperedge-part="a">A${own('1')}<p data-hyperedge-part="b">B${own('2')}</div>`,
    );
  });
});

describe('attributes', () => {
  it('are set beside what they were, as the source had it', async () => {
    const html = `<a data-hyperedge="hero" href='/x?a=1&amp;b="2"' title=old>own</a>`;
    const page = await filled(html, { hero: { href: '/y?a&b', attributes: { title: 'New', lang: 'de' } } });
    expect(page).toContain('data-hyperedge-own-href="/x?a=1&amp;b=&quot;2&quot;"');
    expect(page).toContain('href="/y?a&#38;b"');
    expect(page).toContain('data-hyperedge-own="title lang href"');
    expect(page).toContain('data-hyperedge-own-title="old"');
    expect(page).toContain('>own</a>');
  });

  it('of an image: the address, and none that would win over it', async () => {
    const page = await filled('<img data-hyperedge="hero" src="/a.png" srcset="/a.png 2x">', {
      hero: { src: '/b.png', alt: 'B' },
    });
    expect(page).toBe(
      '<img data-hyperedge="hero" src="/b.png" data-hyperedge-own-srcset="/a.png 2x" data-hyperedge-own-src="/a.png" alt="B" data-hyperedge-own="srcset src alt">',
    );
  });

  it('that the page brings under our names are not believed', async () => {
    const page = await filled(
      '<a data-hyperedge="hero" data-hyperedge-own="onclick" data-hyperedge-own-onclick="x">own</a>',
      {},
    );
    expect(page).not.toContain('data-hyperedge-own=');
  });

  it('are taken off an element that is filled: the page script would give it back what they say', async () => {
    const forged =
      'data-hyperedge-own-href="javascript:x" DATA-hyperedge-own-HREF="javascript:y" data-hyperedge-own-title=z';
    const page = await filled(
      `<a data-hyperedge="hero" ${forged}>own</a><p data-hyperedge="side"><a data-hyperedge-part="t" ${forged}>own</a></p>`,
      { hero: { href: '/x' }, side: { parts: { t: { href: '/x' } } } },
    );
    expect(page.replaceAll('data-hyperedge-own="href"', '').match(/own-|javascript/gi)).toBeNull();
  });
});

describe('content that tries to be more', () => {
  /** What the page has of tags and attributes besides our own. */
  const shape = (page: string): string => page.replaceAll(/(?<=[">])[^<>"]*(?=<)|(?<==")[^"]*(?=")/g, '');

  it(`${MARKUP.length} kinds of markup stay text, in text and in attributes`, async () => {
    for (const markup of MARKUP) {
      const page = await filled('<h1 data-hyperedge="hero">own</h1>', {
        hero: { text: markup, attributes: { title: markup } },
      });
      expect(shape(page)).toBe(
        '<h1 data-hyperedge="" title="" data-hyperedge-own=""><template data-hyperedge-own></template></h1>',
      );
    }
  });

  it(`${ADDRESSES.length} addresses become neither a link nor an image`, async () => {
    const html = '<a data-hyperedge="a" href="#own">a</a><img data-hyperedge="b" src="/own.png" />';
    for (const url of ADDRESSES) expect(await filled(html, { a: { href: url }, b: { src: url } })).toBe(html);
  });

  it('a reference in an address stays what it says: it names no other', async () => {
    const page = await filled('<a data-hyperedge="a" href="#own">a</a>', { a: { href: '/&#92;evil.example' } });
    expect(page).toContain('href="/&#38;#92;evil.example"');
  });

  it(`${ATTRIBUTES.length} attributes are not set, and harmless ones beside them are`, async () => {
    for (const [name, value] of ATTRIBUTES) {
      const attributes = JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)},"lang":"de"}`);
      expect(await filled('<div data-hyperedge="hero">own</div>', { hero: { attributes } })).toBe(
        '<div data-hyperedge="hero" lang="de" data-hyperedge-own="lang">own</div>',
      );
    }
  });

  it('addresses reach links and images only', async () => {
    const html = '<iframe data-hyperedge="a"></iframe><base data-hyperedge="b" /><form data-hyperedge="c"></form>';
    const content = { href: '/evil', src: '/evil', attributes: { href: '/evil', src: '/evil', action: '/evil' } };
    expect(await filled(html, { a: content, b: content, c: content })).toBe(html);
  });

  it.each(['__proto__', 'constructor', 'Hero', 'a b', '', 'x'.repeat(65), '"><script>'])(
    'a placement called %j is none',
    async (id) => {
      const asked: string[][] = [];
      const visit = visitOf({}, asked);
      await textOf(`<p data-hyperedge='${id.replaceAll("'", '')}'>own</p>`, visit);
      expect(asked.flat().filter((name) => name !== 'constructor')).toEqual([]);
    },
  );

  it('names from the prototype are no parts', async () => {
    const html =
      '<div data-hyperedge="a"><b data-hyperedge-part="constructor">own</b><b data-hyperedge-part="__proto__">own</b></div>';
    expect(await filled(html, { a: { parts: {} } })).toBe(html);
  });
});

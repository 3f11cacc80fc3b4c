import { describe, expect, it } from 'vitest';
import { escapeMarkup, jsonInMarkup } from './markup.ts';

/** As a browser reads references. */
const read = (markup: string): string => markup.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

describe('text in markup', () => {
  it('is read as it was, and needs nothing but letters, digits and harmless signs', () => {
    const text = `<a href="x" o='y'>&amp;\r\n\t ü € 😀 \u2028 \u007f =\` --> ]]> \${x}`;
    const markup = escapeMarkup(text);
    expect(read(markup)).toBe(text);
    expect(markup).toMatch(/^[ -~\t\n]*$/);
    expect(markup).not.toMatch(/[<>"']|&(?!#\d+;)/);
  });

  it('leaves out what has no reference: NUL and the C1 controls', () => {
    expect(escapeMarkup('a\0b\u0085c')).toBe('abc');
  });

  it('with half a character in it is what every reader makes of it: a replacement', () => {
    expect(escapeMarkup('a\ud800b')).toBe('a&#55296;b');
  });
});

describe('JSON in markup', () => {
  it('is the same value, and nothing in it ends a script or opens a comment', () => {
    const value = { text: '</script><!-- <script> ü \u2028 & \ud800', list: [1, null, true] };
    const json = jsonInMarkup(value);
    expect(JSON.parse(json)).toEqual(value);
    expect(json).toMatch(/^[ -~]*$/);
    expect(json).not.toMatch(/[<>&]/);
  });
});

import { describe, expect, test } from 'vitest';
import { SAFE_ATTRIBUTE, SAFE_URL } from './safe.ts';

describe('SAFE_URL', () => {
  test.each([
    'https://shop.example/a?b=c#d',
    'HTTP://shop.example',
    'mailto:a@b.example',
    'tel:+4930123',
    '/sale',
    '/',
    '#top',
    '?page=2',
  ])('takes web, mail and telephone addresses and paths of the site: %s', (url) =>
    expect(SAFE_URL.test(url)).toBe(true),
  );

  test.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'blob:https://shop.example/1',
    'file:///etc/passwd',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '\\\\elsewhere.example',
    '/\t/elsewhere.example',
    '/\n/elsewhere.example',
    'https:elsewhere.example',
    'https://shop.example/\u0000',
    'sale',
    '',
  ])('refuses everything else: %j', (url) => expect(SAFE_URL.test(url)).toBe(false));
});

describe('SAFE_ATTRIBUTE', () => {
  test.each(['title', 'alt', 'lang', 'dir', 'class', 'role', 'aria-label', 'data-tone', 'data-a1'])(
    'takes %s',
    (name) => expect(SAFE_ATTRIBUTE.test(name)).toBe(true),
  );

  test.each([
    'onclick',
    'ONCLICK',
    'style',
    'srcdoc',
    'src',
    'href',
    'xlink:href',
    'formaction',
    'id',
    'data-hyperedge',
    'data-hyperedge-part',
    'data-',
    'aria-x onclick',
    'title\n',
    'constructor',
    '__proto__',
  ])('refuses %j', (name) => expect(SAFE_ATTRIBUTE.test(name)).toBe(false));
});

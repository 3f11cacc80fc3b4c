import { describe, expect, test } from 'vitest';
import { computedMs } from '../testing/computed.ts';
import { isMarkupAttribute, MARKUP_ATTRIBUTES, MARKUP_TAGS, markupProblem, SAFE_SRCSET } from './html.ts';

const isAddress = (value: string) => /^(https?:\/\/|\/(?!\/)|[#?])[^\\\s]*$/i.test(value);
const problem = (html: string) => markupProblem(html, isAddress);

describe('markupProblem', () => {
  test.each([
    'Two for <b>one</b>',
    '<p class="lead md:w-1/2" data-tone=\'x\' aria-label="a">5 > 3 &amp; 2 &lt; 3</p><br/><hr />',
    '<a href="/sale?a=1&amp;b=2&c=3">go</a><A HREF="https://shop.example/">x</A>',
    '<img src="/a.png" srcset="/a.png 1x, /b.png 2x" alt="" width="3" loading="lazy">',
    '<table><tr><td colspan="2">x</td></tr></table>',
    '',
  ])('takes %s', (html) => expect(problem(html)).toBeUndefined());

  test.each([
    ['<script>x</script>', '<script>'],
    ['<ScRiPt src=//x>', 'whole tags'],
    ['<svg><b>x</b></svg>', '<svg>'],
    ['<img src="/a" onerror="x()">', 'onerror="x()" in <img>'],
    ['<b ONCLICK="x()">', 'onclick'],
    ['<a href="javascript:x()">', 'href="javascript:x()"'],
    ['<a href="&#106;avascript:x()">', 'href'],
    ['<a href="/&sol;evil.example">', 'href'],
    ['<a href="/&Tab;/evil.example">', 'href'],
    ['<a href="/&#47evil.example">', 'href'],
    ['<b href="/x">', 'href'],
    ['<p style="color:red">', 'style'],
    ['<p id="x">', 'id'],
    ['<p data-hyperedge="x">', 'data-hyperedge'],
    ['<img srcset="javascript:x 1x">', 'srcset'],
    ['<img srcset="/a 1x, //evil.example/b 2x">', 'srcset'],
    ['<b title=x>', 'whole tags'],
    ['<b title="a"b>', 'whole tags'],
    ['<b title="<">', 'whole tags'],
    ['<!-- x -->', 'whole tags'],
    ['<![CDATA[x]]>', 'whole tags'],
    ['a < b', 'whole tags'],
    ['<b', 'whole tags'],
    ['</b title="x">', 'attributes in </b>'],
    ['<x-evil>', 'whole tags'],
    ['<form><b>', '<form>'],
    ['<constructor>', '<constructor>'],
  ])('refuses %s and says what', (html, words) => expect(problem(html)).toContain(words));

  test('is linear in what it reads: 8,000 characters of half a tag take no time', () => {
    for (const unit of ['<a ', '<a b', '<a b="', '<a b = ', '<b>', ' ', '<a\t\t']) {
      expect(computedMs(() => problem(`<b ${unit.repeat(8_000 / unit.length)}`))).toBeLessThan(200);
    }
  });
});

test('every listed attribute is one that some element may have, and no prototype has a say', () => {
  const values: Record<string, string> = { href: '/x', src: '/x', srcset: '/x' };
  for (const name of MARKUP_ATTRIBUTES)
    expect(
      MARKUP_TAGS.some((tag) => isMarkupAttribute(tag, name, values[name] ?? '1', isAddress)),
      name,
    ).toBe(true);
  expect(isMarkupAttribute('constructor', 'name', 'x', isAddress)).toBe(false);
  expect(isMarkupAttribute('toString', 'href', '/x', isAddress)).toBe(false);
});

test.each([
  ['/a.png', true],
  ['/a.png 1x, https://cdn.example/b.png 2.5x', true],
  ['/a 640w,/b 1280w', true],
  ['', false],
  ['data:image/png;base64,x 1x', false],
  ['/a 1x, data:x 2x', false],
  ['//evil.example/a 1x', false],
  ['/a\t1x', false],
])('an image set of safe addresses only: %j is %s', (value, isSafe) => expect(SAFE_SRCSET.test(value)).toBe(isSafe));

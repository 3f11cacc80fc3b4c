import { describe, expect, it } from 'vitest';
import { Ahead, MAX_OPEN_ELEMENTS, MAX_OWN_BYTES, MAX_TAG_BYTES } from './ahead.ts';

const decoder = new TextDecoder('latin1');

/** A page in pieces of one size, as it goes on; what the rewriter must not see stands behind `¦`. */
function passed(html: string, size = html.length): string {
  const ahead = new Ahead();
  const bytes = new TextEncoder().encode(html);
  let text = '';
  const put = (pieces: readonly Uint8Array[]) => {
    for (const piece of pieces) text += decoder.decode(piece);
  };
  for (let at = 0; at < bytes.length; at += size) {
    const { pieces, rest } = ahead.read(bytes.subarray(at, at + size));
    put(pieces);
    if (rest) return `${text}¦${decoder.decode(rest)}`;
  }
  put(ahead.end());
  return text;
}
const MARK = ' data-hyperedge-open';
const own = (html: string): string => html.replaceAll('*', '');

describe('an element whose end is no plain one is marked, in pieces of any size', () => {
  it.each([
    '<h1* data-hyperedge=a>own</h2><p>after',
    '<h1* data-hyperedge=a>own<h2>after</h2>',
    '<a* data-hyperedge=a href=/x>own<a href=/y>two</a><p>after</p>',
    '<button* data-hyperedge=a>own<button>two</button></button>',
    '<ul><li><span* data-hyperedge=a>own<li>two</ul><p>after</p>',
    '<table><tr><td><b* data-hyperedge=a>own<td>two</table>',
    '<p><span* data-hyperedge=a>own<p>next</p>',
    '<div data-hyperedge=a>one<h2* data-hyperedge-part=b>own</h3><p>after</p></div>',
    `<div* data-hyperedge=a>${'x'.repeat(MAX_OWN_BYTES)}</div>`,
    '<h1 data-hyperedge=a>own</h1><p>after</p>',
    '<H1 data-hyperedge=a>own <B>bold</B></H1 >after',
    '<p data-hyperedge=a>own<p>next',
    '<div><span data-hyperedge=a>own</div>next',
    '<div data-hyperedge=a><ul><li>1<li>2</ul><table><tr><td>a<td>b</table></div>',
    '<div data-hyperedge=a><!-- <li></h2> --><script>"<li></h2>"</script><i title="<li>" lang=<li>x</i></div>',
    '<div data-hyperedge=a><svg><title>t</title><path d="m"/></svg><br><img src=x></div>',
    '<title><h1 data-hyperedge=a></title></h2>',
    '<!--><h1* data-hyperedge=a>x</h2><!-- --!><!doctype html></><? x ><',
  ])('%s', (html) => {
    const expected = html.replaceAll('*', MARK);
    for (const size of [undefined, 1, 2, 3, 7, 4_096]) expect(passed(own(html), size), `${size}`).toBe(expected);
  });
});

it('nothing is kept back for long: what is not there by then is let go, a tag that is not whole stays', () => {
  const ahead = new Ahead();
  const { pieces } = ahead.read(new TextEncoder().encode('<p>x</p><h1 data-hyperedge=a>own<b'));
  expect([pieces.map((piece) => decoder.decode(piece)).join(''), ahead.waits]).toEqual(['<p>x</p>', true]);
  const late = ahead.letGo().map((piece) => decoder.decode(piece));
  expect([late.join(''), ahead.waits]).toEqual([`<h1${MARK} data-hyperedge=a>own`, false]);
  expect(ahead.end().map((piece) => decoder.decode(piece))).toEqual(['<b']);
});

describe('what is more than the rewriter can hold goes by', () => {
  it('elements that nothing ends, from the first too many on', () => {
    const all = `<ul>${'<li>x'.repeat(MAX_OPEN_ELEMENTS)}`;
    expect(passed(`${all}</ul>`)).toBe(`${all.slice(0, -5)}¦<li>x</ul>`);
    expect(passed(all.repeat(2), 1_000)).toMatch(/^<ul>(<li>x)+¦<li>x/);
    const ended = `<ul>${'<li>x</li>'.repeat(3 * MAX_OPEN_ELEMENTS)}</ul>`;
    expect(passed(ended, 1_000)).toBe(ended);
  });

  it('a tag that is too long', () => {
    const page = `<p>x<img src="${'A'.repeat(MAX_TAG_BYTES)}">y`;
    for (const size of [undefined, 65_536]) expect(passed(page, size)).toMatch(/^<p>x¦<img src="A+/);
  });
});

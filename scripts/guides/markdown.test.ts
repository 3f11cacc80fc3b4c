import { expect, test } from 'vitest';
import { markdownHtml } from './markdown.ts';

test('code shows what it holds, and nothing in it is markup', () => {
  expect(markdownHtml('Use `<b>**x**` **here**')).toContain(
    '<p>Use <code>&lt;b&gt;**x**</code> <strong>here</strong></p>',
  );
  expect(markdownHtml('```html\n<p>\n\n# no heading\n```')).toContain('&lt;p&gt;\n\n# no heading');
  expect(markdownHtml('<script>alert(1)</script>')).not.toContain('<script');
});

test('links lead to pages that are served; files that are not stay text', () => {
  expect(markdownHtml('[a](campaigns.md#content)')).toContain('href="/docs/guides/campaigns#content"');
  expect(markdownHtml('[a](../reference/api.md)')).toContain('href="/docs/reference/api"');
  expect(markdownHtml('[a](../adr/0029-what-leaves-no-mark-is-not-stored.md)')).toContain(
    'href="/docs/adr/0029-what-leaves-no-mark-is-not-stored"',
  );
  expect(markdownHtml('[a](score-phone.png)', 'guides/page')).toContain('href="/docs/guides/page/score-phone.png"');
  expect(markdownHtml('[a](../architecture.md)')).toContain('<p>a</p>');
  expect(markdownHtml('[a](../../README.md)')).toContain('<p>a</p>');
  expect(markdownHtml('[a](javascript:alert)')).toContain('<p>a</p>');
  expect(markdownHtml('[a](policies/index.md)')).toContain('href="/docs/guides/policies/"');
  expect(markdownHtml('[a](../campaigns.md#x)', 'guides/policies')).toContain('href="/docs/guides/campaigns#x"');
  expect(markdownHtml('[a](../../reference/api.md)', 'guides/policies')).toContain('href="/docs/reference/api"');
  expect(markdownHtml('[a](../../../README.md)', 'guides/policies')).toContain('<p>a</p>');
});

test('a drawing becomes part of its page: in the page’s colours, with its words, and without a style of its own', () => {
  const svg = '<svg xmlns="x" color="#14172b">\n<style>svg{}</style>\n<title>t</title>\n<text>A</text>\n</svg>\n';
  const html = markdownHtml('![Who "sees" it](a.svg)', 'guides/policies', new Map([['a.svg', svg]]));
  expect(html).toContain('<svg role="img" aria-label="Who &quot;sees&quot; it" class="drawing" xmlns="x">');
  expect(html).toContain('<text>A</text>');
  expect(html).not.toMatch(/<style|<title|#14172b|<img/);
  expect(markdownHtml('![Words](other.svg)')).toContain('<img src="other.svg" alt="Words">');
});

test('headings carry the id they are linked by; tables keep strokes that are escaped', () => {
  expect(markdownHtml('## Make it, use it')).toContain('<h2 id="make-it-use-it">');
  expect(markdownHtml('| a | b |\n|---|---|\n| `x \\| y` | z |')).toContain('<code>x | y</code>');
});

test('a cell knows its column, for phones on which it stands below it; an empty one is marked', () => {
  const html = markdownHtml('| `a` | [the](b.md) **"b"** |\n|---|---|\n| x | y |\n| z | |');
  expect(html).toContain('<td role="cell" data-label="a">x</td><td role="cell" data-label="the &quot;b&quot;">y</td>');
  expect(html).toContain('<td role="cell" data-label="the &quot;b&quot;" class="empty"></td>');
});

test('what scrolls by itself can be reached by keyboard: code and tables', () => {
  expect(markdownHtml('```sh\nls\n```')).toBe('<pre tabindex="0"><code>ls</code></pre>\n');
  expect(markdownHtml('| a |\n|---|\n| b |')).toContain('<div class="wide" tabindex="0"><table');
});

import { expect, test } from 'vitest';
import { markdownHtml } from './guides.ts';

test('code shows what it holds, and nothing in it is markup', () => {
  expect(markdownHtml('Use `<b>**x**` **here**')).toBe('<p>Use <code>&lt;b&gt;**x**</code> <b>here</b></p>');
  expect(markdownHtml('```html\n<p>\n\n# no heading\n```').trim()).toBe(
    '<pre><code>&lt;p&gt;\n\n# no heading</code></pre>',
  );
});

test('links lead to pages that are served; files that are not stay text', () => {
  expect(markdownHtml('[a](campaigns.md#content)')).toContain('href="campaigns.html#content"');
  expect(markdownHtml('[a](../reference/api.md)')).toContain('href="../reference/api.html"');
  expect(markdownHtml('[a](../../README.md)')).toBe('<p>a</p>');
  expect(markdownHtml('[a](javascript:alert)')).toBe('<p>a</p>');
});

test('headings carry the id they are linked by; tables keep strokes that are escaped', () => {
  expect(markdownHtml('## Make it, use it')).toContain('<h2 id="make-it-use-it">');
  expect(markdownHtml('| a | b |\n|---|---|\n| `x \\| y` | z |')).toContain('<td><code>x | y</code></td><td>z</td>');
});

import { expect, test } from 'vitest';
import { box, percent, picture, text } from './svg.ts';

test.each([
  [0, '0 %'],
  [0.001, '<1 %'],
  [0.005, '1 %'],
  [0.954, '95 %'],
  [0.999, '>99 %'],
  [1, '100 %'],
])('a share of %f is told as %s: 0 and 100 %% are said of nothing else', (share, words) => {
  expect(percent(share)).toBe(words);
});

test('words are no markup, and a share above nothing is seen', () => {
  expect(text(0, 0, 'a < b & "c"')).toContain('>a &lt; b &amp; &quot;c&quot;</text>');
  expect(box(0, 0, 0.01, 5, 'red')).toContain('width="1"');
});

test('a picture says what it shows and takes its ink from the page', () => {
  const svg = picture(100, 'Who sees it', [text(0, 0, 'A')]);
  expect(svg).toContain('<title>Who sees it</title>');
  expect(svg).toContain('fill="currentColor"');
  expect(svg).not.toMatch(/fill="(black|#000)/);
});

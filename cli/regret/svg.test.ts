import { describe, expect, test } from 'vitest';
import { regretOf } from './bandit.ts';
import { regretSvg } from './svg.ts';

const captions = { title: 'A world', lost: 'clicks', unit: 'days' };
const named = (name: string, end: number) => regretOf(name, [[end / 2, end]]);

/** The right edge of every text at the left, at a generous width per character. */
function rightEdges(svg: string): number[] {
  const texts = [...svg.matchAll(/<text x="([\d.]+)"([^>]*)>([^<]*)</g)];
  return texts.map(([, x, attributes, text]) =>
    attributes!.includes('text-anchor="end"') ? Number(x) : Number(x) + text!.length * 14 * 0.55,
  );
}

describe('regretSvg', () => {
  test('draws curves to one scale, with a title and names of both axes', () => {
    const svg = regretSvg([named('low', 20), named('high', 100)], 2_000, captions);
    expect(svg).toMatch(/points="[\d.]+,292.0 [\d.]+,269.0 452.0,246.0"/);
    expect(svg).toMatch(/points="[\d.]+,292.0 [\d.]+,177.0 452.0,62.0"/);
    expect(svg).toContain('>A world</text>');
    expect(svg).toContain('>clicks lost against always choosing the best arm</text>');
    expect(svg).toContain('>2,000 days</text>');
    expect(svg).not.toContain('NaN');
  });

  test('names curves below the plot, the one that lost most first, each with its mean, none over another', () => {
    const svg = regretSvg([named('low', 20), named('lower', 20), named('high', 100)], 7, captions);
    const rows = [...svg.matchAll(/<text x="40" y="(\d+)"[^>]*>(\w+)<.text><text x="460"[^>]*>(\d+)</g)];
    expect(rows.map(([, , ...row]) => row)).toEqual([
      ['high', '100'],
      ['low', '20'],
      ['lower', '20'],
    ]);
    const [first, second, third] = rows.map(([, y]) => Number(y));
    expect([second! - first!, third! - second!]).toEqual([24, 24]);
    expect(third!).toBeLessThan(Number(/viewBox="0 0 460 (\d+)"/.exec(svg)![1]));
  });

  test('nothing leaves the picture, however long names and however large numbers are', () => {
    const long = 'a contender with a very long name that says all of what is different about it';
    const svg = regretSvg([named(long, 123_456), named('short', 1)], 20_000, { ...captions, title: long });
    expect(Math.max(...rightEdges(svg))).toBeLessThanOrEqual(460);
    expect(svg).toContain('…');
  });

  test('more contenders than colours are told apart by dashes; names from files are text', () => {
    const svg = regretSvg(
      Array.from({ length: 12 }, (_, i) => named(i === 0 ? '<b>&' : `n${i}`, i + 1)),
      7,
      captions,
    );
    const pens = [...svg.matchAll(/<polyline [^>]*? (stroke="[^"]+"(?: stroke-dasharray="[^"]+")?)/g)];
    expect(new Set(pens.map(([, pen]) => pen)).size).toBe(12);
    expect(svg).toContain('&lt;b>&amp;');
  });

  test('curves that lost nothing lie on the ground', () => {
    expect(regretSvg([named('none', 0)], 7, captions)).toMatch(/points="[\d.]+,292.0 [\d.]+,292.0 452.0,292.0"/);
  });
});

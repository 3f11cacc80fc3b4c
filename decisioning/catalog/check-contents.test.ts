import { describe, expect, test } from 'vitest';
import { armOf, configurationOf, learnerOf, problemsOf } from '../testing/configuration.ts';
import type { Configuration, Content } from './configuration.ts';

const html = { html: '<b>x</b>' };
const armWith = (content: Content) => ({ ...armOf('a'), content });
const hero = { id: 'hero', name: 'Hero', channel: 'web' };

/** Problems of a configuration, as path → detail. */
function found(extra: Partial<Configuration>): Record<string, string> {
  const problems = problemsOf(configurationOf([learnerOf('spring')], extra));
  return Object.fromEntries(problems.map(({ path, detail }) => [path, detail]));
}

describe('markup', () => {
  test('is refused at its field unless every placement of the campaign allows it', () => {
    const campaign = learnerOf('spring', {
      placements: ['hero', 'side'],
      arms: [armOf('b'), armWith(html), { ...armWith({ parts: { action: html } }), id: 'c' }],
    });
    const side = { ...hero, id: 'side' };
    const allowed = (...placements: (typeof hero)[]) => found({ campaigns: [campaign], placements });
    expect(allowed(hero, side)).toEqual({
      '/campaigns/spring/arms/1/content/html': 'needs "html: true" of the placement "hero"',
      '/campaigns/spring/arms/2/content/parts/action/html': 'needs "html: true" of the placement "hero"',
    });
    const open = { ...hero, html: true };
    expect(Object.values(allowed(open, side))).toEqual(Array(2).fill('needs "html: true" of the placement "side"'));
    expect(allowed(open, { ...side, html: true } as typeof hero)).toEqual({});
  });

  test('of parameters is told at the value that brings it, or at the content of the campaign', () => {
    const value = (id: string, content?: Content) => ({ id, content, costMinor: 0 });
    const of = (values: ReturnType<typeof value>[]) =>
      found({
        campaigns: [
          learnerOf('spring', {
            arms: [armWith(html)],
            parameters: [{ id: 'tone', kind: 'content', values }],
          }),
        ],
      });
    expect(Object.keys(of([value('a', { text: 'x' }), value('b', html)]))).toContain(
      '/campaigns/spring/parameters/0/values/1/content/html',
    );
    expect(Object.keys(of([value('a')]))).toContain('/campaigns/spring/content/html');
  });
});

test('default content has markup only where the placement allows it, and sends nobody away', () => {
  const placement = { ...hero, defaultContent: { ...html, redirect: '/b' } };
  expect(found({ placements: [placement] })).toEqual({
    '/placements/hero/defaultContent/html': 'needs "html: true" of the placement',
    '/placements/hero/defaultContent/redirect': 'must not stand in default content: everybody would be sent away',
  });
  expect(found({ placements: [{ ...hero, html: true, defaultContent: html }] })).toEqual({});
});

import { describe, expect, test } from 'vitest';
import { content } from './content.ts';

const paths = (value: unknown) => content.safeParse(value).error?.issues.map(({ path }) => path.join('/'));

test('takes every kind of content at once, in the placement and its parts', () => {
  const part = {
    text: 'One',
    html: '<b>One</b>',
    href: '/sale',
    src: '/a.webp',
    srcset: '/a.webp 640w, /b.webp 1280w',
    classes: { add: ['is-new', 'md:w-1/2'], remove: ['hidden'] },
  };
  const whole = { ...part, parts: { action: part }, move: { to: '#main > h1', place: 'before' }, redirect: '/b?c=d#e' };
  expect(content.parse(whole)).toEqual(whole);
});

describe('refuses, and names the field', () => {
  test.each([
    ['html', { html: '<img src="/a" onerror="x()">' }],
    ['html', { html: 'x'.repeat(8_001) }],
    ['parts/a/html', { parts: { a: { html: '<a href="javascript:x()">x</a>' } } }],
    ['srcset', { srcset: 'javascript:x 1x' }],
    ['classes/add/0', { classes: { add: ['two words'] } }],
    ['classes/remove', { classes: { remove: Array(21).fill('a') } }],
    ['classes', { classes: { toggle: ['a'] } }],
    ['move/to', { move: { to: 'a'.repeat(201), place: 'before' } }],
    ['move/to', { move: { to: 'a{b}', place: 'before' } }],
    ['move/place', { move: { to: 'a', place: 'inside' } }],
    ['redirect', { redirect: 'javascript:x()' }],
    ['redirect', { redirect: '//evil.example/' }],
    ['redirect', { redirect: 'mailto:a@b.example' }],
    ['redirect', { redirect: '#top' }],
    ['parts/a', { parts: { a: { redirect: '/b' } } }],
    ['attributes/onclick', { attributes: { onclick: 'x()' } }],
  ])('%s in %j', (path, value) => expect(paths(value)?.[0]).toBe(path));
});

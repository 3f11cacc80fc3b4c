import { describe, expect, it } from 'vitest';
import { siteOf } from './sites.ts';

const HOST = 'shop.example';
const key = 'pk_x';
const siteFrom = (told: unknown) => siteOf({ EDGE_SITES: { [HOST]: told } }, HOST);

describe('a site that is filled', () => {
  it('has what is left out filled in', () => {
    expect(siteFrom({ key })).toEqual({ key, paths: ['*'], waitMs: 100, cache: false });
    const consentCookie = { name: 'consent', granted: ['yes'] };
    expect(siteFrom({ key, consentCookie })?.consentCookie).toEqual({
      ...consentCookie,
      denied: [],
      without: { analytics: [], ads: [] },
    });
    const without = { ads: ['no-ads*'] };
    expect(siteFrom({ key, consentCookie: { ...consentCookie, denied: ['no'], without } })?.consentCookie).toEqual({
      ...consentCookie,
      denied: ['no'],
      without: { analytics: [], ads: ['no-ads*'] },
    });
  });

  it('keeps all that is told', () => {
    const told = { key, origin: 'https://origin.shop.example', paths: ['/a*', '/b'], waitMs: 250, cache: true };
    expect(siteFrom(told)).toEqual(told);
    expect(siteOf({ EDGE_SITES: JSON.stringify({ [HOST]: told }) }, HOST)).toEqual(told);
  });

  it.each([
    ['no key', {}],
    ['a secret key', { key: 'sk_x' }],
    ['a field that nobody knows', { key, wait: 5 }],
    ['an address in the place of an origin', { key, origin: 'https://origin.shop.example/' }],
    ['no address at all', { key, origin: 'origin' }],
    ['no path', { key, paths: [] }],
    ['an empty path', { key, paths: [''] }],
    ['a wait that readers notice', { key, waitMs: 251 }],
    ['half a millisecond', { key, waitMs: 0.5 }],
    ['a word for yes', { key, cache: 'yes' }],
    ['a cookie that no browser takes', { key, consentCookie: { name: 'a b', granted: ['yes'] } }],
    ['a cookie that says nothing', { key, consentCookie: { name: 'a', granted: [] } }],
    ['another refusal', { key, consentCookie: { name: 'a', granted: ['yes'], without: { functional: ['x'] } } }],
    ['a text', 'pk_x'],
    ['nothing', null],
  ])('is none with %s', (_what, told) => {
    expect(siteFrom(told)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import type { Auth } from '../http/auth.ts';
import { cookieFor } from './cookie.ts';

const PAGE = 'https://shop.example';
const auth = {
  keyType: 'publishable',
  site: { kind: 'web', origins: [PAGE], cookie: { maxAgeDays: 400 } },
} as unknown as Auth;
const asked = (url: string, origin = PAGE) => ({ url, headers: new Headers({ origin }) });

describe('the cookie of a request', () => {
  it('is that of its site, on the page’s own host', () => {
    expect(cookieFor(auth, asked(`${PAGE}/v1/optimize`))).toMatchObject({ name: '__Host-hyperedge' });
  });

  it('is what it is for each address, origin and site, whatever was asked before', () => {
    const [other, api] = ['https://other.example', `${PAGE}/v1/optimize`];
    const of = (cookie: object) =>
      ({ ...auth, site: { kind: 'web', origins: [PAGE, other], cookie } }) as unknown as Auth;
    const [one, wide] = [of({ maxAgeDays: 400 }), of({ maxAgeDays: 7, domain: 'example' })];
    const nameOf = (by: Auth, url: string, origin = PAGE) => cookieFor(by, asked(url, origin))?.name;
    for (let again = 0; again < 2; again += 1) {
      expect(nameOf(one, api)).toBe('__Host-hyperedge');
      expect(nameOf(one, api, other)).toBeUndefined();
      expect(nameOf(one, `${other}/v1/optimize`)).toBeUndefined();
      expect(nameOf(one, api.replace('https', 'http'))).toBe('hyperedge');
      expect(nameOf(wide, api)).toBe('hyperedge');
      expect(nameOf(one, api)).toBe('__Host-hyperedge');
      expect(nameOf(wide, api, other)).toBe('hyperedge');
      expect(nameOf(auth, api, other)).toBeUndefined();
    }
  });

  it('is none where a runtime hands on a host that no address can have', () => {
    expect(cookieFor(auth, asked('https://[/v1/optimize'))).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import type { Auth } from '../http/auth.ts';
import { cookieFor } from './cookie.ts';

const PAGE = 'https://shop.example';
const auth = {
  keyType: 'publishable',
  site: { kind: 'web', origins: [PAGE], cookie: { maxAgeDays: 400 } },
} as unknown as Auth;
const asked = (url: string) => ({ url, headers: new Headers({ origin: PAGE }) });

describe('the cookie of a request', () => {
  it('is that of its site, on the page’s own host', () => {
    expect(cookieFor(auth, asked(`${PAGE}/v1/optimize`))).toMatchObject({ name: '__Host-hyperedge' });
  });

  it('is none where a runtime hands on a host that no address can have', () => {
    expect(cookieFor(auth, asked('https://[/v1/optimize'))).toBeUndefined();
  });
});

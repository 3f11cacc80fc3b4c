import { describe, expect, it } from 'vitest';
import type { SiteFacts } from '../http/auth.ts';
import { checkOrigin, checkSecretKeyOrigin } from './sites.ts';

const web: SiteFacts = { kind: 'web', origins: ['https://shop.example', 'http://localhost:8787'], consent: 'required' };

describe('origin of a request with a publishable key', () => {
  it('must be exactly one of a web site', () => {
    expect(checkOrigin(web, 'https://shop.example').ok).toBe(true);
    const others = [
      'https://shop.example.evil.test',
      'https://www.shop.example',
      'http://shop.example',
      'https://shop.example:8443',
      'https://shop.example/',
      'HTTPS://SHOP.EXAMPLE',
      'null',
      '',
      undefined,
    ];
    for (const origin of others) expect(checkOrigin(web, origin).ok, String(origin)).toBe(false);
  });

  it('is not looked at for apps and servers, and refused while the site has no configuration', () => {
    expect(checkOrigin({ kind: 'app', origins: [], consent: 'required' }, undefined).ok).toBe(true);
    expect(checkOrigin({ kind: 'app', origins: [], consent: 'required' }, 'https://any.example').ok).toBe(true);
    expect(checkOrigin(undefined, 'https://shop.example').ok).toBe(false);
  });
});

describe('a secret key with an Origin header', () => {
  it('is refused from any page but our own', () => {
    expect(checkSecretKeyOrigin(undefined, 'https://api.example/v1/push').ok).toBe(true);
    expect(checkSecretKeyOrigin('https://api.example', 'https://api.example/v1/push').ok).toBe(true);
    expect(checkSecretKeyOrigin('https://shop.example', 'https://api.example/v1/push').ok).toBe(false);
  });
});

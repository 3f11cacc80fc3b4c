import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { Call } from './call.ts';

const callOf = (address: string): Call =>
  new Call(new Request(`https://api.example${address}`), env, createExecutionContext());

describe('the query of a call', () => {
  it.each([
    ['/v1/x', {}],
    ['/v1/x?', {}],
    ['/v1/x?a=1&b=2#c=3', { a: '1', b: '2' }],
    ['/v1/x?a=1&a=2', { a: '1' }],
    ['/v1/x?a&b=', { a: '', b: '' }],
    ['/v1/x?=1&&a=b=c', { a: 'b=c' }],
    ['/v1/x?%61=b+c%2B', { a: 'b c+' }],
    ['/v1/x?a=%zz', { a: '%zz' }],
  ])('of %s is %j', (address, query) => expect({ ...callOf(address).query() }).toEqual(query));

  it('may name what every object has', () => {
    const query = callOf('/v1/x?__proto__=1&constructor=2').query();
    expect(Object.entries(query)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});

describe('an answer', () => {
  it('has the headers that all have; its own go before them', () => {
    const c = callOf('/v1/x');
    for (const answer of [c.json({}), c.json({}, 201), c.body(null, 204), c.json({}, 200, { etag: '"1"' })]) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
      expect(answer.headers.get('vary')).toBe('Origin');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect(c.json({}, 200, { 'cache-control': 'public' }).headers.get('cache-control')).toBe('public');
  });

  it('shares no header with another', () => {
    const c = callOf('/v1/x');
    c.json({}).headers.set('set-cookie', 'a=b');
    c.body(null, 204).headers.set('set-cookie', 'a=b');
    expect([c.json({}), c.body(null, 204)].map(({ headers }) => headers.get('set-cookie'))).toEqual([null, null]);
    // What is told of where the time went is another's with the next answer.
    const before = c.json({});
    c.timing.add('later', 1);
    c.json({});
    expect([before, c.json({}, 201)].map(({ headers }) => headers.get('server-timing')?.includes('later'))).toEqual([
      false,
      undefined,
    ]);
  });
});

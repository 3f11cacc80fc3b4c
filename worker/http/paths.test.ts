import { describe, expect, it } from 'vitest';
import { Paths, pathOf } from './paths.ts';

const paths = new Paths<string>();
paths.add('POST', '/v1/optimize', 'optimize');
paths.add('GET', '/v1/things/{id}', 'read');
paths.add('PUT', '/v1/things/{id}', 'write');
paths.add('GET', '/v1/things/{id}/files/{name}', 'file');

describe('pathOf', () => {
  it.each([
    ['https://api.example/v1/optimize', '/v1/optimize'],
    ['http://127.0.0.1:8787/v1/optimize?a=/b#c', '/v1/optimize'],
    ['https://api.example/v1/optimize#a?b', '/v1/optimize'],
    ['https://api.example/v1/%6fptimize?', '/v1/%6fptimize'],
    ['https://api.example/', '/'],
    ['https://api.example', '/'],
    ['https://api.example?a=/v1/optimize', '/'],
    ['https://api.example#/v1/optimize', '/'],
    ['https://api.example\\v1/optimize', '/v1/optimize'],
  ])('of %s is %s', (url, path) => {
    expect(pathOf(url)).toBe(path);
    expect(pathOf(url)).toBe(new URL(url).pathname);
  });
});

describe('a path', () => {
  it.each([
    ['POST', '/v1/optimize', 'optimize', {}],
    ['POST', '/v1/%6fptimize', 'optimize', {}],
    ['POST', '/%76%31/optimize', 'optimize', {}],
    ['GET', '/v1/things/a', 'read', { id: 'a' }],
    ['PUT', '/v1/things/a', 'write', { id: 'a' }],
    ['GET', '/v1/things/a%2Fb', 'read', { id: 'a/b' }],
    ['GET', '/v1/things/%2541', 'read', { id: '%41' }],
    ['GET', '/v1/things/%C3%A4', 'read', { id: 'ä' }],
    ['GET', '/v1/things/100%', 'read', { id: '100%' }],
    ['GET', '/v1/things/%C3%A4%C3', 'read', { id: '%C3%A4%C3' }],
    ['GET', '/v1/things/*', 'read', { id: '*' }],
    ['GET', '/v1/things/:id', 'read', { id: ':id' }],
    ['GET', '/v1/things/a/files/b%20c', 'file', { id: 'a', name: 'b c' }],
    ['GET', '/v1/things/__proto__', 'read', { id: '__proto__' }],
  ])('%s %s is found, its parameters without escapes', (method, path, value, params) => {
    expect(paths.find(method, path)).toEqual({ value, params });
  });

  it.each([
    ['GET', '/v1/optimize'],
    ['POST', '/v1/optimize/'],
    ['POST', '//v1/optimize'],
    ['POST', '/v1%2Foptimize'],
    ['POST', '/V1/optimize'],
    ['GET', '/v1/things/'],
    ['GET', '/v1/things'],
    ['GET', '/v1/things//files/a'],
    ['GET', '/v1/things/{id}/files'],
  ])('%s %s is not', (method, path) => expect(paths.find(method, path)).toBeUndefined());

  it('tells what it takes', () => {
    expect(paths.methodsOf('/v1/things/a')).toEqual(['GET', 'PUT']);
    expect(paths.methodsOf('/v1/%6fptimize')).toEqual(['POST']);
    expect(paths.methodsOf('/v1/nothing')).toEqual([]);
    expect(['/v1/optimize', '/v1/things/a', '/v1/things'].map((path) => paths.has(path))).toEqual([true, true, false]);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CheckedDocument } from '../documents/check.ts';
import { publishedBeside } from './published.ts';

const revision = (n: number, catalogHash: string | null) => ({
  revision: n,
  catalogHash,
  publishedAt: '2026-11-20T10:00:00.000Z',
  publishedBy: 'key',
  note: null,
  rolledBackTo: null,
  documents: 2,
});
const item = (kind: string, id: string, rest: object = {}) => ({
  kind,
  id,
  version: 1,
  document: { id, name: id, ...rest },
});

/** A server that answers by path, and remembers what it was asked with. */
async function serverOf(answers: Readonly<Record<string, object>>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`);
    const answer = answers[request.url!];
    const refusal = { type: 'about:blank', title: 'Not found', status: 404, detail: 'There is no such thing' };
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? refusal));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { asked, api: { site: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secretKey: 'sk_1' } };
}

const LIST = '/v1/revisions?limit=100';
const mine = (kind: 'placement' | 'goal', id: string) => ({ kind, id }) as CheckedDocument;

describe('documents that a server has published', () => {
  test('are those of the newest revision that is served, page by page, without those that files replace', async () => {
    const { api, asked } = await serverOf({
      [LIST]: { items: [revision(8, null), revision(7, 'hash')], next: null },
      '/v1/revisions/7?limit=100': {
        ...revision(7, 'hash'),
        items: [item('goal', 'order', { window: '7d' }), item('placement', 'hero')],
        next: 'a/b',
      },
      '/v1/revisions/7?limit=100&cursor=a%2Fb': {
        ...revision(7, 'hash'),
        items: [item('placement', 'side'), item('site', 'shop', { kind: 'web', origins: ['https://shop.example'] })],
        next: null,
      },
    });
    const { documents, revision: served } = await publishedBeside([mine('placement', 'hero')], api);
    expect(served).toBe(7);
    expect(documents.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['goal order', 'placement side', 'site shop']);
    expect(asked.every((line) => line.startsWith('Bearer sk_1 '))).toBe(true);
  });

  test('are none where nothing was published', async () => {
    const { api } = await serverOf({ [LIST]: { items: [], next: null } });
    expect(await publishedBeside([], api)).toEqual({ revision: null, documents: [] });
  });

  test('a refusal is told, and a document that the contract does not know is named', async () => {
    const refused = await serverOf({});
    await expect(publishedBeside([], refused.api)).rejects.toThrow('There is no such thing');
    const { api } = await serverOf({
      [LIST]: { items: [revision(7, 'hash')], next: null },
      '/v1/revisions/7?limit=100': {
        ...revision(7, 'hash'),
        items: [item('goal', 'order', { colour: 'red' })],
        next: null,
      },
    });
    await expect(publishedBeside([], api)).rejects.toThrow(
      'revision 7, goal "order":1:1: "colour" is not a known field',
    );
  });
});

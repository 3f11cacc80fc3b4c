import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { channel, goal } from '../../../contract/configuration/index.ts';
import { BUILT_IN_CHANNELS, BUILT_IN_GOALS } from '../../../decisioning/catalog/defaults.ts';
import { type AdminApi, adminApi } from '../../../tests/workerd/admin.ts';
import { createWorkspace } from '../../../tests/workerd/workspace.ts';
import { findBuiltIn } from '../../configuration/built-ins.ts';

let api: AdminApi;

interface Item {
  readonly version: number;
  readonly builtIn: boolean;
  readonly document: { readonly id: string; readonly name: string };
}

beforeEach(async () => {
  api = adminApi((await createWorkspace(env)).secretKey);
});

async function allChannels(limit: number): Promise<Item[]> {
  const items: Item[] = [];
  let next: string | null = null;
  // More pages than there are channels would be a circle.
  for (let pages = 0; pages < 20; pages += 1) {
    const page: { items: Item[]; next: string | null } = (
      await api.get(`/v1/channels?limit=${limit}${next ? `&cursor=${next}` : ''}`)
    ).body;
    items.push(...page.items);
    next = page.next;
    if (next === null) break;
  }
  return items;
}

describe('built-in channels and goals', () => {
  test('are written in the form that a PUT takes, and mean what the runtime does', () => {
    const read = (kind: 'channel' | 'goal', id: string) => JSON.parse(findBuiltIn(kind, id)!.body);
    expect(BUILT_IN_CHANNELS.map(({ id }) => channel.parse(read('channel', id)))).toEqual(BUILT_IN_CHANNELS);
    expect(BUILT_IN_GOALS.map(({ id }) => goal.parse(read('goal', id)))).toEqual(BUILT_IN_GOALS);
    expect(read('channel', 'email')).toMatchObject({ claimTtl: '1d', cap: { max: 3, per: '7d' } });
  });

  test.each([1, 3, 12, 100])(
    'stand in the list by id, each once, own ones and overrides among them: pages of %i',
    async (limit) => {
      await api.post('/v1/channels', { id: 'fax', name: 'Fax' });
      await api.put('/v1/channels/web', { id: 'web', name: 'My web' });
      const items = await allChannels(limit);
      const ids = [...BUILT_IN_CHANNELS.map(({ id }) => id), 'fax'].toSorted((a, b) => (a < b ? -1 : 1));
      expect(items.map(({ document }) => document.id)).toEqual(ids);
      const own = items.filter(({ builtIn }) => !builtIn).map(({ document, version }) => [document.name, version]);
      expect(own).toEqual([
        ['Fax', 1],
        ['My web', 1],
      ]);
    },
  );

  test('the goals of engagement are listed, other kinds have no such field', async () => {
    expect((await api.get('/v1/goals')).body.items).toMatchObject([
      { version: 0, builtIn: true, document: { id: 'click' } },
      { version: 0, builtIn: true, document: { id: 'dwell', unit: 'ms' } },
      { version: 0, builtIn: true, document: { id: 'view', unit: 'count' } },
    ]);
    expect((await api.get('/v1/sites')).body.items[0]).not.toHaveProperty('builtIn');
  });

  test('read with version 0, written over without If-Match, back when the override is deleted', async () => {
    const read = await api.get('/v1/channels/email');
    expect([read.status, read.headers.get('etag'), read.body.name]).toEqual([200, '"0"', 'E-mail']);
    expect((await api.get('/v1/channels/email', { 'if-none-match': '"0"' })).status).toBe(304);
    const override = { ...read.body, cap: { max: 1, per: '7d' } };
    expect((await api.put('/v1/channels/email', override)).status).toBe(201);
    expect((await api.get('/v1/channels/email')).headers.get('etag')).toBe('"1"');
    expect((await api.put('/v1/channels/email', override, { 'if-match': '"0"' })).status).toBe(412);
    expect((await api.delete('/v1/channels/email')).status).toBe(204);
    expect((await api.get('/v1/channels/email')).body).toEqual(read.body);
    expect((await api.delete('/v1/channels/email')).status).toBe(404);
  });
});

/** Alerts over HTTP: filters, pages, who has seen them. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { alertsResponse } from '../../contract/alerts.ts';
import type { Alert } from '../../durable-objects/publisher/protocol.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { type AdminApi, adminApi } from '../../tests/workerd/admin.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from '../../tests/workerd/workspace.ts';

const bindings = env as unknown as Env;
const AT_MS = Date.UTC(2026, 10, 22, 9);
let workspace: TestWorkspace;
let api: AdminApi;

const raised = (id: string, minutes: number, extra: Partial<Alert> = {}): Alert => ({
  id,
  kind: 'ledger_threshold',
  subject: 'pool:spring',
  raisedAtMs: AT_MS + minutes * 60_000,
  detail: { share: 0.5 },
  ...extra,
});
const budget = raised('budget pool:spring once 0.5 of 1000', 0);
const anomaly = raised('feedback spring 2026-11-22', 5, { kind: 'feedback_anomaly', subject: 'spring' });

async function raise(...alerts: Alert[]): Promise<void> {
  const stub = await publisherStub(bindings, workspace.workspaceId);
  for (const alert of alerts) await stub.raiseAlert(workspace.workspaceId, alert);
}

const idsOf = async (path: string): Promise<string[]> =>
  (await api.get(path)).body.items.map(({ id }: { id: string }) => id);

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = adminApi(workspace.secretKey);
});

describe('GET /v1/alerts', () => {
  it('is empty where nothing was raised', async () => {
    expect((await api.get('/v1/alerts')).body).toEqual({ items: [], next: null });
  });

  it('has the latest first, with figures, by kind, subject and time', async () => {
    await raise(budget, anomaly);
    const { body } = await api.get('/v1/alerts');
    expect(alertsResponse.safeParse(body).error).toBeUndefined();
    expect(body.items[1]).toEqual({
      id: budget.id,
      kind: 'ledger_threshold',
      subject: 'pool:spring',
      raisedAt: '2026-11-22T09:00:00.000Z',
      detail: { share: 0.5 },
      acknowledged: null,
    });
    expect(body.items[0].id).toBe(anomaly.id);
    expect(await idsOf('/v1/alerts?kind=feedback_anomaly')).toEqual([anomaly.id]);
    expect(await idsOf('/v1/alerts?subject=pool:spring')).toEqual([budget.id]);
    expect(await idsOf('/v1/alerts?since=2026-11-22T09:05:00Z')).toEqual([anomaly.id]);
    expect(await idsOf('/v1/alerts?since=2026-11-22T09:00:00.000Z')).toHaveLength(2);
    expect((await api.get('/v1/alerts?kind=budget')).status).toBe(422);
    expect((await api.get('/v1/alerts?since=yesterday')).body.errors[0].field).toBe('since');
  });

  it('comes in pages, alerts of one moment by id, each once', async () => {
    await raise(...['c', 'a', 'b', 'd'].map((id) => raised(id, 0)), anomaly);
    const ids: string[] = [];
    let next: string | null = null;
    for (let pages = 0; pages < 5; pages++) {
      const { body } = await api.get(`/v1/alerts?limit=2${next ? `&cursor=${next}` : ''}`);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      next = body.next;
      if (next === null) break;
    }
    expect(ids).toEqual([anomaly.id, 'a', 'b', 'c', 'd']);
    expect((await api.get('/v1/alerts?cursor=nonsense')).status).toBe(400);
  });

  it('raised again has new figures and its old moment', async () => {
    await raise(budget, anomaly, raised(budget.id, 10, { detail: { share: 0.6 } }));
    const { body } = await api.get('/v1/alerts?subject=pool:spring');
    expect(body.items).toMatchObject([{ raisedAt: '2026-11-22T09:00:00.000Z', detail: { share: 0.6 } }]);
  });
});

describe('a subject', () => {
  it('that is neither a ledger nor a campaign nor was ever told of is refused, with what may be meant', async () => {
    await publishDemo(bindings, workspace, [
      ...demoDocuments(),
      { kind: 'pool', id: 'tiny', name: 'Tiny', totalMinor: 10 },
    ]);
    await raise({ ...budget, subject: 'pool:tiny' }, { ...anomaly, subject: 'gone' });
    const refusalOf = async (subject: string) => {
      const { status, body } = await api.get(`/v1/alerts?subject=${subject}`);
      return [status, ...(body.errors ?? []).flatMap(({ field, detail }: Record<string, string>) => [field, detail])];
    };
    const none = 'is neither a published ledger (`pool:ID`) nor a campaign';
    expect(await refusalOf('tiny')).toEqual([422, 'subject', `${none}; did you mean "pool:tiny"?`]);
    expect(await refusalOf('pool:tyni')).toEqual([
      422,
      'subject',
      expect.stringContaining('did you mean "pool:tiny"?'),
    ]);
    expect(await idsOf('/v1/alerts?subject=pool:tiny')).toEqual([budget.id]);
    expect(await idsOf('/v1/alerts?subject=demo')).toEqual([]);
    // Its document was deleted; what was told of it stays.
    expect(await idsOf('/v1/alerts?subject=gone')).toEqual([anomaly.id]);
  });

  it('that is a pool is told with the currency of its figures', async () => {
    await publishDemo(bindings, workspace);
    await raise(budget, anomaly);
    const { items } = (await api.get('/v1/alerts')).body;
    expect(items.map(({ currency }: { currency?: string }) => currency)).toEqual([undefined, 'EUR']);
  });
});

describe('POST /v1/alerts/{id}/acknowledge', () => {
  const path = `/v1/alerts/${encodeURIComponent(budget.id)}/acknowledge`;

  it('keeps who was first, and when, and writes it into the audit once', async () => {
    await raise(budget, anomaly);
    const { status, body } = await api.post(path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: budget.id, acknowledged: { by: expect.stringMatching(/^key-/) } });
    const { acknowledged } = body;
    const { name } = await bindings.DB.prepare('SELECT name FROM keys WHERE id = ?')
      .bind(acknowledged.by)
      .first<{ name: string }>()
      .then((row) => row!);
    expect([name.length > 0, acknowledged.byName]).toEqual([true, name]);
    const listed = (await api.get('/v1/alerts?open=false')).body.items[0];
    expect(listed.acknowledged).toEqual(acknowledged);
    expect((await api.post(path)).body.acknowledged).toEqual(acknowledged);
    const { items } = (await api.get('/v1/audit')).body;
    expect(items).toMatchObject([{ action: 'acknowledge', kind: 'alert', subject: budget.id, actor: acknowledged.by }]);
    expect(await idsOf('/v1/alerts?open=true')).toEqual([anomaly.id]);
    expect(await idsOf('/v1/alerts?open=false')).toEqual([budget.id]);
  });

  it('survives that the alert is raised again', async () => {
    await raise(budget);
    await api.post(path);
    await raise(raised(budget.id, 10, { detail: { share: 0.7 } }));
    expect((await api.get('/v1/alerts')).body.items[0]).toMatchObject({
      detail: { share: 0.7 },
      acknowledged: { by: expect.any(String) },
    });
  });

  it('of none is 404, and leaves no trace', async () => {
    expect((await api.post(path)).status).toBe(404);
    expect((await api.get('/v1/audit')).body.items).toEqual([]);
  });
});

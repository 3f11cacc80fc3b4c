/** Worlds in which a handler has work to do: something could not be reached when it was due. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, vi } from 'vitest';
import {
  budgetStub,
  customerStubByName,
  publisherStub,
  rootStub,
  shardStub,
} from '../../../durable-objects/shared/stub.ts';
import { push } from '../../../worker/configuration/push.ts';
import { workOffInbox } from '../../../worker/jobs/inbox.ts';
import { reconcileAll } from '../../../worker/jobs/reconcile.ts';
import { apiOf, eventually } from '../api.ts';
import { standingOf } from '../money.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { faultyDatabase, faultyNamespace } from './faults.ts';
import { bindings, change, mend } from './parts.ts';
import { across, ring, type Trip } from './trip.ts';

/** Past every back-off and every lease's end. */
const LATER_MS = 30 * 60_000;

/** A world in which a handler has work to do, and what tells whether it is done. */
export interface Scene {
  run(trip: Trip): Promise<unknown>;
  /** The handler's object is taken out of memory, as after a crash. */
  evict(): Promise<void>;
  /** What must be the same after any number of runs. */
  digest(): Promise<unknown>;
}

const down = async (): Promise<never> => {
  throw Object.assign(new Error('boom'), { remote: true });
};
const breakNamespace = (name: string, methods?: readonly string[]): void =>
  change(name, faultyNamespace(bindings[name] as object, down, methods));

const documents = (text = 'A') => [
  { kind: 'placement', id: 'hero', name: 'Hero' },
  { kind: 'placement', id: 'deal', name: 'Deal' },
  { kind: 'pool', id: 'spring', name: 'Spring', totalMinor: 100, alertsAt: [0.1] },
  ...[
    { id: 'free', placements: ['hero'], arms: [{ id: 'a', content: { text } }] },
    { id: 'paid', placements: ['deal'], pool: 'spring', arms: [{ id: 'a', content: { text }, costMinor: 10 }] },
  ].map((campaign) => ({ kind: 'campaign', name: campaign.id, objective: { goal: 'click' }, ...campaign })),
];

async function world() {
  const workspace = await createWorkspace(bindings);
  const api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents());
  await eventually(
    () => api.performance('free'),
    (answer) => answer.body.allocationVersion > 0,
  );
  const { body } = await api.optimize({ requestId: 'r1', placements: ['hero', 'deal'], customer: { id: 'ann' } });
  const tokens = body.decisions.map(({ token }) => token!);
  const [name = ''] = body.decisions[0]!.decisionId!.split('.');
  const see = async () => {
    const events = tokens.flatMap((token) => [
      { token, kind: 'exposure' },
      { token, kind: 'goal', goal: 'click' },
    ]);
    const told = await api.feedback({ events });
    expect(told.body).toMatchObject({ accepted: events.length });
  };
  const record = (
    await api.secret<{ record: { shard: number } }>('GET', `/v1/decisions/${body.decisions[0]!.decisionId}`)
  ).body.record;
  return { workspace, api, name, see, shard: record.shard };
}

const count = async (stub: unknown, table: string): Promise<number> =>
  runInDurableObject(
    stub as DurableObjectStub,
    (_, { storage }) => storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
  );

async function totals(api: ReturnType<typeof apiOf>) {
  const { body } = await eventually(
    () => api.performance('free'),
    (answer) => answer.body.totals?.conversions === 1,
  );
  const { exposures, trials, conversions } = body.totals;
  return { exposures, trials, conversions };
}

async function money(workspace: TestWorkspace) {
  const standing = await standingOf(bindings, workspace, 'pool:spring');
  const { posted, pending, leased, remaining, total, uncharged } = standing;
  return { posted, pending, uncharged, missing: total - posted - pending - leased - remaining };
}

const sceneOf = (stub: unknown, more: Pick<Scene, 'run' | 'digest'>): Scene => ({
  ...more,
  evict: () => evictDurableObject(stub as DurableObjectStub),
});

/** A customer's outboxes are full: neither shard nor ledger could be reached. */
async function customerScene(): Promise<Scene> {
  const { workspace, api, name, see } = await world();
  const stub = customerStubByName(bindings, workspace.workspaceId, name);
  breakNamespace('CAMPAIGN_SHARD');
  breakNamespace('BUDGET');
  await see();
  await scheduler.wait(50);
  mend();
  return sceneOf(stub, {
    run: (trip) => ring(stub, trip, ['CAMPAIGN_SHARD', 'BUDGET', 'PUBLISHER', 'CUSTOMER']),
    digest: async () => ({ ...(await totals(api)), ...(await money(workspace)), left: await count(stub, 'outbox') }),
  });
}

/** A shard has counted and could not report. */
async function shardScene(): Promise<Scene> {
  const { workspace, api, see, shard } = await world();
  const stub = await shardStub(bindings, workspace.workspaceId, 'free', shard);
  breakNamespace('CAMPAIGN_ROOT');
  await see();
  await eventually(
    () => count(stub, 'commits'),
    (commits) => commits > 0,
  );
  mend();
  return sceneOf(stub, {
    run: (trip) => ring(stub, trip, ['CAMPAIGN_ROOT']),
    digest: () => totals(api),
  });
}

/** A root has evidence and could not publish. */
async function rootScene(): Promise<Scene> {
  const { workspace, api, see } = await world();
  const stub = await rootStub(bindings, workspace.workspaceId, 'free');
  breakNamespace('PUBLISHER');
  await see();
  await totals(api);
  mend();
  return sceneOf(stub, {
    run: (trip) => ring(stub, trip, ['PUBLISHER']),
    digest: async () => {
      const { allocations } = await (await publisherStub(bindings, workspace.workspaceId)).state(0);
      const { version: _, ...allocation } = allocations.find(({ campaignId }) => campaignId === 'free')!;
      return { ...allocation, armsKey: '' };
    },
  });
}

/** A publisher has a revision that no root has heard of. */
async function publisherScene(): Promise<Scene> {
  const workspace = await createWorkspace(bindings);
  breakNamespace('CAMPAIGN_ROOT');
  await publishDemo(bindings, workspace, documents());
  const stub = await publisherStub(bindings, workspace.workspaceId);
  await scheduler.wait(50);
  mend();
  return sceneOf(stub, {
    run: (trip) => later(() => ring(stub, trip, ['CAMPAIGN_ROOT'])),
    digest: async () => ({
      tells: await count(stub, 'tells'),
      policies: await Promise.all(
        ['free', 'paid'].map(
          async (id) => (await (await rootStub(bindings, workspace.workspaceId, id)).view()).policy !== null,
        ),
      ),
    }),
  });
}

/** A ledger has something to tell of and could not. */
async function budgetScene(): Promise<Scene> {
  const { workspace, see } = await world();
  const stub = await budgetStub(bindings, workspace.workspaceId, 'pool:spring');
  breakNamespace('PUBLISHER');
  await see();
  await eventually(
    () => money(workspace),
    ({ posted }) => posted === 10,
  );
  await scheduler.wait(50);
  mend();
  return sceneOf(stub, {
    run: (trip) => later(() => ring(stub, trip, ['PUBLISHER'])),
    digest: async () => {
      const alerts = await (await publisherStub(bindings, workspace.workspaceId)).alerts();
      return { ...(await money(workspace)), alerts: alerts.map(({ kind, subject }) => `${kind} ${subject}`) };
    },
  });
}

let aheadMs = 0;

/** Each run at a time by which every back-off of the run before has passed. */
async function later(act: () => Promise<unknown>): Promise<void> {
  aheadMs += LATER_MS;
  const real = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => real() + aheadMs);
  try {
    await act();
  } finally {
    clock.mockRestore();
  }
}

/** Everything that a cron job awaits crosses the wire. */
const job = (trip: Trip, act: () => Promise<unknown>): Promise<void> => {
  change(
    'DB',
    faultyDatabase(bindings.DB, (real) => trip.over(real)),
  );
  return across(['PUBLISHER'], trip, act);
};

async function published(workspace: TestWorkspace) {
  const { workspaceId } = workspace;
  const { manifest, switches } = await (await publisherStub(bindings, workspaceId)).state(0);
  const rows = await bindings.DB.prepare('SELECT count(*) AS n FROM revisions WHERE workspace_id = ?')
    .bind(workspaceId)
    .first<{ n: number }>();
  return { served: manifest?.revision, revisions: rows!.n, switches };
}

/** Jobs look at every workspace: those of other scenes would be more to wait for. */
const forgetOthers = ({ workspaceId }: TestWorkspace) =>
  bindings.DB.prepare('DELETE FROM workspaces WHERE id <> ?').bind(workspaceId).run();

/** A publish and a pause are in the database, and the publisher never heard of them. */
async function reconcileScene(): Promise<Scene> {
  const workspace = await createWorkspace(bindings);
  const { workspaceId } = workspace;
  await forgetOthers(workspace);
  await publishDemo(bindings, workspace, documents());
  breakNamespace('PUBLISHER', ['activate', 'setSwitches']);
  await push(bindings, workspaceId, 'test', Date.now(), { documents: documents('B') });
  await apiOf(workspace).secret('POST', '/v1/campaigns/free/pause', {});
  mend();
  return {
    run: (trip) => job(trip, () => reconcileAll(bindings)),
    evict: async () => evictDurableObject(await publisherStub(bindings, workspaceId)),
    digest: () => published(workspace),
  };
}

/** A push lies in the inbox. */
async function inboxScene(): Promise<Scene> {
  const workspace = await createWorkspace(bindings);
  const { workspaceId } = workspace;
  await forgetOthers(workspace);
  await bindings.DB.prepare('INSERT INTO config_inbox (workspace_id, received_at, document) VALUES (?, ?, ?)')
    .bind(workspaceId, Date.now(), JSON.stringify({ documents: documents() }))
    .run();
  return {
    run: (trip) => job(trip, () => workOffInbox(bindings, Date.now())),
    evict: async () => evictDurableObject(await publisherStub(bindings, workspaceId)),
    digest: async () => {
      // Taken again after it was published and before that was noted, it says `unchanged`: it is settled, and published once.
      const sql = `SELECT iif(outcome IN ('published', 'unchanged'), 'settled', outcome) AS outcome
          FROM config_inbox WHERE workspace_id = ?
        UNION ALL SELECT 'audit ' || count(*) FROM audit WHERE workspace_id = ? AND action = 'publish'`;
      const { results } = await bindings.DB.prepare(sql).bind(workspaceId, workspaceId).all();
      // What the inbox put into the database and could not hand over is the other job's to repair.
      await reconcileAll(bindings);
      return { ...(await published(workspace)), results };
    },
  };
}

/** Every handler there is, with its world. */
export const HANDLERS: readonly (readonly [string, () => Promise<Scene>])[] = [
  ['the alarm of a customer', customerScene],
  ['the alarm of a shard', shardScene],
  ['the alarm of a root', rootScene],
  ['the alarm of a publisher', publisherScene],
  ['the alarm of a ledger', budgetScene],
  ['the job that reconciles', reconcileScene],
  ['the job of the inbox', inboxScene],
];

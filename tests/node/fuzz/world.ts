/** A workspace with a little of everything, and what callers of it would know: ids, keys, tokens, cursors. */
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { newKey } from '../../../cli/keys.ts';
import { bootstrapSql } from '../../../db/bootstrap.ts';
import { smallModel } from '../../workerd/models/small-model.ts';
import type { FuzzStack } from './stack.ts';

/** A workspace with one site, `shop`, and a key of each type. */
export interface FuzzWorkspace {
  readonly workspaceId: string;
  /** The only origin of the site. */
  readonly origin: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

/** What exists, by the name of the field, parameter or collection it is found in. */
export type Known = { readonly [name: string]: readonly [unknown, ...unknown[]] };

export interface World {
  readonly workspace: FuzzWorkspace;
  /** Whose key is right and whose documents are others. */
  readonly other: FuzzWorkspace;
  readonly known: Known;
}

const arms = ['a', 'b'].map((id) => ({ id, content: { text: id.toUpperCase() } }));
const campaign = (id: string, placement: string, extra: object) => ({
  kind: 'campaign',
  id,
  name: id,
  objective: { goal: 'click' },
  placements: [placement],
  arms,
  ...extra,
});

const parameters = ['offer', 'tone'].map((id) => ({
  id,
  values: ['one', 'two'].map((value) => ({ id: value, content: { data: { [id]: value } } })),
}));

const strategies = [
  { id: 'first', share: 0.5, strategy: { policy: 'thompson' } },
  { id: 'second', share: 0.5, strategy: { policy: 'epsilon_greedy', epsilon: 1 } },
];

/** Kinds of campaigns that other code answers for: learning from arms, on devices, paid, sent, scored. */
export const documents: { kind: string; [field: string]: unknown }[] = [
  { kind: 'settings', globalCap: null },
  { kind: 'goal', id: 'purchase', name: 'Purchase', source: 'server', window: '30d' },
  { kind: 'attribute', id: 'plan', type: 'string' },
  { kind: 'attribute', id: 'tenureMonths', type: 'number', source: 'server' },
  { kind: 'attribute', id: 'age', type: 'number', source: 'device' },
  { kind: 'segment', id: 'gold', name: 'Gold', condition: { plan: 'gold' } },
  { kind: 'pool', id: 'spring', name: 'Spring', totalMinor: 10_000, alertsAt: [0.000_01] },
  { kind: 'stock', id: 'mugs', name: 'Mugs', total: 1_000 },
  { kind: 'channel', id: 'letters', name: 'Letters', capacity: { perDay: 1_000 }, claimTtl: '1h' },
  { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
  { kind: 'placement', id: 'side', name: 'Side' },
  { kind: 'placement', id: 'letter', name: 'Letter', channel: 'letters' },
  { kind: 'placement', id: 'inner', name: 'Inner' },
  { kind: 'placement', id: 'mixed', name: 'Mixed' },
  { kind: 'placement', id: 'foot', name: 'Foot' },
  { kind: 'placement', id: 'head', name: 'Head' },
  campaign('demo', 'hero', {
    contexts: [{ id: 'golden', condition: { plan: 'gold' } }],
    objective: { goal: 'purchase' },
  }),
  campaign('local', 'inner', { onDevice: true, contexts: [{ id: 'adult', condition: { age: { $gte: 18 } } }] }),
  campaign('paid', 'side', { pool: 'spring', caps: [{ max: 3, per: '1d' }], arms: [{ ...arms[0], costMinor: 7 }] }),
  campaign('news', 'letter', { stock: 'mugs' }),
  campaign('mixed', 'mixed', { arms: undefined, learning: { by: 'effects' }, parameters }),
  campaign('careful', 'foot', { lifecycle: { initialization: { admitted: 0.3 } } }),
  campaign('contest', 'head', { strategies }),
];

/** What is told behind reaches the isolate in front within seconds; a busy machine takes longer. */
const PATIENCE_MS = 30_000;

async function eventually<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer) || Date.now() > deadlineMs) return answer;
    await wait(100);
  }
}

type Ask = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** Asks with a key, as a page where an origin is named. */
function asker({ send }: FuzzStack, key: string, origin?: string): Ask {
  return async <T>(method: string, path: string, body?: unknown) => {
    const headers = {
      authorization: `Bearer ${key}`,
      ...(origin && { origin }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const got = await send({
      method,
      target: path,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return (got?.text ? JSON.parse(got.text) : undefined) as T;
  };
}

/** Its first rows; nothing is published yet. */
async function createWorkspace({ database }: FuzzStack, workspaceId: string): Promise<FuzzWorkspace> {
  const [publishable, secret] = [newKey('publishable'), newKey('secret')];
  const origin = 'https://shop.example';
  const statements = bootstrapSql({
    ...{ workspaceId, name: 'Test', salt: `salt-${workspaceId}`, nowMs: Date.now() },
    site: { id: 'shop', name: 'Shop', kind: 'web', consent: 'not_required', origins: [origin] },
    keys: [publishable.row, secret.row],
  });
  const insert = () => database.batch(statements.map((sql) => database.prepare(sql)));
  // Once more where the tool's connection was closed meanwhile: rows that are there stay.
  await insert().catch(insert);
  return { workspaceId, origin, publishableKey: publishable.key, secretKey: secret.key };
}

/** Decisions and what is known of them, seen from a page and from a server. */
async function decisionsIn(ask: Ask, page: Ask): Promise<Record<string, unknown[]>> {
  const placements = ['hero', 'side', 'letter', 'inner', 'mixed', 'foot', 'head'];
  type Answer = { customer: { anonymousId?: string }; decisions: { token?: string; decisionId?: string }[] };
  const fromServer = await ask<Answer>('POST', '/v1/optimize', { placements, customer: { id: 'crm-4711' } });
  const fromPage = await page<Answer>('POST', '/v1/optimize', { placements });
  const { anonymousId } = fromPage.customer;
  const tokens = [...fromServer.decisions, ...fromPage.decisions].flatMap(({ token }) => token ?? []);
  await ask('POST', '/v1/feedback', { events: tokens.slice(0, 2).map((token) => ({ token, kind: 'exposure' })) });
  await ask('PUT', '/v1/customers/crm-4711', { traits: { plan: 'gold' } });
  const { bundle } = await page<{ bundle: { signed: string; signature: string } }>('POST', '/v1/device/bundle', {
    placements: ['inner'],
    consent: 'granted',
  });
  return {
    token: tokens,
    anonymousId: [anonymousId],
    decisions: fromServer.decisions.flatMap(({ decisionId }) => decisionId ?? []),
    bundle: [bundle],
    signed: [bundle.signed],
    signature: [bundle.signature],
  };
}

/** A model that pages have, and a training that was asked for. */
async function modelsIn({ database }: FuzzStack, { workspaceId }: FuzzWorkspace, ask: Ask, page: Ask) {
  await ask('POST', '/v1/models', await smallModel({}, { onDevice: true }));
  await ask('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
  await ask('POST', '/v1/models', await smallModel({ bias: 1 }, { onDevice: true }));
  await ask('POST', '/v1/models', await smallModel({ bias: 3 }));
  // As the watch writes it down.
  const columns = 'workspace_id, model_id, version, cause, detail, state, asked_at, changed_at, changed_by';
  await database
    .prepare(`INSERT INTO training_jobs (${columns}) VALUES (?, 'churn', 1, 'drift', '{}', 'asked', ?2, ?2, 'watch')`)
    .bind(workspaceId, Date.now())
    .run();
  const { jobs } = await ask<{ jobs: { id: number }[] }>('GET', '/v1/training-jobs');
  type Device = { versions?: { file: string }[] };
  const told = await eventually(
    () => page<Device>('GET', '/v1/models/churn/device'),
    ({ versions }) => versions !== undefined,
  );
  const files = (told.versions ?? []).map(({ file }) => file.split('/').at(-1));
  return {
    upload: [await smallModel({ bias: 2 })],
    models: ['churn'],
    version: [1, 2, 3],
    sha256: files,
    'training-jobs': jobs.map(({ id }) => id),
  };
}

/** Lists that go on: their cursors. */
async function cursorsIn(ask: Ask): Promise<unknown[]> {
  const lists = ['placements', 'campaigns', 'audit', 'revisions', 'sites'];
  const pages = await Promise.all(lists.map((list) => ask<{ next?: string }>('GET', `/v1/${list}?limit=1`)));
  return pages.flatMap(({ next }) => next ?? []);
}

function idsOf(kind: string): string[] {
  return documents.flatMap((document) => (document.kind === kind ? [document.id as string] : []));
}

/** Makes one; asks for everything once. @param name tells it from others of the same stack */
export async function createWorld(stack: FuzzStack, name: string): Promise<World> {
  const [workspace, other] = [await createWorkspace(stack, name), await createWorkspace(stack, `${name}-other`)];
  const ask = asker(stack, workspace.secretKey);
  const page = asker(stack, workspace.publishableKey, workspace.origin);
  const pushed = await ask<{ revision?: number }>('POST', '/v1/push', { documents });
  if (!pushed.revision) throw new Error(`the world was refused: ${JSON.stringify(pushed)}`);
  const made = await decisionsIn(ask, page);
  const models = await modelsIn(stack, workspace, ask, page);
  const { preview } = await ask<{ preview: string }>('POST', '/v1/campaigns/demo/preview', { arm: 'a' });
  const key = await ask<{ id: string }>('POST', '/v1/sites/shop/keys', { type: 'publishable' });
  const raised = await eventually(
    () => ask<{ items: { id: string }[] }>('GET', '/v1/alerts'),
    ({ items }) => items.length > 0,
  );
  const { secret } = await ask<{ secret: string }>('GET', '/v1/sites/shop/secret');
  const until = Math.floor(Date.now() / 1_000) + 3_600;
  const proof = `${until}.${createHmac('sha256', secret).update(`crm-4711\n${until}`).digest('base64url')}`;
  const collections = Object.fromEntries(
    ['campaign', 'segment', 'placement', 'channel', 'goal', 'attribute', 'pool', 'stock'].map((kind) => [
      `${kind}s`,
      idsOf(kind),
    ]),
  );
  const known = {
    ...collections,
    ...made,
    ...models,
    sites: ['shop'],
    keys: [key.id],
    alerts: raised.items.map(({ id }) => id),
    customers: ['crm-4711', ...(made.anonymousId as string[])],
    cursor: await cursorsIn(ask),
    n: [1, 2],
    preview: [preview],
    proof: [proof],
    key: [workspace.publishableKey],
    arm: ['a', 'b'],
    timeZone: ['Europe/Berlin', 'UTC'],
    of: ['channels', 'campaigns'],
  };
  for (const [name, values] of Object.entries(known)) {
    if (values.length === 0 || values.some((value) => value === undefined)) throw new Error(`the world has no ${name}`);
  }
  return { workspace, other, known: known as unknown as Known };
}

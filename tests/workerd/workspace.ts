/** Workspaces for tests: real rows in D1, real keys, published through the same code as every other push. */
import { bootstrapSql } from '../../db/bootstrap.ts';
import { push } from '../../worker/configuration/push.ts';
import { hashKey } from '../../worker/edge/keys.ts';

export interface TestWorkspace {
  readonly workspaceId: string;
  readonly siteId: string;
  /** The only origin of the site, when it is a web site. */
  readonly origin: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

export interface WorkspaceOptions {
  /** Random unless given: test files share one database and one set of objects. */
  readonly workspaceId?: string;
  readonly siteId?: string;
  readonly kind?: 'web' | 'app' | 'server';
  readonly consent?: 'required' | 'not_required';
}

/** The moment at which test workspaces are created. */
const CREATED_AT_MS = Date.UTC(2026, 0, 1);

/** One for all of them: whom a share of the customers holds is the same in every run, whatever the workspace is called. */
const SALT = 'salt';

function random(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

async function newKey(type: 'publishable' | 'secret') {
  const key = `${type === 'secret' ? 'sk' : 'pk'}_${random()}`;
  return { key, row: { id: `key-${random()}`, type, name: type, hash: await hashKey(key), hint: key.slice(0, 7) } };
}

/** A workspace with one site (web, no consent needed, unless told) and a key of each type. Nothing is published yet. */
export async function createWorkspace(env: Env, options: WorkspaceOptions = {}): Promise<TestWorkspace> {
  const { workspaceId = `w${random()}`, siteId = 'shop', kind = 'web', consent = 'not_required' } = options;
  const origin = 'https://shop.example';
  const publishable = await newKey('publishable');
  const secret = await newKey('secret');
  const statements = bootstrapSql({
    workspaceId,
    name: 'Test',
    salt: SALT,
    nowMs: CREATED_AT_MS,
    site: { id: siteId, name: 'Shop', kind, consent, ...(kind === 'web' ? { origins: [origin] } : {}) },
    keys: [publishable.row, secret.row],
  });
  await env.DB.batch(statements.map((sql) => env.DB.prepare(sql)));
  return { workspaceId, siteId, origin, publishableKey: publishable.key, secretKey: secret.key };
}

/** A placement `hero` and one campaign `demo` with arms `a` and `b`, shown to everyone; learns from `click`. */
export function demoDocuments(): { kind: string; [field: string]: unknown }[] {
  return [
    { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
    {
      kind: 'campaign',
      id: 'demo',
      name: 'Demo',
      objective: { goal: 'click' },
      placements: ['hero'],
      arms: [
        { id: 'a', content: { text: 'A' } },
        { id: 'b', content: { text: 'B' } },
      ],
    },
  ];
}

/** Publishes documents (with their `kind`); throws with the errors when they are refused. Returns the revision. */
export async function publishDemo(
  env: Env,
  workspace: Pick<TestWorkspace, 'workspaceId'>,
  documents: readonly { kind: string; [field: string]: unknown }[] = demoDocuments(),
): Promise<number> {
  const result = await push(env, workspace.workspaceId, 'test', Date.now(), { documents });
  if (!result.ok) throw new Error(`the demo was refused: ${JSON.stringify(result.refusal)}`);
  if (result.value.revision === null) throw new Error('nothing was published');
  return result.value.revision;
}

/** What HTTP tests start from: keys and sites in the database, and a way to send requests with an execution context. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { hashKey } from '../edge/keys.ts';
import type { App } from '../http/app.ts';

export const WORKSPACE = 'w-test';
export const ORIGIN = 'https://shop.example';

let made = 0;

/** A key in the database; its text is as long as real ones. */
export async function insertKey(
  type: 'publishable' | 'secret',
  siteId: string,
  revokedAt: number | null = null,
): Promise<string> {
  made += 1;
  const key = `${type === 'secret' ? 'sk' : 'pk'}_${String(made).padStart(32, 'x')}`;
  await env.DB.prepare(
    'INSERT INTO keys (id, workspace_id, site_id, type, name, hash, hint, created_at, revoked_at) VALUES (?,?,?,?,?,?,?,?,?)',
  )
    .bind(`k-${made}`, WORKSPACE, siteId, type, 'test', await hashKey(key), key.slice(0, 7), 0, revokedAt)
    .run();
  return key;
}

/** A site that is configured and not yet published. */
export async function insertSite(id: string, kind: 'web' | 'app' | 'server'): Promise<void> {
  const body = JSON.stringify({ id, name: id, kind, ...(kind === 'web' ? { origins: [ORIGIN] } : {}) });
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO documents (workspace_id, kind, id, version, body, created_at, created_by) VALUES (?, 'site', ?, 1, ?, 0, 'test')",
    ).bind(WORKSPACE, id, body),
    env.DB.prepare("INSERT INTO drafts (workspace_id, kind, id, version, updated_at) VALUES (?, 'site', ?, 1, 0)").bind(
      WORKSPACE,
      id,
    ),
  ]);
}

/** Sends a request to an application and waits for what it does behind its answer. */
export async function send(app: App, path: string, init: RequestInit = {}): Promise<Response> {
  const ctx = createExecutionContext();
  const response = await app.fetch(new Request(`https://api.example${path}`, init), env, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

/** A JSON request with a key in the header. */
export function json(
  method: string,
  key: string | undefined,
  body: unknown,
  headers: Record<string, string> = {},
): RequestInit {
  return {
    method,
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

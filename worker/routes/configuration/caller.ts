import type { Context } from 'hono';
import type { Caller } from '../../configuration/release.ts';
import type { AppEnv } from '../../http/app-env.ts';

/** Who changes the configuration in this request: the key. */
export function callerOf(c: Context<AppEnv>): Caller {
  const { workspaceId, keyId } = c.get('auth');
  return { env: c.env, workspaceId, actor: keyId, nowMs: c.get('receivedAtMs') };
}

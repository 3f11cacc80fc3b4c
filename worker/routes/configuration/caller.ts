import type { Caller } from '../../configuration/release.ts';
import type { Call } from '../../http/call.ts';

/** Who changes the configuration in this request: the key. */
export function callerOf(c: Call): Caller {
  const { workspaceId, keyId } = c.auth;
  return { env: c.env, workspaceId, actor: keyId, nowMs: c.receivedAtMs };
}

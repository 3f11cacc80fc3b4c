/** The way to the publisher: state through a cache per colo, bodies by hash, checked against their names. */
import type { PublisherState } from '../../durable-objects/publisher/protocol.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { objectName } from '../../durable-objects/shared/naming.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { stateOf } from './replies.ts';

/** One question a second and colo reaches the publisher, however many isolates ask. */
const COLO_CACHE_SECONDS = 1;

/** An answer and when it was asked for: from the cache it is up to a second old, and its age counts from the question. */
export interface HeardState {
  readonly state: PublisherState;
  readonly askedAtMs: number;
}

/** What changed since `since`; at most a second old. */
export async function fetchState(env: Env, workspaceId: string, since: number, nowMs: number): Promise<HeardState> {
  const name = await objectName(env.NAMING_SECRET, workspaceId, 'publisher');
  const address = new Request(`https://publisher.invalid/${name}/${since}`);
  const cached = await caches.default.match(address);
  if (cached) return cached.json<HeardState>();
  const state = stateOf(await withRetry(async () => (await publisherStub(env, workspaceId)).state(since)));
  const heard: HeardState = { state, askedAtMs: nowMs };
  await caches.default.put(
    address,
    new Response(JSON.stringify(heard), { headers: { 'cache-control': `max-age=${COLO_CACHE_SECONDS}` } }),
  );
  return heard;
}

/** Slices and directories by hash. What the publisher does not have, or what does not hash to its name, is left out. */
export async function fetchBodies(
  env: Env,
  workspaceId: string,
  hashes: readonly string[],
): Promise<Map<string, string>> {
  const bodies = await withRetry(async () => (await publisherStub(env, workspaceId)).slices(hashes));
  const found = new Map<string, string>();
  for (const { hash, body } of bodies) if ((await sha256Hex(body)) === hash) found.set(hash, body);
  return found;
}

/** SHA-256 of a text, as lower-case hexadecimal. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

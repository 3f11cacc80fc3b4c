/** The way to the publisher: state through a cache per colo, bodies by hash, checked against their names. */
import type { NamedBody, PublisherState } from '../../durable-objects/publisher/protocol.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { objectName } from '../../durable-objects/shared/naming.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { isOfAnotherClock } from '../http/deadline.ts';
import { stateOf } from './replies.ts';

/** One question a second and colo reaches the publisher, however many isolates ask. */
const COLO_CACHE_SECONDS = 1;
const MS_PER_SECOND = 1_000;
/**
 * Isolates are told what changed since their sequence number rounded down to a multiple of this: while campaigns learn, each isolate has another number,
 * and all of one block share an answer. What that repeats is at most so many allocations.
 */
const MAX_TOLD_AGAIN = 64;

/** How long a colo keeps what new isolates need: bodies never change, and a catalog that was published since has another name. */
const COLO_BODIES_SECONDS = 86_400;

/** An answer and when it was asked for: from the cache it is up to a second old, and its age counts from the question. */
export interface HeardState {
  readonly state: PublisherState;
  readonly askedAtMs: number;
}

type Bodies = ReadonlyMap<string, string>;

const addressOf = (name: string, what: string | number) => new Request(`https://publisher.invalid/${name}/${what}`);

const keep = (address: Request, value: unknown, seconds: number): Promise<void> =>
  caches.default.put(
    address,
    new Response(JSON.stringify(value), { headers: { 'cache-control': `max-age=${seconds}` } }),
  );

const isCurrent = ({ askedAtMs }: HeardState, nowMs: number): boolean =>
  nowMs - askedAtMs < COLO_CACHE_SECONDS * MS_PER_SECOND && !isOfAnotherClock(askedAtMs, nowMs);

/** What changed since `since`, and perhaps some of what changed before; at most a second old. */
export async function fetchState(env: Env, workspaceId: string, since: number, nowMs: number): Promise<HeardState> {
  const name = objectName(env.NAMING_SECRET, workspaceId, 'publisher');
  const from = since - (since % MAX_TOLD_AGAIN);
  const address = addressOf(name, from);
  const found = await (await caches.default.match(address))?.json<HeardState>();
  // The cache counts from when the answer came. One that was asked before this isolate's last question has nothing for it.
  if (found && isCurrent(found, nowMs) && found.state.seq >= since) return found;
  const heard: HeardState = { state: await askPublisher(env, workspaceId, from), askedAtMs: nowMs };
  // Restored from a backup, or more changed than one answer holds: only for who knows that much.
  if (heard.state.seq < since) return { ...heard, state: await askPublisher(env, workspaceId, since) };
  await keep(address, heard, COLO_CACHE_SECONDS);
  return heard;
}

/**
 * All there is, for an isolate that knows nothing yet, with the bodies that came along: one question at most, and none where another isolate of the
 * colo has just asked. A body that does not hash to its name is left out.
 */
export async function fetchAll(
  env: Env,
  workspaceId: string,
  nowMs: number,
): Promise<HeardState & { readonly bodies: Bodies }> {
  const name = objectName(env.NAMING_SECRET, workspaceId, 'publisher');
  const found = await (await caches.default.match(addressOf(name, 0)))?.json<HeardState>();
  if (found && isCurrent(found, nowMs)) {
    const kept = await caches.default.match(addressOf(name, `bodies/${found.state.manifest?.hash}`));
    return { ...found, bodies: await checked((await kept?.json<NamedBody[]>()) ?? []) };
  }
  const { bodies = [], ...state } = await askPublisher(env, workspaceId, 0, true);
  const heard: HeardState = { state, askedAtMs: nowMs };
  await Promise.all([
    keep(addressOf(name, 0), heard, COLO_CACHE_SECONDS),
    state.manifest && keep(addressOf(name, `bodies/${state.manifest.hash}`), bodies, COLO_BODIES_SECONDS),
  ]);
  return { ...heard, bodies: await checked(bodies) };
}

async function askPublisher(env: Env, workspaceId: string, since: number, withBodies = false): Promise<PublisherState> {
  return stateOf(await withRetry(async () => (await publisherStub(env, workspaceId)).state(since, withBodies)));
}

async function checked(bodies: readonly NamedBody[]): Promise<Bodies> {
  const found = new Map<string, string>();
  for (const { hash, body } of bodies) if ((await sha256Hex(body)) === hash) found.set(hash, body);
  return found;
}

/** Slices and directories by hash. What the publisher does not have, or what does not hash to its name, is left out. */
export async function fetchBodies(env: Env, workspaceId: string, hashes: readonly string[]): Promise<Bodies> {
  return checked(await withRetry(async () => (await publisherStub(env, workspaceId)).slices(hashes)));
}

/** SHA-256 of a text, as lower-case hexadecimal. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

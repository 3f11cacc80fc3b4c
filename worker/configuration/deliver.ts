/** Hands a catalog to the workspace's publisher. Everything here may be repeated. */
import type { NamedBody } from '../../durable-objects/publisher/protocol.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { Unavailable } from '../http/unavailable.ts';
import { type HashedCatalog, manifestOf } from './hashed-catalog.ts';

/** Characters of bodies in one call: calls between objects carry 32 MiB, and a character may take four bytes. */
const MAX_CALL_CHARS = 6_000_000;

/** Calls whose bodies stay within the limit; a body beyond it travels alone. */
function batches(bodies: readonly NamedBody[]): NamedBody[][] {
  const all: NamedBody[][] = [];
  let room = 0;
  for (const body of bodies) {
    const last = all.at(-1);
    if (last === undefined || body.body.length > room) {
      all.push([body]);
      room = MAX_CALL_CHARS - body.body.length;
    } else {
      last.push(body);
      room -= body.body.length;
    }
  }
  return all;
}

/**
 * The number of the revision that is served; 0 before the first. Above every revision in D1 after D1 was restored to an earlier moment: a new one must be
 * later than what is served, or it would never be. Throws {@link Unavailable} when the publisher does not answer.
 */
export async function servedRevision(env: Env, workspaceId: string): Promise<number> {
  try {
    const health = await withRetry(async () => (await publisherStub(env, workspaceId)).health());
    return health.revision ?? 0;
  } catch {
    throw new Unavailable('publisher');
  }
}

/** Stores the catalog's bodies at the publisher; nothing is served from them yet. Throws {@link Unavailable} when it does not answer. */
export async function storeBodies(env: Env, workspaceId: string, catalog: HashedCatalog): Promise<void> {
  for (const batch of batches(catalog.bodies)) {
    const reply = await withRetry(async () =>
      (await publisherStub(env, workspaceId)).putSlices(workspaceId, batch),
    ).catch(() => {
      throw new Unavailable('publisher');
    });
    // Sizes were checked at compile and hashes made here: a refusal is a bug of ours.
    if (reply.outcome === 'refused') throw new Error(`the publisher refused a body: ${reply.reason}`);
  }
}

/**
 * Makes a committed revision current, with its bodies if the publisher has lost them. False when it does not answer: the revision stands,
 * and the reconcile job brings it there.
 */
export async function activate(
  env: Env,
  workspaceId: string,
  catalog: HashedCatalog,
  revision: number,
  publishedAtMs: number,
): Promise<boolean> {
  const manifest = manifestOf(catalog, revision, publishedAtMs);
  const attempt = () =>
    withRetry(async () => (await publisherStub(env, workspaceId)).activate(workspaceId, manifest, catalog.policies));
  try {
    if ((await attempt()).outcome !== 'missing_slices') return true; // outdated: a later revision is served, which is as good
    await storeBodies(env, workspaceId, catalog);
    return (await attempt()).outcome !== 'missing_slices';
  } catch {
    return false;
  }
}

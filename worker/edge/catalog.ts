/**
 * What this isolate knows of each workspace: the current manifest, directory, switches and allocations. Kept in module scope as plain
 * data (never a promise or a stub: those belong to one request) and refreshed behind the requests.
 */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import { readDirectory } from '../../decisioning/catalog/read.ts';
import type { CatalogManifest, Directory } from '../../decisioning/catalog/slice.ts';
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import type { PublisherState, Switches } from '../../durable-objects/publisher/protocol.ts';
import { isOfAnotherClock, LATE } from '../http/deadline.ts';
import { Unavailable } from '../http/unavailable.ts';
import { fetchAll, fetchBodies, fetchState } from './publisher-feed.ts';
import { handSlices } from './slices.ts';

/** A catalog younger than this is used as it is, an older one is refreshed behind the request: one of the two and a half seconds that learning may take. */
export const FRESH_MS = 1_000;
/** Past this age a request waits for a refresh: nobody has asked for a while, and the next may not either. */
export const BLOCK_MS = 2_000;
/** How long it waits, which is a share of the deadline: long enough for the colo's cache and for a publisher of the same continent. */
export const BLOCK_WAIT_MS = 100;
/** Between two looks at a refresh that another request has started: its promise belongs to that request. */
const LOOK_AGAIN_MS = 5;
/** A catalog of this age is called stale. */
export const STALE_MS = 5_000;
/** How long the first request of an isolate waits: a page shows its own content meanwhile, feedback is sent again. */
const COLD_WAIT_MS = 1_500;
/** A refresh that has not come back after this long is taken for lost, and another may start. */
const REFRESH_TIMEOUT_MS = 5_000;
/** Workspaces one isolate serves; more than a worker of one customer ever has. */
const MAX_WORKSPACES = 64;

export interface EdgeCatalog {
  readonly seq: number;
  readonly manifest: CatalogManifest;
  readonly directory: Directory;
  readonly switches: Switches;
  readonly allocations: ReadonlyMap<string, Allocation>;
  /** Models by id, with their versions in service. */
  readonly models: ReadonlyMap<string, PublishedModel>;
  /** When this isolate last heard from the publisher. */
  readonly heardAtMs: number;
}

interface Kept {
  catalog: EdgeCatalog | undefined;
  /** When a refresh was started that has not ended; 0 when none runs. */
  refreshingSinceMs: number;
  /** It has taken longer than who started it waits. */
  isSlow: boolean;
}

const workspaces = new Map<string, Kept>();

function kept(workspaceId: string): Kept {
  let entry = workspaces.get(workspaceId);
  if (!entry) {
    if (workspaces.size >= MAX_WORKSPACES) workspaces.clear();
    entry = { catalog: undefined, refreshingSinceMs: 0, isSlow: false };
    workspaces.set(workspaceId, entry);
  }
  return entry;
}

/** Forgets everything, as a new isolate would have it. */
export function forgetCatalogs(): void {
  workspaces.clear();
}

/** What this isolate has without asking anyone. */
export function knownCatalog(workspaceId: string): EdgeCatalog | undefined {
  return workspaces.get(workspaceId)?.catalog;
}

/** A catalog, and whether it is old. */
export interface Current {
  readonly catalog: EdgeCatalog;
  readonly stale: boolean;
}

/**
 * The workspace's catalog: at once where it is fresh, else refreshed behind the request, or at worst `stale`. Undefined when nothing was ever published.
 *
 * @throws Unavailable when this isolate has nothing and the publisher does not answer.
 */
export function currentCatalog(
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  workspaceId: string,
  nowMs: number,
): Current | undefined | Promise<Current | undefined> {
  const catalog = knownCatalog(workspaceId);
  const isFresh = catalog && nowMs - catalog.heardAtMs < FRESH_MS && !isOfAnotherClock(catalog.heardAtMs, nowMs);
  if (isFresh) return { catalog, stale: false };
  return caughtUp(env, ctx, workspaceId, nowMs);
}

async function caughtUp(
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  workspaceId: string,
  nowMs: number,
): Promise<Current | undefined> {
  const entry = kept(workspaceId);
  if (!entry.catalog) {
    await firstRefresh(env, ctx, workspaceId, nowMs);
    const { catalog } = entry;
    return catalog && { catalog, stale: false };
  }
  const ageMs = nowMs - entry.catalog.heardAtMs;
  if (nowMs - entry.refreshingSinceMs > REFRESH_TIMEOUT_MS) {
    // A refresh that fails leaves the last good catalog in place: the next request tries again.
    const running = refresh(env, workspaceId, nowMs).catch(() => undefined);
    ctx.waitUntil(running);
    if (ageMs >= BLOCK_MS) {
      const late = scheduler.wait(BLOCK_WAIT_MS).then(() => LATE);
      entry.isSlow = (await Promise.race([running, late])) === LATE;
    }
  } else if (ageMs >= BLOCK_MS) await refreshed(entry);
  return { catalog: entry.catalog, stale: nowMs - entry.catalog.heardAtMs >= STALE_MS };
}

/** Until the refresh that somebody else has started is over; one that somebody has waited for in vain is waited for by nobody. */
async function refreshed(entry: Kept): Promise<void> {
  for (let waitedMs = 0; waitedMs < BLOCK_WAIT_MS; waitedMs += LOOK_AGAIN_MS) {
    if (entry.refreshingSinceMs === 0 || entry.isSlow) return;
    await scheduler.wait(LOOK_AGAIN_MS);
  }
}

/** The refresh of an isolate that has nothing to serve from: whatever keeps the publisher from answering, the caller is told so soon. */
async function firstRefresh(
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  workspaceId: string,
  nowMs: number,
): Promise<void> {
  const running = refresh(env, workspaceId, nowMs).catch(() => 'failed' as const);
  // One that comes too late for this request is in time for the next.
  ctx.waitUntil(running);
  const timeout = scheduler.wait(COLD_WAIT_MS).then(() => 'timeout' as const);
  const first = await Promise.race([running, timeout]);
  if (first !== undefined) throw new Unavailable('publisher');
}

/** Asks the publisher for what changed. A catalog that does not check out is refused and the last good one kept. */
export async function refresh(env: Env, workspaceId: string, nowMs: number): Promise<void> {
  const entry = kept(workspaceId);
  entry.refreshingSinceMs = nowMs;
  entry.isSlow = false;
  try {
    const before = entry.catalog;
    const heard = before
      ? { ...(await fetchState(env, workspaceId, before.seq, nowMs)), bodies: undefined }
      : await fetchAll(env, workspaceId, nowMs);
    const { state, askedAtMs, bodies } = heard;
    const heardAtMs = Math.min(nowMs, askedAtMs);
    const { manifest } = state;
    if (!manifest) return;
    const directory =
      before?.manifest.directory === manifest.directory
        ? before.directory
        : await fetchDirectory(env, workspaceId, manifest.directory, bodies);
    if (!directory) {
      if (before) entry.catalog = { ...before, switches: state.switches, heardAtMs };
      else throw new Unavailable('catalog');
      return;
    }
    // A later answer may have come in meanwhile: never go back.
    if (entry.catalog && entry.catalog !== before && entry.catalog.seq > state.seq) return;
    if (bodies) handSlices(bodies);
    entry.catalog = {
      seq: state.seq,
      manifest,
      directory,
      switches: state.switches,
      allocations: mergeAllocations(before, directory, state),
      models: new Map((state.models ?? []).map((model) => [model.id, model])),
      heardAtMs,
    };
  } finally {
    entry.refreshingSinceMs = 0;
  }
}

function mergeAllocations(
  before: EdgeCatalog | undefined,
  directory: Directory,
  state: PublisherState,
): ReadonlyMap<string, Allocation> {
  const isGone = (id: string): boolean => !Object.hasOwn(directory.campaigns, id);
  // A sequence that went back is a publisher restored from a backup: it sends everything again.
  const known = before && before.seq <= state.seq ? before.allocations : undefined;
  const came = state.allocations.filter(({ campaignId, version, armsKey }) => {
    const has = known?.get(campaignId);
    return has?.version !== version || has.armsKey !== armsKey;
  });
  // The same map while nothing came and nothing went: what is worked out from allocations is kept by it.
  if (known && came.length === 0 && ![...known.keys()].some(isGone)) return known;
  const merged = new Map(known);
  for (const allocation of came) merged.set(allocation.campaignId, allocation);
  for (const id of merged.keys()) if (isGone(id)) merged.delete(id);
  return merged;
}

async function fetchDirectory(
  env: Env,
  workspaceId: string,
  hash: string,
  known: ReadonlyMap<string, string> | undefined,
): Promise<Directory | undefined> {
  // Out of reach is as good as not there: the switches that came with the state must work all the same.
  const bodies = known?.has(hash) ? known : await fetchBodies(env, workspaceId, [hash]).catch(() => undefined);
  const body = bodies?.get(hash);
  if (body === undefined) return undefined;
  const read = readDirectory(body);
  return read.ok ? read.value : undefined;
}

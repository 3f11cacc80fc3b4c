/** `GET /healthz`: whether serving is current, for people and monitors. */
import type { HealthResponse } from '../../contract/health.ts';
import { listWorkspaceIds } from '../../db/queries/lookups.ts';
import type { PublisherHealth } from '../../durable-objects/publisher/protocol.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { knownCatalog } from '../edge/catalog.ts';
import { refusalCounts } from '../edge/refusals.ts';
import type { App } from '../http/app.ts';
import { Deadline, LATE } from '../http/deadline.ts';
import { route } from '../http/endpoint.ts';
import { Unavailable } from '../http/unavailable.ts';
import { requireSecrets } from '../secrets.ts';

/** Publishers that are asked: a health page must stay quick, whatever the number of workspaces. */
const MAX_ASKED = 20;
/** What it waits for the database and for all of them: a monitor hears that something is slow before it gives up itself. */
const HEALTH_WAIT_MS = 2_000;
/** Of that, what the database may take: the publishers are asked then. */
const DATABASE_SHARE = 0.5;
/** An outbox that has been stuck for longer than a few retries of its alarm needs a person. */
const DEGRADED_UNDELIVERED_MS = 60_000;

interface WorkspaceHealth {
  readonly answered: boolean;
  readonly catalogAgeMs: number | null;
  readonly allocationAtMs: number | null;
  readonly undeliveredAtMs: number | null;
}

/** Throws {@link Unavailable} when it is late. */
async function inTime<T>(wait: Deadline, work: Promise<T>, share?: number): Promise<T> {
  const first = await wait.within(work, share);
  if (first === LATE) throw new Unavailable('health');
  return first;
}

/** One workspace: its publisher's own figures, and when this isolate last heard from it (now, when it never asked before). */
async function workspaceHealth(env: Env, workspaceId: string, nowMs: number, wait: Deadline): Promise<WorkspaceHealth> {
  const heardAtMs = knownCatalog(workspaceId)?.heardAtMs;
  try {
    const asking = async (): Promise<PublisherHealth> => (await publisherStub(env, workspaceId)).health();
    const health = await inTime(wait, asking());
    return {
      answered: true,
      catalogAgeMs: health.revision === null ? null : nowMs - (heardAtMs ?? nowMs),
      allocationAtMs: health.newestAllocationAtMs,
      undeliveredAtMs: health.oldestUndeliveredAtMs,
    };
  } catch {
    const catalogAgeMs = heardAtMs === undefined ? null : nowMs - heardAtMs;
    return { answered: false, catalogAgeMs, allocationAtMs: null, undeliveredAtMs: null };
  }
}

async function allWorkspaces(
  env: Env,
  nowMs: number,
  wait: Deadline,
): Promise<{ answered: boolean; all: WorkspaceHealth[] }> {
  try {
    requireSecrets(env);
    const ids = await inTime(wait, listWorkspaceIds(env.DB, MAX_ASKED), DATABASE_SHARE);
    const all = await Promise.all(ids.map((id) => workspaceHealth(env, id, nowMs, wait)));
    return { answered: all.every((workspace) => workspace.answered), all };
  } catch {
    return { answered: false, all: [] };
  }
}

/** The least or greatest of the values that are there; null when none is. */
function extreme(pick: (...values: number[]) => number, values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length > 0 ? pick(...present) : null;
}

export const HEALTH = { method: 'get', path: '/healthz', auth: 'none' } as const;

/** Answers 200 when degraded, too: the answer says so, and taking an isolate out of service would help nobody. */
export function registerHealth(app: App): void {
  route(app, HEALTH, async (c) => {
    const nowMs = c.receivedAtMs;
    const { answered, all } = await allWorkspaces(c.env, nowMs, new Deadline(() => c.ctx, HEALTH_WAIT_MS));
    const newestAllocation = extreme(
      Math.max,
      all.map((workspace) => workspace.allocationAtMs),
    );
    const oldestUndelivered = extreme(
      Math.min,
      all.map((workspace) => workspace.undeliveredAtMs),
    );
    const oldestUndeliveredMs = oldestUndelivered === null ? null : Math.max(0, nowMs - oldestUndelivered);
    const degraded = !answered || (oldestUndeliveredMs ?? 0) > DEGRADED_UNDELIVERED_MS;
    const body: HealthResponse = {
      status: degraded ? 'degraded' : 'ok',
      build: c.env.BUILD,
      catalogAgeMs: extreme(
        Math.max,
        all.map((workspace) => workspace.catalogAgeMs),
      ),
      allocationAgeMs: newestAllocation === null ? null : Math.max(0, nowMs - newestAllocation),
      oldestUndeliveredMs,
      refusals: refusalCounts(),
    };
    return c.json(body);
  });
}

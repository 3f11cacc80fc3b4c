/** `GET /healthz`: whether serving is current, for people and monitors. */
import type { HealthResponse } from '../../contract/health.ts';
import { listWorkspaceIds } from '../../db/queries/lookups.ts';
import type { PublisherHealth } from '../../durable-objects/publisher/protocol.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { knownCatalog } from '../edge/catalog.ts';
import { refusalCounts } from '../edge/refusals.ts';
import type { App } from '../http/app.ts';
import { route } from '../http/endpoint.ts';
import { requireSecrets } from '../secrets.ts';

/** Publishers that are asked: a health page must stay quick, whatever the number of workspaces. */
const MAX_ASKED = 20;
/** An outbox that has been stuck for longer than a few retries of its alarm needs a person. */
const DEGRADED_UNDELIVERED_MS = 60_000;

interface WorkspaceHealth {
  readonly answered: boolean;
  readonly catalogAgeMs: number | null;
  readonly allocationAtMs: number | null;
  readonly undeliveredAtMs: number | null;
}

/** One workspace: its publisher's own figures, and when this isolate last heard from it (now, when it never asked before). */
async function workspaceHealth(env: Env, workspaceId: string, nowMs: number): Promise<WorkspaceHealth> {
  const heardAtMs = knownCatalog(workspaceId)?.heardAtMs;
  try {
    const health: PublisherHealth = await (await publisherStub(env, workspaceId)).health();
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

async function allWorkspaces(env: Env, nowMs: number): Promise<{ answered: boolean; all: WorkspaceHealth[] }> {
  try {
    requireSecrets(env);
    const ids = await listWorkspaceIds(env.DB, MAX_ASKED);
    const all = await Promise.all(ids.map((id) => workspaceHealth(env, id, nowMs)));
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
    const { answered, all } = await allWorkspaces(c.env, nowMs);
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

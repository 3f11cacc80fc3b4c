/** Models by the hash of their manifest, checked and opened once: immutable, so they are kept until room is needed. */

import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { openServed } from '../../decisioning/scoring/open-served.ts';
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import type { ServedModel } from '../../decisioning/scoring/served.ts';
import type { ModelBody } from '../../durable-objects/customer/protocol.ts';
import type { Deadline } from '../http/deadline.ts';
import { log } from '../http/log.ts';
import type { Timing } from '../http/timing.ts';
import { readModel } from '../models/store.ts';
import type { EdgeCatalog } from './catalog.ts';
import type { PlacementSlices } from './slices.ts';

/** An isolate has 128 MB: opened, a model takes some times its file's half megabyte. The least recently used go first. */
export const MAX_KEPT_MODELS = 32;
/** Models that one request's placements may name: each of them may be scored. */
export const MAX_REQUEST_MODELS = 16;
/** Of models in one call to an object: half of what a call may carry, beside slices and allocations. */
export const MAX_CARRIED_BYTES = 16 * 1_024 * 1_024;
/** One that is not there, or does not open, is asked for again after this: a bucket that is down must not cost every request its time. */
export const MODEL_RETRY_MS = 10_000;
/** Of a request's deadline, what it waits for models that this isolate has never seen: the rest is for deciding without them. */
const MODEL_SHARE = 0.7;

interface KeptModel {
  readonly body: ModelBody;
  /** Absent where its engine is in another build than this: an object's may have it, and pages do. */
  readonly served?: ServedModel;
}

const keptModels = new Map<string, KeptModel>();
const failedUntilMs = new Map<string, number>();

/** Forgets everything, as a new isolate would have it. */
export function forgetModels(): void {
  keptModels.clear();
  failedUntilMs.clear();
}

/** An opened version, if this isolate has it. */
export function servedModel(manifest: string): ServedModel | undefined {
  return keptModels.get(manifest)?.served;
}

/** What this isolate can hand on to an object that lacks it, as far as it fits one call; what does not is asked for again with the next. */
export function modelBodies(manifests: readonly string[]): readonly ModelBody[] {
  let left = MAX_CARRIED_BYTES;
  return manifests.flatMap((manifest) => {
    const body = keptModels.get(manifest)?.body;
    if (!body || body.file.byteLength + body.manifest.length > left) return [];
    left -= body.file.byteLength + body.manifest.length;
    return [body];
  });
}

function keep(manifest: string, model: KeptModel): void {
  keptModels.delete(manifest);
  keptModels.set(manifest, model);
  const oldest = keptModels.keys().next();
  if (keptModels.size > MAX_KEPT_MODELS && !oldest.done) keptModels.delete(oldest.value);
}

/** Clocks go on while the bucket is waited for: how long a version took to come is what can be measured of it from within. */
function timed(workspace: string, model: string): (error?: string) => void {
  const startedAtMs = Date.now();
  return (error) => {
    const level = error === undefined ? 'info' : 'error';
    log({ level, model, workspace, ms: Date.now() - startedAtMs, ...(error !== undefined && { error }) });
  };
}

async function load(env: Env, workspaceId: string, manifest: string, nowMs: number): Promise<void> {
  const tell = timed(workspaceId, manifest);
  try {
    const body = await readModel(env, workspaceId, manifest);
    const told = body && (JSON.parse(body.manifest) as ModelManifest);
    const served = told && openServed(told, body.file);
    if (body && served && !('refused' in served)) {
      keep(manifest, { body, served });
      return tell();
    }
    if (body && served && 'refused' in served && served.takenBy === told?.engine) {
      keep(manifest, { body });
      return tell();
    }
    tell(served && 'refused' in served ? served.refused : 'missing');
  } catch (error) {
    // A bucket that is down, or a manifest that another version of this worker wrote: either costs the score alone.
    tell(error instanceof Error ? error.name : 'Error');
  }
  if (failedUntilMs.size >= MAX_KEPT_MODELS) failedUntilMs.clear();
  failedUntilMs.set(manifest, nowMs + MODEL_RETRY_MS);
}

export interface ModelsAsked {
  readonly auth: { readonly workspaceId: string };
  readonly catalog: Pick<EdgeCatalog, 'models'>;
  readonly slices: ReadonlyMap<string, Pick<PlacementSlices, 'rules'>>;
  /** Models that are asked for besides those of the placements. */
  readonly models?: readonly string[];
  readonly deadline: Deadline;
  readonly timing?: Timing;
  readonly receivedAtMs: number;
}

/** Models of a request, with all their versions in service, and the manifests of those that cannot score here yet. */
export interface ModelsInReach {
  readonly models: readonly PublishedModel[];
  readonly late: readonly string[];
}

/**
 * The models that a request's placements name; undefined when there are none. What comes too late for this request is in time for the next: a model out
 * of reach costs its score, never the decision.
 */
export async function modelsInReach(
  env: Env,
  { auth, catalog, slices, models: named = [], deadline, timing, receivedAtMs }: ModelsAsked,
): Promise<ModelsInReach | undefined> {
  const ids = new Set([...named, ...[...slices.values()].flatMap(({ rules }) => rules.rules.models ?? [])]);
  const models = [...ids].flatMap((id) => catalog.models.get(id) ?? []).slice(0, MAX_REQUEST_MODELS);
  if (models.length === 0) return undefined;
  const manifests = models.flatMap(({ versions }) => versions.map(({ manifest }) => manifest));
  for (const manifest of manifests) {
    const kept = keptModels.get(manifest);
    if (kept) keep(manifest, kept);
  }
  const missing = manifests.filter(
    (manifest) => !keptModels.has(manifest) && receivedAtMs >= (failedUntilMs.get(manifest) ?? 0),
  );
  if (missing.length > 0) {
    const loading = Promise.all(missing.map((manifest) => load(env, auth.workspaceId, manifest, receivedAtMs)));
    const waited = timing?.start('models');
    const tell = missing.map((manifest) => [manifest, timed(auth.workspaceId, manifest)] as const);
    await deadline.within(loading, MODEL_SHARE);
    waited?.();
    // Its own line may never come: what a request leaves behind ends with it.
    for (const [manifest, late] of tell)
      if (!keptModels.has(manifest) && (failedUntilMs.get(manifest) ?? 0) <= receivedAtMs) late('late');
  }
  return { models, late: manifests.filter((manifest) => !keptModels.has(manifest)) };
}

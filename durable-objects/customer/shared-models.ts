/** Models that this isolate was handed: shared by all customers in it, opened once, bounded. */
import { openServed } from '../../decisioning/scoring/open-served.ts';
import type { ServedModel } from '../../decisioning/scoring/served.ts';
import type { DecideCall, ModelBody } from './protocol.ts';

/** An isolate has 128 MB: opened, a model takes some times its file's half megabyte. The least recently used go first. */
export const MAX_OPENED_MODELS = 32;

const opened = new Map<string, ServedModel>();
/** What does not open here, and would not the next time: a worker of another build may have it, and is not to send it with every call. */
const refused = new Set<string>();

/** Forgets everything, as a new isolate would have it. */
export function forgetSharedModels(): void {
  opened.clear();
  refused.clear();
}

function keep(hash: string, model: ServedModel): void {
  opened.delete(hash);
  opened.set(hash, model);
  const oldest = opened.keys().next();
  if (opened.size > MAX_OPENED_MODELS && !oldest.done) opened.delete(oldest.value);
}

/** What the worker checked and opened before it handed it over; one that does not open here scores nobody. */
function admit({ hash, manifest, file }: ModelBody): void {
  try {
    const model = openServed(JSON.parse(manifest), new Uint8Array(file));
    if (!('refused' in model)) {
      keep(hash, model);
      return;
    }
  } catch {
    // The worker may be a version ahead of this code: its model costs the score, never the decision.
  }
  if (refused.size >= MAX_OPENED_MODELS) refused.clear();
  refused.add(hash);
}

/** The models of a call by their manifests' hashes, and the hashes that are not here but may be asked for. */
export function sharedModels({ models = [], lateModels = [], modelBodies = [] }: DecideCall): {
  readonly mine: ReadonlyMap<string, ServedModel>;
  readonly missing: readonly string[];
} {
  for (const body of modelBodies) if (!opened.has(body.hash)) admit(body);
  const mine = new Map<string, ServedModel>();
  const missing: string[] = [];
  for (const { versions } of models)
    for (const { manifest } of versions) {
      const model = opened.get(manifest);
      if (!model) {
        if (!lateModels.includes(manifest) && !refused.has(manifest)) missing.push(manifest);
        continue;
      }
      keep(manifest, model);
      mine.set(manifest, model);
    }
  return { mine, missing };
}

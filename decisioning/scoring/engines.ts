/** Engines of this host: our own everywhere, and what a build of the worker adds to it. */
import type { OpenModel } from './engine.ts';
import type { EngineName } from './manifest.ts';
import { openModel } from './onnx/index.ts';

/** Code and not state: entries of a build add to it once, before anything is asked. */
const engines = new Map<EngineName, OpenModel>([['hyperedge', openModel]]);

/** Makes an engine available to everything in this isolate: `worker/onnxruntime/index.ts` does. */
export function addEngine(name: EngineName, open: OpenModel): void {
  engines.set(name, open);
}

/** What opens files for an engine; undefined where this build does not have it. */
export function engineHere(name: EngineName): OpenModel | undefined {
  return engines.get(name);
}

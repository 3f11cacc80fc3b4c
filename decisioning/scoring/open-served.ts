/** From what travels to what scores: a manifest's text and the file that it names. */
import type { ModelRefusal } from './engine.ts';
import { engineHere } from './engines.ts';
import type { ModelManifest } from './manifest.ts';
import { openModel } from './onnx/index.ts';
import type { ServedModel } from './served.ts';

/**
 * A version that can score: with the engine that its manifest asks for, or with our own evaluator, which may know all of its operators, where this
 * build lacks that. Whoever calls has checked the manifest's shape and both hashes.
 *
 * @param file the ONNX file
 */
export function openServed(manifest: ModelManifest, file: Uint8Array): ServedModel | ModelRefusal {
  const opened = (engineHere(manifest.engine) ?? openModel)(file);
  return 'refused' in opened ? opened : { manifest, opened };
}

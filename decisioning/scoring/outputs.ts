/** From an engine's tensors to a model's outputs: pages take it without what else makes a score. */
import type { ModelManifest } from './manifest.ts';

/** Outputs by name; none at all when one is no number, or outside what the manifest allows. */
export function outputsOf(
  manifest: ModelManifest,
  tensors: Readonly<Record<string, Float32Array>>,
): Readonly<Record<string, number>> {
  const outputs: Record<string, number> = {};
  for (const { name, tensor, column, range } of manifest.outputs) {
    const value = tensors[tensor]?.[column];
    if (value === undefined || !(value >= range[0] && value <= range[1])) return {};
    outputs[name] = value;
  }
  return outputs;
}

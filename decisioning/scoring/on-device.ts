/** Models that pages have: what of a manifest reaches them, and how a score is told in few words. */
import type { ModelManifest } from './manifest.ts';
import type { PublishedVersion } from './published.ts';

/** What a page needs to score with, and nothing of the customers that a model was trained on. */
export type DeviceManifest = Omit<ModelManifest, 'background' | 'drivers' | 'reference' | 'baseline'>;

/** A version as pages are told of it. */
export interface DeviceVersion extends PublishedVersion {
  readonly device: DeviceManifest;
  /** Address of the ONNX file, from the API's origin. */
  readonly file: string;
}

/** The public versions in service of one model: a page takes its own by the same draw as the edge, over the anonymous id that it has. */
export interface DeviceModel {
  readonly id: string;
  readonly versions: readonly DeviceVersion[];
}

/** The manifest without what explains, watches and trains. */
export function deviceManifest({
  background: _rows,
  drivers: _words,
  reference: _shares,
  baseline: _mean,
  watch: _bounds,
  inputs,
  ...manifest
}: ModelManifest): DeviceManifest {
  return { ...manifest, inputs: inputs.map(({ label: _label, unit: _unit, ...input }) => input) };
}

/** Buckets where a manifest names none. */
const DECILES = 10;

/** The bucket of a model's first output, from 0: how many edges are at or below it. */
export function scoreBucket({ buckets, outputs }: Pick<ModelManifest, 'buckets' | 'outputs'>, score: number): number {
  if (buckets) return buckets.filter((edge) => score >= edge).length;
  const [min, max] = outputs[0]?.range ?? [0, 1];
  return Math.max(0, Math.min(DECILES - 1, Math.floor(((score - min) / (max - min)) * DECILES)));
}

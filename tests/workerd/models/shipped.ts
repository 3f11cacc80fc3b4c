/** The shipped models as workerd can have them, which has no file system: what was built into the test. */
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import type { GoldenCase } from '../../../models/training/run/golden.ts';

const manifests: Record<string, ModelManifest> = import.meta.glob('../../../models/*/manifest.json', {
  eager: true,
  import: 'default',
});
const golden: Record<string, GoldenCase[]> = import.meta.glob('../../../models/*/golden.json', {
  eager: true,
  import: 'default',
});
/** As addresses that hold them, in base64. */
const files: Record<string, string> = import.meta.glob('../../../models/*/model.onnx', {
  eager: true,
  import: 'default',
  query: '?inline',
});

/** All of them, by the names of their folders. */
export const SHIPPED = Object.keys(manifests).map((path) => path.split('/').at(-2)!);

const pathOf = (id: string): string => `../../../models/${id}`;
export const manifestOf = (id: string): ModelManifest => manifests[`${pathOf(id)}/manifest.json`]!;
/** Customers, and the scores that training wrote down for them. */
export const casesOf = (id: string): GoldenCase[] => golden[`${pathOf(id)}/golden.json`]!;
/** The model's file in base64. */
export const base64Of = (id: string): string => files[`${pathOf(id)}/model.onnx`]!.replace(/^.*base64,/, '');

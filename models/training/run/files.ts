/** What a training gives: the files of a model's folder. */
import { createHash } from 'node:crypto';
import { modelManifest } from '../../../contract/models/manifest.ts';
import { fieldOf } from '../../../decisioning/scoring/check.ts';
import { checkModel } from '../../../decisioning/scoring/check-model.ts';
import type { OpenedModel } from '../../../decisioning/scoring/engine.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { openModel } from '../../../decisioning/scoring/onnx/index.ts';

/** By file name: bytes of `model.onnx`, text of the others. */
export type ModelFiles = Readonly<Record<string, Uint8Array | string>>;

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @throws Error if our own evaluator refuses what our own trainer wrote */
export function opened(bytes: Uint8Array): OpenedModel {
  const model = openModel(bytes);
  if ('refused' in model) throw new Error(`the file that was written is refused: ${model.refused}: ${model.detail}`);
  return model;
}

/** The manifest's text. @throws Error that names the field if it would be refused at upload */
export function manifestText(manifest: ModelManifest, model: OpenedModel): string {
  const read = modelManifest.safeParse(manifest);
  const wrong = read.success
    ? checkModel(manifest, model).map((problem) => `${fieldOf(problem)}: ${problem.detail}`)
    : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  if (wrong.length > 0) throw new Error(`the manifest that was made is refused:\n${wrong.join('\n')}`);
  return jsonText(manifest);
}

/** JSON with lists of plain values on one line: 64 rows of numbers are for machines, and still to be compared line by line. */
export function jsonText(value: unknown): string {
  const write = (part: unknown, indent: string): string => {
    if (typeof part !== 'object' || part === null) return JSON.stringify(part);
    const deeper = `${indent}  `;
    if (Array.isArray(part)) {
      if (part.every((item) => typeof item !== 'object' || item === null)) return JSON.stringify(part);
      return `[\n${part.map((item) => deeper + write(item, deeper)).join(',\n')}\n${indent}]`;
    }
    const entries = Object.entries(part).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return '{}';
    return `{\n${entries.map(([key, item]) => `${deeper}${JSON.stringify(key)}: ${write(item, deeper)}`).join(',\n')}\n${indent}}`;
  };
  return `${write(value, '')}\n`;
}

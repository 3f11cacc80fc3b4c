/** Models' folders: what a training writes, and what is there already. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { trainSpec } from '../../models/training/recipes.ts';
import type { ModelFiles } from '../../models/training/run/files.ts';
import { TrainingRefusal } from '../../models/training/spec/refusal.ts';
import { CommandFailure } from '../failure.ts';
import { progressBar } from '../terminal.ts';

const MODELS = 'models';
const SPEC = 'spec.yaml';

/** Specs of the models that come with the project. */
export function shippedSpecs(): string[] {
  return readdirSync(MODELS)
    .map((folder) => join(MODELS, folder, SPEC))
    .filter((spec) => existsSync(spec))
    .sort();
}

/** Trains, with a bar. @throws CommandFailure for what a person can mend */
export async function trainedFiles(spec: string): Promise<ModelFiles> {
  const bar = progressBar('Training');
  try {
    return await trainSpec(spec, (done, total, step) => bar.update(done, total, step));
  } catch (error) {
    if (error instanceof TrainingRefusal) throw new CommandFailure(error.message);
    throw error;
  } finally {
    bar.end();
  }
}

/** Writes the files beside the spec. @returns their names */
export function writeFiles(spec: string, files: ModelFiles): string[] {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dirname(spec), name), content);
  return Object.keys(files);
}

/** Names of the files that are not there, or hold something else. */
export function differingFiles(spec: string, files: ModelFiles): string[] {
  return Object.entries(files).flatMap(([name, content]) => {
    const file = join(dirname(spec), name);
    return existsSync(file) && readFileSync(file).equals(Buffer.from(content)) ? [] : [name];
  });
}

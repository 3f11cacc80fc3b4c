/** Reads a spec from its file. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readShape } from './head.ts';
import { TrainingRefusal } from './refusal.ts';
import { specShape, type TrainingSpec } from './schema.ts';

/** The document, before anybody has looked at its fields. @throws TrainingRefusal if it cannot be read */
export function readDocument(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new TrainingRefusal(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws TrainingRefusal that names every field that is wrong */
export function checkSpec(file: string, document: unknown): TrainingSpec {
  const spec = readShape(specShape, file, document);
  const { data } = spec;
  if ((data.file === undefined) === (data.log === undefined))
    throw new TrainingRefusal(`${file}: data: must name a file or a log, one of them`);
  if ((data.log === undefined) !== (data.model === undefined))
    throw new TrainingRefusal(`${file}: data.model: goes with data.log, and is needed there`);
  if (spec.members.every(({ weight }) => weight === 0)) {
    throw new TrainingRefusal(`${file}: members: one of them must have a weight above 0`);
  }
  if (spec.folds.by === 'time' && spec.calibration !== 'none') {
    throw new TrainingRefusal(`${file}: calibration: needs folds that hold every row once; a split in time does not`);
  }
  return spec;
}

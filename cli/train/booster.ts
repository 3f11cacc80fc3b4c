/** `npm run train -- --xgboost`: a booster's JSON as ONNX. */
import { readFileSync, writeFileSync } from 'node:fs';
import { writeModel } from '../../models/training/onnx/writer.ts';
import { TrainingRefusal } from '../../models/training/spec/refusal.ts';
import { importXgboost } from '../../models/training/xgboost.ts';
import { CommandFailure } from '../failure.ts';

/** @returns the bytes written. @throws CommandFailure for what a person can mend */
export function importBooster(file: string, out: string, rounds: number | undefined): number {
  try {
    const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const bytes = writeModel(importXgboost(document, rounds === undefined ? {} : { rounds }));
    writeFileSync(out, bytes);
    return bytes.length;
  } catch (error) {
    const isTheirs =
      error instanceof TrainingRefusal || error instanceof SyntaxError || (error instanceof Error && 'code' in error);
    if (isTheirs) throw new CommandFailure(`${file}: ${error.message}`);
    throw error;
  }
}

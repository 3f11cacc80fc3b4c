/** What specs of all recipes say: whose model it is, how it is watched, what it is not for. */
import * as z from 'zod';
import { modelWatch } from '../../../contract/models/manifest.ts';
import { TrainingRefusal } from './refusal.ts';

export const word = z.string().min(1).max(200);
export const words = z.string().min(1).max(2_000);
/** Counts of a training: enough for models of this size, and no run that never ends. */
export const count = (max: number) => z.int().min(1).max(max);

/** Fields to spread into a recipe's shape. */
export const specHead = {
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .max(64),
  name: word,
  /** In words and with its time frame. */
  predicts: word,
  /** What it is for: the card's first paragraph. */
  about: words,
  seed: z.int().min(0),
  /** Copied into the manifest. */
  watch: modelWatch.exactOptional(),
  limits: z.array(words).min(1),
  fairUse: z.array(words).min(1),
};

/** What the data is, for people. */
export const dataWords = { title: word, source: words, licence: words };

/** @throws TrainingRefusal that names every field that is wrong */
export function readShape<Output>(shape: z.ZodType<Output>, file: string, document: unknown): Output {
  const read = shape.safeParse(document);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `${file}: ${path.join('.') || 'the spec'}: ${message}`);
  throw new TrainingRefusal(wrong.join('\n'));
}

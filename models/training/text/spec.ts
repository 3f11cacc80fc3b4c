/** What a spec of creative performance says: tests of texts against each other, and how their click rates are learned. */
import * as z from 'zod';
import { modelInput } from '../../../contract/models/manifest.ts';
import { TrainingRefusal } from '../spec/read.ts';

const words = z.string().min(1).max(2_000);
const count = (max: number) => z.int().min(1).max(max);
const share = z.number().min(0).max(1);

export const textSpec = z.strictObject({
  recipe: z.literal('text'),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .max(64),
  name: words,
  predicts: words,
  about: words,
  seed: z.int().min(0),
  data: z.strictObject({
    file: words,
    /** Texts are compared where test and variant (the picture, say) are the same. */
    columns: z.strictObject({ test: words, variant: words, text: words, shown: words, clicked: words }),
    title: words,
    source: words,
    licence: words,
  }),
  /** The one input: a text and its measures. */
  input: modelInput,
  folds: z.int().min(2).max(20),
  forest: z.strictObject({
    weight: share,
    trees: count(500),
    depth: count(16),
    minRows: z.number().positive(),
    columnsPerNode: count(256),
  }),
  boosting: z.strictObject({
    weight: share,
    rounds: count(1_000),
    depth: count(8),
    learningRate: z.number().positive().max(1),
    l2: z.number().min(0),
    minWeight: z.number().positive(),
    subsample: z.number().positive().max(1),
    columnsPerNode: count(256),
  }),
  mlp: z.strictObject({
    weight: share,
    hidden: z.array(count(64)).min(1).max(3),
    epochs: count(500),
    batch: count(4_096),
    learningRate: z.number().positive().max(1),
    decay: z.number().min(0),
  }),
  /** Multiples of the average click rate beyond these are not believed. */
  liftRange: z.tuple([z.number().positive().max(1), z.number().min(1).max(10)]),
  gates: z.strictObject({
    /** Share of pairs whose difference is beyond chance that are ranked rightly, over tests not trained on. */
    decidedAtLeast: share,
  }),
  limits: z.array(words).min(1),
  fairUse: z.array(words).min(1),
});

export type TextSpec = z.infer<typeof textSpec>;

/** @throws TrainingRefusal that names every field that is wrong */
export function checkTextSpec(file: string, document: unknown): TextSpec {
  const read = textSpec.safeParse(document);
  const wrong = read.success
    ? []
    : read.error.issues.map(({ path, message }) => `${path.join('.') || 'the spec'}: ${message}`);
  if (read.success && read.data.input.encoding.kind !== 'text') wrong.push('input.encoding.kind: must be text');
  if (!read.success || wrong.length > 0) throw new TrainingRefusal(wrong.map((one) => `${file}: ${one}`).join('\n'));
  return read.data;
}

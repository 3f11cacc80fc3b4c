/** What a spec of creative performance says: tests of texts against each other, and how their click rates are learned. */
import * as z from 'zod';
import { modelInput } from '../../../contract/models/manifest.ts';
import { count, dataWords, readShape, specHead, word } from '../spec/head.ts';
import { TrainingRefusal } from '../spec/refusal.ts';

const share = z.number().min(0).max(1);

/** What else a text is to foretell beside its clicks: how often something follows, or how much. */
const head = z.strictObject({
  /** Of the output. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*$/)
    .max(64),
  /** Of the table: how many of the views had it, or how much all of them came to. */
  column: word,
  kind: z.enum(['probability', 'value']),
  unit: word.exactOptional(),
  /** Share of the pairs, over tests not trained on, that are ranked rightly. */
  rankedAtLeast: share.exactOptional(),
});

export const textSpec = z.strictObject({
  recipe: z.literal('text'),
  ...specHead,
  data: z.strictObject({
    file: word,
    /** Texts are compared where test and variant (the picture, say) are the same. */
    columns: z.strictObject({ test: word, variant: word, text: word, shown: word, clicked: word }),
    ...dataWords,
  }),
  /** Outputs beside `probability` and `lift`. */
  heads: z.array(head).max(8).default([]),
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
});

/** Of the clicks. */
const CLICK_OUTPUTS = ['probability', 'lift'];

export type TextSpec = z.infer<typeof textSpec>;
export type TextHeadSpec = TextSpec['heads'][number];

/** @throws TrainingRefusal that names every field that is wrong */
export function checkTextSpec(file: string, document: unknown): TextSpec {
  const spec = readShape(textSpec, file, document);
  if (spec.input.encoding.kind !== 'text') throw new TrainingRefusal(`${file}: input.encoding.kind: must be text`);
  const names = [...CLICK_OUTPUTS, ...spec.heads.map(({ name }) => name)];
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0) {
    const place = twice - CLICK_OUTPUTS.length;
    throw new TrainingRefusal(`${file}: heads.${place}.name: there is another output "${names[twice]}"`);
  }
  return spec;
}

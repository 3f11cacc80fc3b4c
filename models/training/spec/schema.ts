/** What a spec may say: everything that is needed to train a model again, byte for byte. */
import * as z from 'zod';
import { modelDriver, modelInput } from '../../../contract/models/manifest.ts';
import { count, dataWords, specHead, word, words } from './head.ts';

const positive = z.number().positive();
const weight = z.number().min(0).exactOptional();

const logistic = z.strictObject({
  kind: z.literal('logistic'),
  weight,
  ridge: z.number().min(0).exactOptional(),
});
const boosting = z.strictObject({
  kind: z.literal('boosting'),
  weight,
  rounds: count(2_000).exactOptional(),
  depth: count(12).exactOptional(),
  learningRate: positive.max(1).exactOptional(),
  l2: z.number().min(0).exactOptional(),
  minWeight: positive.exactOptional(),
  subsample: positive.max(1).exactOptional(),
  columnsPerNode: count(1_024).exactOptional(),
  bins: z.int().min(2).max(255).exactOptional(),
  patience: count(1_000).exactOptional(),
});
const forest = z.strictObject({
  kind: z.literal('forest'),
  weight,
  trees: count(1_000).exactOptional(),
  depth: count(20).exactOptional(),
  minRows: positive.exactOptional(),
  columnsPerNode: count(1_024).exactOptional(),
  bins: z.int().min(2).max(255).exactOptional(),
});
const mlp = z.strictObject({
  kind: z.literal('mlp'),
  weight,
  hidden: z.array(count(256)).min(1).max(4).exactOptional(),
  epochs: count(1_000).exactOptional(),
  batch: count(4_096).exactOptional(),
  learningRate: positive.max(1).exactOptional(),
  decay: z.number().min(0).exactOptional(),
});

const input = modelInput.extend({
  /** Column of the table. */
  column: word,
  /** What the table writes for a value that is not known; nothing at all is one in any case. */
  absent: z.array(z.string()).max(32).exactOptional(),
  /** Words of the table by what serving calls them. */
  rename: z.record(z.string(), z.string()).exactOptional(),
});

const folds = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('row'), count: z.int().min(2).max(20) }),
  z.strictObject({ by: z.literal('shuffle'), count: z.int().min(2).max(20) }),
  z.strictObject({ by: z.literal('group'), column: word, count: z.int().min(2).max(20) }),
  z.strictObject({ by: z.literal('time'), column: word, share: positive.max(0.9) }),
]);

const gate = z.strictObject({
  metric: z.enum(['auc', 'logLoss', 'brier', 'ece']),
  /** Of one kind of member alone, instead of the whole model. */
  member: z.enum(['logistic', 'boosting', 'forest', 'mlp']).exactOptional(),
  atLeast: z.number().exactOptional(),
  atMost: z.number().exactOptional(),
});

export const specShape = z.strictObject({
  recipe: z.literal('probability').default('probability'),
  ...specHead,
  /** Whether pages may have it: manifest and file are public then. */
  onDevice: z.literal(true).exactOptional(),
  data: z.strictObject({
    /** Relative to the spec, or with `data:` in front in the folder of tables; plain or gzipped CSV with a header. */
    file: word.exactOptional(),
    delimiter: z.string().length(1).default(','),
    /** Instead of a file: a folder with the decision log in it, and the model whose rows are wanted. */
    log: word.exactOptional(),
    model: word.exactOptional(),
    /** Of the version that was told; the one beside the spec unless named. */
    manifest: word.exactOptional(),
    versions: z.array(z.int().min(1)).min(1).max(100).exactOptional(),
    ...dataWords,
  }),
  target: z.strictObject({ column: word, positive: z.array(z.string()).min(1) }),
  inputs: z.array(input).min(1).max(256),
  /** Columns that are left out on purpose, and why: for the card. */
  leftOut: z.record(word, words).default({}),
  folds,
  /** Where rows are in the order of time: the share at the end that a model of the others is measured with besides, for the card. */
  later: positive.max(0.9).exactOptional(),
  members: z
    .array(z.discriminatedUnion('kind', [logistic, boosting, forest, mlp]))
    .min(1)
    .max(8),
  /** Inner edges of the score's buckets. */
  buckets: z.array(z.number()).min(1).max(63).exactOptional(),
  calibration: z.enum(['none', 'platt', 'isotonic']).default('none'),
  gates: z.array(gate).max(16).default([]),
  drivers: z.array(modelDriver).exactOptional(),
});

export type TrainingSpec = z.infer<typeof specShape>;
export type SpecInput = TrainingSpec['inputs'][number];
export type MemberSpec = TrainingSpec['members'][number];
export type GateSpec = TrainingSpec['gates'][number];

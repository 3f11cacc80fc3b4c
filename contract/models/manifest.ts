/** What a model declares of itself, as it is written down: the shape of a manifest, and that its fields fit each other. */
import * as z from 'zod';
import { manifestProblems } from '../../decisioning/scoring/check.ts';
import {
  MAX_BACKGROUND_ROWS,
  MAX_DRIVERS,
  MAX_HISTOGRAM_EDGES,
  MAX_INPUT_VALUES,
  MAX_MODEL_COLUMNS,
  MAX_MODEL_INPUTS,
  MAX_MODEL_OUTPUTS,
} from '../../decisioning/scoring/limits.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { WATCH_BOUNDS } from '../../decisioning/scoring/watch/rules.ts';
import { attributePath } from '../configuration/attribute-path.ts';
import { displayName, share, slug } from '../primitives.ts';

/** Labels, units and values: a line of a card. */
const words = z.string().min(1).max(200);
const valueList = z.array(words).min(1).max(MAX_INPUT_VALUES);
const range = z.tuple([z.number(), z.number()]);

const encoding = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('number'),
    log: z.literal(true).exactOptional().meta({ description: 'log1p of the value is taken first' }),
    center: z.number().exactOptional().meta({ description: 'Subtracted then; 0 when absent' }),
    scale: z.number().positive().exactOptional().meta({ description: 'Divided by last; 1 when absent' }),
  }),
  z.strictObject({
    kind: z.literal('boolean'),
    trueValues: valueList.exactOptional().meta({ description: 'Words that mean true' }),
  }),
  z.strictObject({ kind: z.literal('one_hot'), values: valueList.meta({ description: 'One column each' }) }),
  z.strictObject({
    kind: z.literal('ordinal'),
    values: valueList.meta({ description: 'From the first, 0; a value that is not listed is missing' }),
  }),
  z.strictObject({ kind: z.literal('text'), measures: valueList.meta({ description: 'One column each' }) }),
]);

/** An input of a manifest; specs of trainings add where a table has it. */
export const modelInput = z.strictObject({
  name: slug,
  attribute: attributePath.meta({
    description: 'Path of an attribute or counter as in conditions, or below `arm.content`',
  }),
  unit: words.exactOptional(),
  label: words.exactOptional().meta({ description: 'In words: "months as a customer"' }),
  encoding,
  missing: z.union([z.number(), z.literal('nan')]).meta({ description: 'What the columns hold without a value' }),
  range: range.exactOptional().meta({ description: 'Numbers outside are taken at the nearer end, and counted' }),
});

const output = z.strictObject({
  name: slug,
  tensor: words,
  column: z
    .int()
    .min(0)
    .max(MAX_MODEL_COLUMNS - 1),
  range,
  kind: z.enum(['probability', 'value']),
  unit: words.exactOptional(),
});

/** A reason in words. */
export const modelDriver = z.strictObject({
  input: words.meta({ description: 'Name of the input, or of one measure of a text: `headline:words`' }),
  effect: z.enum(['raises', 'lowers']).exactOptional(),
  when: z
    .strictObject({
      oneOf: valueList.exactOptional(),
      atLeast: z.number().exactOptional(),
      below: z.number().exactOptional(),
      missing: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  words,
  intervention: z.string().min(1).max(500).exactOptional(),
});

const histogram = {
  edges: z.array(z.number()).max(MAX_HISTOGRAM_EDGES),
  shares: z.array(share).max(MAX_HISTOGRAM_EDGES + 1),
};

const rate = share.exactOptional();

/** How a version is watched; specs of trainings take it as it is. */
export const modelWatch = z.strictObject({
  goal: slug.exactOptional().meta({
    description:
      'Goal whose reaching it predicts: it is judged by outcomes in campaigns that optimise this, and in no others; without one, in those whose arms it scores',
  }),
  scale: z.literal('order').exactOptional().meta({
    description:
      'Its scores are of another site’s scale: judged by their order alone, as outputs of kind `value` always are',
  }),
  minTrials: z
    .int()
    .min(WATCH_BOUNDS.minTrials[0])
    .max(WATCH_BOUNDS.minTrials[1])
    .exactOptional()
    .meta({ description: 'Trials of a window, and the fewest to judge by' }),
  minAuc: rate,
  maxAucDrop: rate.meta({ description: 'Below the live version’s, at most' }),
  maxEce: rate.meta({ description: 'Expected calibration error' }),
  maxBrokenRate: rate,
  maxLateRate: rate,
  maxMissingRate: rate,
  settleHours: z
    .int()
    .min(WATCH_BOUNDS.settleHours[0])
    .max(WATCH_BOUNDS.settleHours[1])
    .exactOptional()
    .meta({ description: 'How long outcomes take: calibration is judged by older trials' }),
});

const shape = z.strictObject({
  format: z.literal(1),
  id: slug,
  name: displayName,
  predicts: words.meta({ description: 'In words, with its time frame: "leaves within a month"' }),
  engine: z.enum(['hyperedge', 'onnxruntime-web']),
  file: z.strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256, 64 hexadecimal digits in lower case'),
    bytes: z.int().positive(),
  }),
  onDevice: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'Pages may have it, and score with it: manifest and file are public then' }),
  buckets: z
    .array(z.number())
    .min(1)
    .max(MAX_HISTOGRAM_EDGES)
    .refine((edges) => edges.every((edge, i) => i === 0 || edge > edges[i - 1]!), 'must ascend')
    .exactOptional()
    .meta({ description: "Inner edges of the score's buckets; ten of equal width over its range when absent" }),
  inputTensor: words,
  inputs: z.array(modelInput).min(1).max(MAX_MODEL_INPUTS),
  outputs: z.array(output).min(1).max(MAX_MODEL_OUTPUTS),
  baseline: z.number().exactOptional(),
  background: z
    .array(z.array(z.number().nullable()).max(MAX_MODEL_COLUMNS))
    .min(1)
    .max(MAX_BACKGROUND_ROWS)
    .exactOptional()
    .meta({ description: 'Encoded rows that explanations compare with; null stands for NaN' }),
  drivers: z.array(modelDriver).max(MAX_DRIVERS).exactOptional(),
  reference: z
    .strictObject({
      score: z.strictObject(histogram),
      inputs: z.record(words, z.strictObject({ ...histogram, missing: share })),
    })
    .exactOptional(),
  watch: modelWatch.exactOptional(),
});

/** A manifest; what is wrong with it is told by field. */
export const modelManifest = shape
  .superRefine((manifest, context) => {
    for (const { path, detail } of manifestProblems(manifest satisfies ModelManifest))
      context.addIssue({ code: 'custom', path: [...path], message: detail });
  })
  .meta({ id: 'ModelManifest', description: 'What a model declares of itself: inputs, outputs, file.' });

/** `/v1/models`: versions of models, what is known of them, and where they serve. */
import * as z from 'zod';
import { MAX_MODEL_COLUMNS } from '../../decisioning/scoring/limits.ts';
import { MAX_PATH_LENGTH } from '../configuration/attribute-path.ts';
import { slug } from '../primitives.ts';
import { modelManifest } from './manifest.ts';

/** A version serves by its stage; `registered` and `retired` serve nobody. */
export const MODEL_STAGES = ['registered', 'shadow', 'canary', 'live', 'retired'] as const;
export type ModelStage = (typeof MODEL_STAGES)[number];

/** Base64 of the largest file (1 MB), its manifest, and the card. */
export const MAX_MODEL_BODY_BYTES = 2 * 1_024 * 1_024;
/** A model card: some pages of Markdown with a drawing in it. */
const MAX_CARD_LENGTH = 256 * 1_024;
/** Figures and origins: a page of each. */
const MAX_FIGURES = 100;
/** Customers with the scores that they must have: `npm run train` writes 26. */
const MAX_GOLDEN = 64;
/** What fits into one line of a ticket. */
const MAX_REASON_LENGTH = 500;

const word = z.string().min(1).max(200);
const figure = z.union([z.number(), z.string().max(500), z.boolean(), z.null()]);
const figures = z
  .record(word, figure)
  .refine((told) => Object.keys(told).length <= MAX_FIGURES, `at most ${MAX_FIGURES} figures`);

/** What is told of a version besides its manifest; hosts that score do not need it. */
const about = {
  metrics: figures.default({}).meta({ description: 'Figures of its training, by name: `auc`, `ece`, `rows` …' }),
  lineage: figures.default({}).meta({
    description: 'Where it comes from, by name: `data`, `dataSha256`, `seed`, `commit`, `trainedAt`, `parent` …',
  }),
  card: z.string().max(MAX_CARD_LENGTH).default('').meta({ description: 'The model card, Markdown' }),
};

const golden = z
  .strictObject({
    attributes: z.record(z.string().max(MAX_PATH_LENGTH), z.union([z.string().max(4_000), z.number(), z.boolean()])),
    row: z.array(z.number().nullable()).max(MAX_MODEL_COLUMNS).meta({ description: 'Encoded; null stands for NaN' }),
    missing: z.array(word).optional(),
    scores: z.record(word, z.number()).meta({ description: 'By output name' }),
  })
  .meta({ description: 'A customer by paths, with the row and the scores that every host must find' });

export const registerModelRequest = z
  .strictObject({
    manifest: modelManifest,
    file: z.base64().min(4).meta({ description: 'The ONNX file, base64' }),
    golden: z.array(golden).max(MAX_GOLDEN).default([]).meta({
      description: 'The `golden.json` of a trained model: the version is refused unless its file gives the same here',
    }),
    ...about,
  })
  .meta({ id: 'RegisterModelRequest' });
export type RegisterModelRequest = z.output<typeof registerModelRequest>;

const version = z.int().min(1).max(1_000_000);

export const modelVersion = z
  .strictObject({
    model: slug,
    version,
    stage: z.enum(MODEL_STAGES),
    share: z.number().optional().meta({ description: 'Of a canary: the share of customers that it serves' }),
    stagedAt: z.iso.datetime(),
    reason: z.string().nullable().meta({ description: 'Why it stands there, where somebody or something said so' }),
    calledBackAt: z.iso
      .datetime()
      .optional()
      .meta({ description: 'When the watch took it out of service; it serves again by `resume: true` alone' }),
    manifestHash: z.string().meta({ description: 'SHA-256 of the manifest: the name of the version' }),
    fileHash: z.string(),
    fileBytes: z.int(),
    name: z.string(),
    predicts: z.string(),
    outputs: z.array(z.string()).meta({ description: 'Paths of its scores: `models.churn.probability`' }),
    inputs: z.int(),
    metrics: z.record(z.string(), figure),
    lineage: z.record(z.string(), figure),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
  })
  .meta({ id: 'ModelVersion' });
export type ModelVersion = z.infer<typeof modelVersion>;

export const registeredModel = z
  .strictObject({ ...modelVersion.shape, created: z.boolean().meta({ description: 'False: it was there already' }) })
  .meta({ id: 'RegisteredModel' });

export const modelSummary = z
  .strictObject({
    id: slug,
    versions: z.array(modelVersion).meta({ description: 'The newest first' }),
    next: z.string().optional().meta({ description: 'Of a model: cursor of its older versions, where there are any' }),
  })
  .meta({ id: 'Model' });

export const modelQuery = z.strictObject({
  cursor: z.string().max(512).optional().meta({ description: '`next` of the page before' }),
});

export const modelsResponse = z.strictObject({ models: z.array(modelSummary) }).meta({ id: 'ModelsResponse' });

export const modelVersionDetail = z
  .strictObject({ ...modelVersion.shape, manifest: modelManifest, card: z.string() })
  .meta({ id: 'ModelVersionDetail' });

export const stageRequest = z
  .strictObject({
    stage: z.enum(['shadow', 'canary', 'live', 'retired']),
    share: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .meta({ description: 'Of a canary: the share of customers, above 0, below 1' }),
    reason: z.string().min(1).max(MAX_REASON_LENGTH).optional(),
    resume: z
      .boolean()
      .optional()
      .meta({ description: 'Put it in service though the watch called it back; without it that is refused' }),
  })
  .superRefine(({ stage, share }, context) => {
    if (stage === 'canary' && share === undefined)
      context.addIssue({ code: 'custom', path: ['share'], message: 'a canary serves a share of the customers' });
    if (stage !== 'canary' && share !== undefined)
      context.addIssue({ code: 'custom', path: ['share'], message: 'only a canary has a share' });
  })
  .meta({ id: 'StageRequest' });
export type StageRequest = z.output<typeof stageRequest>;

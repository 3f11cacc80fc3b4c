/** Scores explained: in `POST /v1/explain` and `GET /v1/decisions/{id}`, where they are asked for. */
import * as z from 'zod';

/** Why a score has no explanation. */
export const UNEXPLAINED = ['no_background', 'no_output', 'no_score', 'too_costly', 'not_here'] as const;

const contribution = z.strictObject({
  name: z.string().meta({ description: 'The input; of a text `<input>:<measure>`' }),
  input: z.string(),
  value: z
    .union([z.number(), z.string(), z.boolean(), z.null()])
    .meta({ description: 'As the model saw it; null where it was missing' }),
  contribution: z.number().meta({ description: 'In the space of `raw`' }),
  points: z.number().meta({ description: 'Of the score: together score − typical' }),
  error: z.number().optional().meta({ description: 'Standard error of the contribution, where it is estimated' }),
});

const explanation = z.strictObject({
  output: z.string(),
  score: z.number(),
  typical: z.number().meta({ description: 'The score at the baseline' }),
  space: z.enum(['score', 'log_odds', 'log', 'raw']).meta({ description: 'What `raw` is measured in' }),
  raw: z.number(),
  baseline: z.number().meta({ description: 'The mean of `raw` over the rows that the model compares with' }),
  method: z.enum(['exact', 'estimated']),
  contributions: z.array(contribution).meta({ description: 'Together raw − baseline' }),
});

const reason = z.strictObject({
  name: z.string(),
  words: z.string(),
  points: z.number(),
  moved: z.string().meta({ description: 'In words: `+18 points`' }),
  intervention: z.string().optional(),
});

export const explainedScore = z
  .strictObject({
    version: z.int(),
    stage: z.enum(['shadow', 'canary', 'live']),
    arm: z.string().optional().meta({ description: 'Of a model that reads arms: `<campaign>/<arm>`' }),
    outputs: z.record(z.string(), z.number()).meta({ description: 'Scores by name; none where the model broke' }),
    inputs: z
      .record(z.string(), contribution.shape.value)
      .meta({ description: 'What the model saw, by input; null where it was missing' }),
    missing: z.array(z.string()),
    unexplained: z.enum(UNEXPLAINED).optional().meta({
      description:
        'Why there is no explanation: the manifest has no `background`, the model no such output or no number for this customer, comparing would take too many steps, or the version is not in the bucket',
    }),
    explanation: explanation.optional(),
    summary: z.string().optional().meta({ description: 'In words, with the strongest reasons' }),
    reasons: z.array(reason).optional().meta({ description: 'The strongest first' }),
    interventions: z.array(z.string()).optional().meta({ description: 'What is recommended' }),
  })
  .meta({ id: 'ExplainedScore' });
export type ExplainedScore = z.infer<typeof explainedScore>;

/** By model id; of a model in service the version in charge of this customer, and the shadow beside it. */
export const explainedScores = z.record(z.string(), z.array(explainedScore));
export type ExplainedScores = z.infer<typeof explainedScores>;

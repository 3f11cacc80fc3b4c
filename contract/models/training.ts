/** `/v1/training-jobs`: trainings that the watch asks for, and what comes of them. */
import * as z from 'zod';
import { RETRAINING_CAUSES } from '../../decisioning/scoring/watch/retraining.ts';
import { slug } from '../primitives.ts';

export const TRAINING_STATES = ['asked', 'running', 'done', 'failed'] as const;

export const trainingJob = z
  .strictObject({
    id: z.int(),
    model: slug,
    version: z.int().meta({ description: 'The live version that is to be followed' }),
    state: z.enum(TRAINING_STATES),
    cause: z.enum(RETRAINING_CAUSES),
    detail: z.string(),
    askedAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
    changedBy: z.string(),
    result: z.int().nullable().meta({ description: 'The version that came of it' }),
    note: z.string().nullable(),
  })
  .meta({ id: 'TrainingJob' });
export type TrainingJob = z.infer<typeof trainingJob>;

export const trainingJobs = z.strictObject({ jobs: z.array(trainingJob) }).meta({ id: 'TrainingJobs' });

export const trainingJobChange = z
  .strictObject({
    state: z.enum(['running', 'failed']).meta({
      description: '`running`: whoever trains has taken it. It is done by registering a version with `lineage.job`.',
    }),
    note: z.string().min(1).max(500).optional(),
  })
  .meta({ id: 'TrainingJobChange' });
export type TrainingJobChange = z.output<typeof trainingJobChange>;

/** `/v1/training-jobs`: trainings that are due, taken and finished by whoever trains. */
import * as z from 'zod';
import { trainingJob, trainingJobChange, trainingJobs } from '../../contract/models/training.ts';
import { database } from '../../db/database.ts';
import { listJobs } from '../../db/queries/training-jobs.ts';
import type { App } from '../http/app.ts';
import { endpoint } from '../http/endpoint.ts';
import { refuse } from '../http/problem.ts';
import { changeJob, jobAnswer } from '../models/training.ts';
import { callerOf } from './configuration/caller.ts';

/** Registers both. */
export function registerTrainingJobs(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/training-jobs',
      tag: 'Models',
      summary: 'Trainings that were asked for, newest first',
      description:
        'Live models are judged four times a day: drift, calibration, new outcomes, age. One job is open per model.',
      auth: 'secret',
      responses: { 200: { description: 'The latest 100', schema: trainingJobs } },
    },
    async (c) => {
      const jobs = await listJobs(database(c.env.DB), c.auth.workspaceId);
      return c.json({ jobs: jobs.map(jobAnswer) });
    },
  );
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/training-jobs/{id}',
      tag: 'Models',
      summary: 'Take a training, or give it up',
      description:
        'It is done when a version is registered whose `lineage.job` is its id: that begins as a shadow, unless its declared AUC is below the live version’s.',
      auth: 'secret',
      params: z.strictObject({ id: z.coerce.number().pipe(z.int().min(1)) }),
      body: trainingJobChange,
      responses: {
        200: { description: 'The job', schema: trainingJob },
        404: { description: '`not_found`: there is no such job' },
        412: { description: '`precondition_failed`: somebody else has it, or it is over' },
      },
    },
    async (c, { params: { id }, body }) => {
      const done = await changeJob(callerOf(c), id, body);
      return done.ok ? c.json(done.value) : refuse(c, done.refusal);
    },
  );
}

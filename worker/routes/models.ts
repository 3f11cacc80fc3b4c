/** `/v1/models`: the registry. */
import type { Context } from 'hono';
import * as z from 'zod';
import {
  MAX_MODEL_BODY_BYTES,
  type ModelVersion,
  modelSummary,
  modelsResponse,
  modelVersion,
  modelVersionDetail,
  registeredModel,
  registerModelRequest,
  stageRequest,
} from '../../contract/models/registry.ts';
import { slug } from '../../contract/primitives.ts';
import { database } from '../../db/database.ts';
import { findVersion, listModels, listVersions, type ModelVersionRow } from '../../db/queries/models.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import type { App, AppEnv } from '../http/app-env.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem, refuse } from '../http/problem.ts';
import { registerModel, versionsOf } from '../models/registry.ts';
import { stageVersion } from '../models/staging.ts';
import { callerOf } from './configuration/caller.ts';

const TAG = 'Models';
const version = z.coerce.number().pipe(z.int().min(1));
const ONE = { 404: { description: '`not_found`: there is no such model, or no such version of it' } };

/** Registers them all. */
export function registerModels(app: App): void {
  registerReads(app);
  registerWrites(app);
}

function registerReads(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/models',
      tag: TAG,
      summary: 'All models with their newest versions',
      auth: 'secret',
      responses: { 200: { description: 'By id', schema: modelsResponse } },
    },
    async (c) => {
      const { workspaceId } = c.get('auth');
      const db = database(c.env.DB);
      const models = await listModels(db, workspaceId);
      const all = models.map(async ({ id }) => ({ id, versions: await listVersions(db, workspaceId, id) }));
      return c.json({
        models: (await Promise.all(all)).map(({ id, versions }) => ({ id, versions: versions.map(answerOf) })),
      });
    },
  );
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/models/{id}',
      tag: TAG,
      summary: 'A model with its versions',
      auth: 'secret',
      params: z.strictObject({ id: slug }),
      responses: { 200: { description: 'The newest first', schema: modelSummary }, ...ONE },
    },
    async (c, { params: { id } }) => {
      const versions = await versionsOf(callerOf(c), id);
      return versions.ok ? c.json({ id, versions: versions.value.map(answerOf) }) : refuse(c, versions.refusal);
    },
  );
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/models/{id}/versions/{version}',
      tag: TAG,
      summary: 'A version with its manifest and card',
      auth: 'secret',
      params: z.strictObject({ id: slug, version }),
      responses: { 200: { description: 'The version', schema: modelVersionDetail }, ...ONE },
    },
    (c, { params }) => detail(c, params.id, params.version),
  );
}

async function detail(c: Context<AppEnv>, id: string, number: number): Promise<Response> {
  const row = await findVersion(database(c.env.DB), c.get('auth').workspaceId, id, number);
  if (!row) return problem(c, 'not_found', { detail: `There is no version ${number} of a model "${id}"` });
  return c.json({ ...answerOf(row), manifest: JSON.parse(row.manifest), card: row.card });
}

function registerWrites(app: App): void {
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/models',
      tag: TAG,
      summary: 'Register a version of a model',
      description:
        'The file is opened and checked against its manifest; a model that cannot serve is refused with the node that it is about, and nothing is stored. The same manifest again is the same version. It serves nobody until it is staged.',
      auth: 'secret',
      body: registerModelRequest,
      maxBodyBytes: MAX_MODEL_BODY_BYTES,
      responses: {
        200: { description: 'It was there already', schema: registeredModel },
        201: { description: 'A new version', schema: registeredModel },
        422: {
          description:
            '`invalid_model`: no model, one that no engine here takes, or one that does not fit its manifest',
        },
      },
    },
    async (c, { body }) => {
      const done = await registerModel(callerOf(c), body);
      if (!done.ok) return refuse(c, done.refusal);
      const { row, created } = done.value;
      return c.json({ ...answerOf(row), created }, created ? 201 : 200);
    },
  );
  endpoint(
    app,
    {
      method: 'put',
      path: '/v1/models/{id}/versions/{version}/stage',
      tag: TAG,
      summary: 'Put a version in service, or take it out',
      description:
        'Works within 5 seconds, without publishing. `shadow` scores unheard, `canary` serves a sticky share of the customers, `live` the others; who held the stage retires. The audit has it. A version that the watch called back goes there by `resume: true` alone.',
      auth: 'secret',
      params: z.strictObject({ id: slug, version }),
      body: stageRequest,
      responses: {
        200: { description: 'The version', schema: modelVersion },
        ...ONE,
        412: {
          description:
            '`called_back`: the watch took it out of service, and `resume` is not said; `precondition_failed`: the model was changed at the same moment',
        },
        422: { description: '`invalid_request`: from its stage it does not go there, or too many models serve' },
      },
    },
    async (c, { params, body }) => {
      const done = await stageVersion(callerOf(c), params.id, params.version, body);
      return done.ok ? c.json(answerOf(done.value)) : refuse(c, done.refusal);
    },
  );
}

function answerOf(row: ModelVersionRow): ModelVersion {
  const manifest = JSON.parse(row.manifest) as ModelManifest;
  const { modelId, stage, share, reason, manifestHash, createdBy } = row;
  return {
    model: modelId,
    version: row.version,
    stage,
    ...(share !== null && { share }),
    stagedAt: new Date(row.stagedAt).toISOString(),
    reason,
    ...(row.calledBackAt !== null && { calledBackAt: new Date(row.calledBackAt).toISOString() }),
    manifestHash,
    fileHash: manifest.file.sha256,
    fileBytes: manifest.file.bytes,
    name: manifest.name,
    predicts: manifest.predicts,
    outputs: manifest.outputs.map(({ name }) => `models.${modelId}.${name}`),
    inputs: manifest.inputs.length,
    metrics: JSON.parse(row.metrics),
    lineage: JSON.parse(row.lineage),
    createdAt: new Date(row.createdAt).toISOString(),
    createdBy,
  };
}

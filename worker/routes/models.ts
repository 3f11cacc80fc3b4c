/** `/v1/models`: the registry. */
import * as z from 'zod';
import {
  MAX_MODEL_BODY_BYTES,
  type ModelVersion,
  modelQuery,
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
import { headOf, listNewest, listPage, type VersionHead } from '../../db/queries/model-lists.ts';
import { findVersion } from '../../db/queries/models.ts';
import { makeCursor, readNumberCursor } from '../configuration/cursor.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem, refuse } from '../http/problem.ts';
import { deleteVersion } from '../models/deletion.ts';
import { registerModel } from '../models/registry.ts';
import { stageVersion } from '../models/staging.ts';
import { callerOf } from './configuration/caller.ts';

const TAG = 'Models';
const version = z.coerce.number().pipe(z.int().min(1));
const ONE = { 404: { description: '`not_found`: there is no such model, or no such version of it' } };

/** Registers them all. */
export function registerModels(app: App): void {
  registerReads(app);
  registerWrites(app);
  registerDeletion(app);
}

function registerReads(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/models',
      tag: TAG,
      summary: 'All models with the versions that serve, and the newest',
      auth: 'secret',
      responses: { 200: { description: 'By id', schema: modelsResponse } },
    },
    async (c) => {
      const { workspaceId } = c.auth;
      const db = database(c.env.DB);
      const models = Map.groupBy(await listNewest(db, workspaceId), ({ modelId }) => modelId);
      return c.json({ models: [...models].map(([id, versions]) => ({ id, versions: versions.map(answerOf) })) });
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
      query: modelQuery,
      responses: {
        200: {
          description: 'The newest first; the first page has those that serve, however old',
          schema: modelSummary,
        },
        ...ONE,
      },
    },
    (c, { params: { id }, query }) => page(c, id, query.cursor),
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

async function page(c: Call, id: string, cursor: string | undefined): Promise<Response> {
  const list = `models/${id}`;
  const below = readNumberCursor(list, cursor);
  if (!below.ok) return refuse(c, below.refusal);
  const { workspaceId } = c.auth;
  const asked = cursor === undefined ? undefined : below.value;
  const { versions, nextBelow } = await listPage(database(c.env.DB), workspaceId, id, asked);
  if (versions.length === 0) return problem(c, 'not_found', { detail: `There is no model "${id}"` });
  const next = nextBelow === null ? {} : { next: makeCursor(list, String(nextBelow)) };
  return c.json({ id, versions: versions.map(answerOf), ...next });
}

async function detail(c: Call, id: string, number: number): Promise<Response> {
  const row = await findVersion(database(c.env.DB), c.auth.workspaceId, id, number);
  if (!row) return problem(c, 'not_found', { detail: `There is no version ${number} of a model "${id}"` });
  return c.json({ ...answerOf(headOf(row)), manifest: JSON.parse(row.manifest), card: row.card });
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
      return c.json({ ...answerOf(headOf(row)), created }, created ? 201 : 200);
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
      return done.ok ? c.json(answerOf(headOf(done.value))) : refuse(c, done.refusal);
    },
  );
}

function registerDeletion(app: App): void {
  endpoint(
    app,
    {
      method: 'delete',
      path: '/v1/models/{id}/versions/{version}',
      tag: TAG,
      summary: 'Delete what a version holds',
      description:
        'Manifest, figures, card and file go, and with them the rows of customers that a manifest may hold for explanations. Its number and its manifest’s hash stay with the audit, so that the same manifest is not registered again. For versions that serve nobody.',
      auth: 'secret',
      params: z.strictObject({ id: slug, version }),
      responses: {
        204: { description: 'Deleted, now or before' },
        ...ONE,
        409: { description: '`in_service`: it is shadow, canary or live' },
      },
    },
    async (c, { params }) => {
      const done = await deleteVersion(callerOf(c), params.id, params.version);
      return done.ok ? c.body(null, 204) : refuse(c, done.refusal);
    },
  );
}

function answerOf(head: VersionHead): ModelVersion {
  const { modelId, version, stage, share, reason, calledBackAt, manifestHash, createdBy, ...told } = head;
  const { fileHash, fileBytes, name, predicts, inputs } = told;
  return {
    model: modelId,
    version,
    stage,
    ...(share !== null && { share }),
    stagedAt: new Date(told.stagedAt).toISOString(),
    reason,
    ...(calledBackAt !== null && { calledBackAt: new Date(calledBackAt).toISOString() }),
    ...{ manifestHash, fileHash, fileBytes, name, predicts },
    outputs: (JSON.parse(told.outputs) as string[]).map((output) => `models.${modelId}.${output}`),
    inputs,
    metrics: JSON.parse(told.metrics),
    lineage: JSON.parse(told.lineage),
    createdAt: new Date(told.createdAt).toISOString(),
    createdBy,
  };
}

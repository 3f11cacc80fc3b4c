/** One customer's score by any version of a model, through the customer's object: its counters, its traits, nothing stored. */
import type { ScoreRequest, ScoreResponse } from '../../contract/models/score.ts';
import { database } from '../../db/database.ts';
import { listServing } from '../../db/queries/model-stages.ts';
import { findNewest, findVersion, type ModelVersionRow } from '../../db/queries/models.ts';
import { factsOfArm, isArmPath } from '../../decisioning/scoring/arm-facts.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { type ServingStage, versionInCharge } from '../../decisioning/scoring/published.ts';
import { type CustomerScore, scoreCustomer } from '../../decisioning/scoring/score-customer.ts';
import { readPath } from '../../decisioning/segments/paths.ts';
import { lookUp } from '../../durable-objects/customer/look.ts';
import type { CallFacts, LookCall, LookReply, RequestAttributes } from '../../durable-objects/customer/protocol.ts';
import { emptyState } from '../../durable-objects/customer/state.ts';
import { callCustomer } from '../edge/customer-calls.ts';
import { type Checked, refused } from '../http/problem.ts';
import { Unavailable } from '../http/unavailable.ts';
import { readingOf } from './explain.ts';

type Looked = Extract<LookReply, { outcome: 'looked' }>;

export interface ScoreAsked {
  readonly modelId: string;
  readonly body: ScoreRequest;
  /** Whom it is about; undefined for nobody. */
  readonly customer: CallFacts | undefined;
  readonly facts: CallFacts;
  readonly attributes: RequestAttributes;
}

/** Throws {@link Unavailable} when the customer, the database or the bucket does not answer. */
export async function scoreOf(env: Env, asked: ScoreAsked): Promise<Checked<ScoreResponse>> {
  const { modelId, body, facts } = asked;
  const { workspaceId } = facts;
  const row = await versionFor(env, asked);
  if (!row) {
    const which = body.version === undefined ? 'model' : `version ${body.version} of a model`;
    return refused('not_found', `There is no ${which} "${modelId}"`);
  }
  const manifest = JSON.parse(row.manifest) as ModelManifest;
  const reading = await readingOf(env, workspaceId, row.manifestHash);
  if (!reading) {
    if (manifest.engine !== 'hyperedge')
      return refused('invalid_model', `It is for ${manifest.engine}, on pages alone`);
    throw new Unavailable('models');
  }
  const paths = manifest.inputs.map(({ attribute }) => attribute).filter((path) => !isArmPath(path));
  const { values, known } = await look(env, asked, paths);
  const arm = { arm: factsOfArm({ id: 'asked', content: body.arm?.content ?? {} }) };
  const resolve = (path: string): unknown => (isArmPath(path) ? readPath(arm, path) : values[path]);
  const { version, stage } = row;
  return {
    ok: true,
    value: {
      model: modelId,
      version,
      stage,
      known,
      ...answerOf(scoreCustomer(reading.served, resolve, reading.explain)),
    },
  };
}

async function look(env: Env, { customer, facts, attributes }: ScoreAsked, paths: readonly string[]): Promise<Looked> {
  const call: LookCall = { ...(customer ?? facts), attributes, paths };
  if (!customer) return lookUp(emptyState(), call);
  const { reply } = await callCustomer<Looked>(env, customer, (stub, here) => stub.look({ ...call, ...here }));
  return reply;
}

/** The version that is asked for; else the one in charge of the customer, else the newest. */
async function versionFor(env: Env, asked: ScoreAsked): Promise<ModelVersionRow | undefined> {
  const { modelId, body, facts } = asked;
  const { workspaceId } = facts;
  const db = database(env.DB);
  if (body.version !== undefined) return findVersion(db, workspaceId, modelId, body.version);
  const serving = (await listServing(db, workspaceId)).filter((one) => one.modelId === modelId && one.version !== null);
  const versions = serving.map(({ version, stage, share, manifestHash }) => ({
    ...{ version, stage: stage as ServingStage, manifest: manifestHash },
    ...(share !== null && { share }),
  }));
  const { bucketingId } = await look(env, asked, []);
  const inCharge = versionInCharge({ id: modelId, versions }, bucketingId);
  if (inCharge) return findVersion(db, workspaceId, modelId, inCharge.version);
  return findNewest(db, workspaceId, modelId);
}

function answerOf({ outputs, inputs, row, explanation, told, unexplained }: CustomerScore) {
  return {
    outputs: { ...outputs },
    inputs: inputs.map((input) => ({ ...input, value: plain(input.value) })),
    row: { ...row },
    ...(unexplained && { unexplained }),
    ...(explanation && { explanation: { ...explanation, contributions: [...explanation.contributions] } }),
    ...(told && { summary: told.summary, reasons: [...told.reasons], interventions: [...told.interventions] }),
  };
}

/** A value that no encoding takes, a list say, is told as the text it is written as. */
function plain(value: unknown): number | string | boolean | null {
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return value;
  return JSON.stringify(value) ?? null;
}

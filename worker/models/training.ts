/** Training is asked for here and done elsewhere: the worker judges when it is due, and lets what comes of it begin as a shadow. */
import type { TrainingJob, TrainingJobChange } from '../../contract/models/training.ts';
import { database } from '../../db/database.ts';
import { listServingVersions, type ModelVersionRow, type ServingVersion } from '../../db/queries/models.ts';
import { findJob, moveJob, type TrainingJobRow } from '../../db/queries/training-jobs.ts';
import type { Caller } from '../configuration/release.ts';
import { type Checked, refused } from '../http/problem.ts';
import { stageVersion } from './staging.ts';

/** How far below the live version's a new one's AUC, each on its own hold-out, may be to begin as a shadow: less than the error of either. */
export const MAX_GATED_AUC_DROP = 0.01;

/** A row as it is told. */
export function jobAnswer(row: TrainingJobRow): TrainingJob {
  const { id, modelId, version, state, cause, detail, askedAt, changedAt, changedBy, result, note } = row;
  const at = (ms: number) => new Date(ms).toISOString();
  const times = { askedAt: at(askedAt), changedAt: at(changedAt) };
  return { id, model: modelId, version, state, cause, detail, ...times, changedBy, result, note };
}

/** Takes a job, or gives it up; refused where it is over, or somebody else was first. */
export async function changeJob(
  { env, workspaceId, actor, nowMs }: Caller,
  id: number,
  { state, note }: TrainingJobChange,
): Promise<Checked<TrainingJob>> {
  const db = database(env.DB);
  const job = await findJob(db, workspaceId, id);
  if (!job) return refused('not_found', `There is no training job ${id}`);
  const isOpen = job.state === 'asked' || (job.state === 'running' && state === 'failed');
  const change = { state, changedAt: nowMs, changedBy: actor, ...(note !== undefined && { note }) };
  if (!isOpen || !(await moveJob(db, job, change)))
    return refused('precondition_failed', `Job ${id} is ${job.state}: somebody else has it, or it is over`);
  return { ok: true, value: jobAnswer((await findJob(db, workspaceId, id)) ?? job) };
}

/**
 * Closes the open job that an upload of a version names, also where the version was there before. It begins as a shadow unless its declared AUC is below that
 * of the live version, or somebody else's version is the shadow: that one goes on. Throws {@link Unavailable} when the publisher does not answer: the job stays
 * open, and the same upload again closes it.
 *
 * @param told `lineage.job` of the upload
 * @returns the version as it stands then
 */
export async function finishJob(caller: Caller, version: ModelVersionRow, told: unknown): Promise<ModelVersionRow> {
  const { env, workspaceId, actor, nowMs } = caller;
  if (told === undefined || told === null || !Number.isSafeInteger(Number(told))) return version;
  const db = database(env.DB);
  const job = await findJob(db, workspaceId, Number(told));
  if (!job || job.modelId !== version.modelId || (job.state !== 'asked' && job.state !== 'running')) return version;
  const serving = await listServingVersions(db, workspaceId, version.modelId);
  const obstacle = obstacleOf(version, serving);
  const staged =
    obstacle === undefined
      ? await stageVersion(caller, version.modelId, version.version, { stage: 'shadow' })
      : undefined;
  const note = obstacle ?? (staged?.ok ? 'begins as a shadow' : 'the model was changed at the same moment: stage it');
  await moveJob(db, job, { state: 'done', changedAt: nowMs, changedBy: actor, result: version.version, note });
  return staged?.ok ? staged.value : version;
}

/** Why a version does not begin as a shadow, in words; undefined where it does. */
function obstacleOf(version: ModelVersionRow, serving: readonly ServingVersion[]): string | undefined {
  const live = serving.find(({ stage }) => stage === 'live');
  if (live?.version === version.version) return 'training gave the live version again';
  if (version.stage !== 'registered') return `it was there before, ${version.stage}`;
  const [own, other] = [aucOf(version), live && aucOf(live)];
  if (own === undefined)
    return 'its `metrics.auc` is not told, so that nothing says whether it is as good as the live version: it serves nobody';
  if (other !== undefined && own < other - MAX_GATED_AUC_DROP)
    return `AUC ${own}, the live version’s is ${other}: it serves nobody`;
  const shadow = serving.find(({ stage }) => stage === 'shadow');
  return shadow && `version ${shadow.version} is the shadow, and goes on: it serves nobody until you stage it`;
}

function aucOf({ metrics }: Pick<ModelVersionRow, 'metrics'>): number | undefined {
  const { auc } = JSON.parse(metrics) as { auc?: unknown };
  return typeof auc === 'number' ? auc : undefined;
}

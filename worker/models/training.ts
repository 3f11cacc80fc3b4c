/** Training is asked for here and done elsewhere: the worker judges when it is due, and lets what comes of it begin as a shadow. */
import type { TrainingJob, TrainingJobChange } from '../../contract/models/training.ts';
import { database } from '../../db/database.ts';
import { listVersions, type ModelVersionRow } from '../../db/queries/models.ts';
import { findJob, moveJob, type TrainingJobRow } from '../../db/queries/training-jobs.ts';
import type { Caller } from '../configuration/release.ts';
import { type Checked, refused } from '../http/problem.ts';

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
 * Closes the job that a version names in its lineage. It passes the gate unless its declared AUC is below that of the live version.
 *
 * @returns whether the version may begin as a shadow; undefined where it names no open job of its model
 */
export async function finishJob(
  { env, workspaceId, actor, nowMs }: Caller,
  version: ModelVersionRow,
): Promise<boolean | undefined> {
  const { job: told } = JSON.parse(version.lineage) as { job?: unknown };
  if (!Number.isSafeInteger(Number(told)) || told === undefined || told === null) return undefined;
  const db = database(env.DB);
  const job = await findJob(db, workspaceId, Number(told));
  if (!job || job.modelId !== version.modelId || (job.state !== 'asked' && job.state !== 'running')) return undefined;
  const live = (await listVersions(db, workspaceId, version.modelId)).find(({ stage }) => stage === 'live');
  const [own, other] = [aucOf(version), live && aucOf(live)];
  const passes = own !== undefined && (other === undefined || own >= other - MAX_GATED_AUC_DROP);
  const note = passes
    ? 'begins as a shadow'
    : `AUC ${own ?? 'not told'}, the live version’s is ${other ?? 'not told'}: it serves nobody`;
  const change = { state: 'done' as const, changedAt: nowMs, changedBy: actor, result: version.version, note };
  return (await moveJob(db, job, change)) ? passes : undefined;
}

function aucOf({ metrics }: ModelVersionRow): number | undefined {
  const { auc } = JSON.parse(metrics) as { auc?: unknown };
  return typeof auc === 'number' ? auc : undefined;
}

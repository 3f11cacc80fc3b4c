/** Asks for the training of live models that are due: by drift, calibration, evidence or age. */
import { type Database, database } from '../../db/database.ts';
import { listServing } from '../../db/queries/model-stages.ts';
import { findVersion, type ModelVersionRow } from '../../db/queries/models.ts';
import { askTraining, lapseJobs, listEndedSince } from '../../db/queries/training-jobs.ts';
import { listWorkspaces } from '../../db/queries/workspaces.ts';
import type { Directory } from '../../decisioning/catalog/slice.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { inputDrift } from '../../decisioning/scoring/watch/input-sums.ts';
import { scoreMetrics } from '../../decisioning/scoring/watch/metrics.ts';
import { retrainingCause } from '../../decisioning/scoring/watch/retraining.ts';
import { watchRules } from '../../decisioning/scoring/watch/rules.ts';
import { readScoreSums, SCORE_KINDS, SCORE_SUMS_LENGTH } from '../../decisioning/scoring/watch/score-sums.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { log } from '../http/log.ts';
import { askModelSums, judgedSums, sumsOf } from '../models/performance.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const EMPTY = new Array<number>(SCORE_SUMS_LENGTH).fill(0);
/** Roots of all campaigns are asked, and models age by days: four times a day is soon enough. */
export const RETRAINING_EVERY_MINUTES = 360;
/** A training that somebody took and that ended neither way: the machine that had it is gone. The model may be asked for again then. */
export const TRAINING_LAPSE_MS = 7 * 86_400_000;
/** So long after a training nothing is asked again: what came of it wants looking at, and the same data give the same model. */
export const TRAINING_REST_MS = 14 * 86_400_000;
/** Only what is newer than every sequence number: the catalog, and no allocations. */
const NO_ALLOCATIONS = Number.MAX_SAFE_INTEGER;

/** Judges all live models, in one minute out of {@link RETRAINING_EVERY_MINUTES}. */
export async function askRetraining(env: Env, nowMs: number): Promise<void> {
  if (Math.floor(nowMs / MINUTE_MS) % RETRAINING_EVERY_MINUTES !== 0) return;
  for (const { id } of await listWorkspaces(database(env.DB))) {
    try {
      await judgeModels(env, id, nowMs);
    } catch (error) {
      log({ level: 'error', job: 'retraining', error: error instanceof Error ? error.name : typeof error });
    }
  }
}

/**
 * Judges the live models of one workspace. Left in peace are those after whose live version another waits as shadow or canary, and those of which a training
 * ended lately.
 *
 * @returns the ids of those whose training was asked for now
 */
export async function judgeModels(env: Env, workspaceId: string, nowMs: number): Promise<readonly string[]> {
  const db = database(env.DB);
  const note = `nothing was heard of it for ${TRAINING_LAPSE_MS / 86_400_000} days`;
  await lapseJobs(db, workspaceId, { takenBefore: nowMs - TRAINING_LAPSE_MS, nowMs, note });
  const ended = await listEndedSince(db, workspaceId, nowMs - TRAINING_REST_MS);
  const candidates = (await unfollowed(db, workspaceId)).filter(({ modelId }) => !ended.has(modelId));
  if (candidates.length === 0) return [];
  const campaigns = await campaignsOf(env, workspaceId);
  const asked: string[] = [];
  for (const { modelId: id, version } of candidates) {
    const live = await findVersion(db, workspaceId, id, version);
    const due = live && (await causeOf(env, live, campaigns, nowMs));
    if (!live || !due) continue;
    const job = { workspaceId, modelId: id, version: live.version, ...due, askedAt: nowMs };
    if (!(await askTraining(db, job))) continue;
    asked.push(id);
    await (await publisherStub(env, workspaceId)).raiseAlert(workspaceId, {
      id: `training ${id}@${live.version} ${new Date(nowMs).toISOString().slice(0, 10)}`,
      kind: 'model_retraining',
      subject: `model:${id}`,
      raisedAtMs: nowMs,
      figuresAtMs: nowMs,
      detail: { what: due.cause, version: live.version, words: due.detail },
    });
  }
  return asked;
}

/** Live versions after which no other waits: as a shadow or a canary that was registered later. */
async function unfollowed(db: Database, workspaceId: string) {
  const serving = await listServing(db, workspaceId);
  return serving.filter(
    (live) =>
      live.stage === 'live' && !serving.some((one) => one.modelId === live.modelId && one.version > live.version),
  );
}

async function campaignsOf(env: Env, workspaceId: string): Promise<readonly string[]> {
  const publisher = await publisherStub(env, workspaceId);
  const { manifest } = await publisher.state(NO_ALLOCATIONS);
  const [directory] = manifest ? await publisher.slices([manifest.directory]) : [];
  return directory ? Object.keys((JSON.parse(directory.body) as Directory).campaigns) : [];
}

async function causeOf(env: Env, live: ModelVersionRow, campaigns: readonly string[], nowMs: number) {
  const { workspaceId, modelId, createdAt, version } = live;
  const { reference, watch } = JSON.parse(live.manifest) as ModelManifest;
  const settleMs = watchRules(watch).settleHours * HOUR_MS;
  const { cells } = await askModelSums(env, workspaceId, campaigns, modelId, createdAt, settleMs);
  const own = cells.filter((cell) => cell.version === version);
  const inputs = sumsOf(own, 'inputs');
  // What has not had time to convert is no calibration error.
  const judged = judgedSums(own.flatMap(({ settled }) => (settled ? [{ sums: settled }] : [])));
  const metrics = scoreMetrics(readScoreSums(judged?.sums ?? sumsOf(own, 'scores') ?? EMPTY));
  const isRanked = judged?.kind === 'ranked';
  return retrainingCause({
    registeredAtMs: createdAt,
    nowMs,
    judged: judged !== undefined,
    // Of scores of another scale calibration says nothing.
    metrics: isRanked ? { ...metrics, ece: null } : metrics,
    trials: SCORE_KINDS.reduce((sum, kind) => sum + (sumsOf(own, kind)?.[0] ?? 0), 0),
    drift: reference && inputs ? inputDrift(reference, inputs) : [],
  });
}

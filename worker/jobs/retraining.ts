/** Asks for the training of live models that are due: by drift, calibration, evidence or age. */
import { database } from '../../db/database.ts';
import { listModels, listVersions, type ModelVersionRow } from '../../db/queries/models.ts';
import { askTraining } from '../../db/queries/training-jobs.ts';
import { listWorkspaces } from '../../db/queries/workspaces.ts';
import type { Directory } from '../../decisioning/catalog/slice.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { inputDrift } from '../../decisioning/scoring/watch/input-sums.ts';
import { scoreMetrics } from '../../decisioning/scoring/watch/metrics.ts';
import { retrainingCause } from '../../decisioning/scoring/watch/retraining.ts';
import { readScoreSums, SCORE_SUMS_LENGTH } from '../../decisioning/scoring/watch/score-sums.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { log } from '../http/log.ts';
import { askModelSums, sumsOf } from '../models/performance.ts';

const MINUTE_MS = 60_000;
/** Roots of all campaigns are asked, and models age by days: four times a day is soon enough. */
export const RETRAINING_EVERY_MINUTES = 360;
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

/** Judges the live models of one workspace. @returns the ids of those whose training was asked for now */
export async function judgeModels(env: Env, workspaceId: string, nowMs: number): Promise<readonly string[]> {
  const db = database(env.DB);
  const models = await listModels(db, workspaceId);
  if (models.length === 0) return [];
  const campaigns = await campaignsOf(env, workspaceId);
  const asked: string[] = [];
  for (const { id } of models) {
    const live = (await listVersions(db, workspaceId, id)).find(({ stage }) => stage === 'live');
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

async function campaignsOf(env: Env, workspaceId: string): Promise<readonly string[]> {
  const publisher = await publisherStub(env, workspaceId);
  const { manifest } = await publisher.state(NO_ALLOCATIONS);
  const [directory] = manifest ? await publisher.slices([manifest.directory]) : [];
  return directory ? Object.keys((JSON.parse(directory.body) as Directory).campaigns) : [];
}

async function causeOf(env: Env, live: ModelVersionRow, campaigns: readonly string[], nowMs: number) {
  const { workspaceId, modelId, createdAt, version } = live;
  const { cells } = await askModelSums(env, workspaceId, campaigns, modelId, createdAt);
  const own = cells.filter((cell) => cell.version === version);
  const [judged, unjudged, inputs] = [sumsOf(own, 'model'), sumsOf(own, 'scores'), sumsOf(own, 'inputs')];
  const { reference } = JSON.parse(live.manifest) as ModelManifest;
  return retrainingCause({
    registeredAtMs: createdAt,
    nowMs,
    judged: judged !== undefined,
    metrics: scoreMetrics(readScoreSums(judged ?? unjudged ?? new Array<number>(SCORE_SUMS_LENGTH).fill(0))),
    drift: reference && inputs ? inputDrift(reference, inputs) : [],
  });
}

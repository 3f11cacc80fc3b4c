/** Models in service: like switches no part of a revision, so that a version is called back at once and survives every publish. */
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import { introduce, nextSeq, readMeta } from './meta.ts';

/** Models with a version in service: one answer with all of them is read by every worker every second of traffic. */
export const MAX_MODELS = 200;

/** A version that was put in service on purpose, in spite of being called back before. */
export interface Resumption {
  readonly version: number;
  readonly atMs: number;
}

/** A model's versions in service as of one change of it in the registry. */
export interface ModelChange {
  readonly model: PublishedModel;
  /** Counts the registry's changes of this model: an earlier one that comes later changes nothing. */
  readonly revision: number;
  /** As the registry has them, so that whichever change comes through tells of them: call-backs of before no longer count. Absent from the last release. */
  readonly resumptions?: readonly Resumption[];
  /** A version that was put in service on purpose by this very change: it serves again, whenever it was called back. */
  readonly resumed?: number;
}

/** A version that the watch took out of service. */
export interface CallBack {
  readonly modelId: string;
  readonly version: number;
  readonly atMs: number;
  /** In words, with the figures that it goes by. */
  readonly reason: string;
}

type ModelRow = { revision: number; body: string };
type BackRow = { modelId: string; version: number; atMs: number; reason: string };

/** What the registry said, and what was called back since. */
export interface ModelBooks {
  readonly models: readonly { readonly model: PublishedModel; readonly revision: number }[];
  readonly calledBack: readonly CallBack[];
}

/** Both, as they stand. */
export function readModelBooks(sql: SqlStorage): ModelBooks {
  const rows = sql.exec<ModelRow>('SELECT revision, body FROM models ORDER BY model_id').toArray();
  return {
    models: rows.map(({ revision, body }) => ({ revision, model: JSON.parse(body) as PublishedModel })),
    calledBack: sql
      .exec<BackRow>(
        'SELECT model_id AS modelId, version, at_ms AS atMs, reason FROM models_called_back ORDER BY model_id, version',
      )
      .toArray(),
  };
}

/** Models of which a version serves, in the order of their ids: what was called back serves nobody. */
export function readModels(sql: SqlStorage): readonly PublishedModel[] {
  const { models, calledBack } = readModelBooks(sql);
  const back = new Set(calledBack.map(({ modelId, version }) => `${modelId}@${version}`));
  return models.flatMap(({ model }) => {
    const versions = model.versions.filter(({ version }) => !back.has(`${model.id}@${version}`));
    return versions.length > 0 ? [{ ...model, versions }] : [];
  });
}

/**
 * Puts a model's versions in service, or none of them any more: its revision stays then, so that an earlier change which comes later changes nothing.
 * Runs inside the caller's transaction.
 *
 * @returns the sequence number that readers know it by
 * @throws RangeError beyond {@link MAX_MODELS} models that serve
 */
export function changeModel(sql: SqlStorage, workspaceId: string, change: ModelChange): number {
  const { model, revision, resumed, resumptions = [] } = change;
  introduce(sql, workspaceId);
  const known = sql.exec<{ revision: number }>('SELECT revision FROM models WHERE model_id = ?', model.id).toArray()[0];
  if (known && known.revision >= revision) return readMeta(sql).seq;
  const { n } = sql
    .exec<{ n: number }>(
      "SELECT count(*) AS n FROM models WHERE model_id <> ? AND json_array_length(body, '$.versions') > 0",
      model.id,
    )
    .one();
  if (model.versions.length > 0 && n >= MAX_MODELS) throw new RangeError(`publisher: more than ${MAX_MODELS} models`);
  sql.exec('INSERT OR REPLACE INTO models VALUES (?, ?, ?)', model.id, revision, JSON.stringify(model));
  if (resumed !== undefined)
    sql.exec('DELETE FROM models_called_back WHERE model_id = ? AND version = ?', model.id, resumed);
  for (const { version, atMs } of resumptions)
    sql.exec(
      'DELETE FROM models_called_back WHERE model_id = ? AND version = ? AND at_ms < ?',
      model.id,
      version,
      atMs,
    );
  return nextSeq(sql);
}

/**
 * Takes a version out of service until somebody puts it in again. A version that does not serve, or was called back already, stays as it is. Runs
 * inside the caller's transaction.
 *
 * @returns whether it served until now
 */
export function callBack(sql: SqlStorage, { modelId, version, atMs, reason }: CallBack): boolean {
  const serves = readModels(sql).some(
    ({ id, versions }) => id === modelId && versions.some((one) => one.version === version),
  );
  if (!serves) return false;
  sql.exec('INSERT INTO models_called_back VALUES (?, ?, ?, ?)', modelId, version, atMs, reason);
  nextSeq(sql);
  return true;
}

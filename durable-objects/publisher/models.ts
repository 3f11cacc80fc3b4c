/** Models in service: like switches no part of a revision, so that a version is called back at once and survives every publish. */
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import { introduce, nextSeq, readMeta } from './meta.ts';

/** All versions in service of one answer are read by every worker every two seconds. */
export const MAX_MODELS = 200;

/** A model's versions in service as of one change of it in the registry. */
export interface ModelChange {
  readonly model: PublishedModel;
  /** Counts the registry's changes of this model: an earlier one that comes later changes nothing. */
  readonly revision: number;
}

/** In the order of their ids. */
export function readModels(sql: SqlStorage): readonly PublishedModel[] {
  return sql
    .exec<{ body: string }>('SELECT body FROM models ORDER BY model_id')
    .toArray()
    .map(({ body }) => JSON.parse(body) as PublishedModel);
}

/**
 * Puts a model's versions in service, or none of them any more. Runs inside the caller's transaction.
 *
 * @returns the sequence number that readers know it by
 * @throws RangeError beyond {@link MAX_MODELS} models
 */
export function changeModel(sql: SqlStorage, workspaceId: string, { model, revision }: ModelChange): number {
  introduce(sql, workspaceId);
  type Row = { revision: number };
  const known = sql.exec<Row>('SELECT revision FROM models WHERE model_id = ?', model.id).toArray()[0];
  if (known && known.revision >= revision) return readMeta(sql).seq;
  const { n } = sql.exec<{ n: number }>('SELECT count(*) AS n FROM models').one();
  if (!known && n >= MAX_MODELS) throw new RangeError(`publisher: more than ${MAX_MODELS} models`);
  sql.exec('INSERT OR REPLACE INTO models VALUES (?, ?, ?)', model.id, revision, JSON.stringify(model));
  return nextSeq(sql);
}

/** Room among the versions that a campaign watches: those that serve are never crowded out by those that did. */
import type { NamedVersion } from '../../decisioning/scoring/watch/score-sums.ts';
import { MAX_WATCHED_VERSIONS } from './model-windows.ts';

/** Places that are kept free: a version that is put in service is noted with the next report, before the watch looks again. */
const FREE_PLACES = 20;

/**
 * Forgets versions that serve nobody, those furthest behind the newest of their model first, until there is room for the next. Of one that comes back into
 * service the next trial makes it known again, with all that is counted of it.
 *
 * @returns how many were forgotten
 */
export function makeRoom(
  sql: SqlStorage,
  versions: readonly NamedVersion[],
  serves: (version: NamedVersion) => boolean,
): number {
  const tooMany = versions.length - (MAX_WATCHED_VERSIONS - FREE_PLACES);
  if (tooMany <= 0) return 0;
  const newest = new Map<string, number>();
  for (const { model, version } of versions) newest.set(model, Math.max(version, newest.get(model) ?? 0));
  const behind = ({ model, version }: NamedVersion): number => (newest.get(model) ?? version) - version;
  const idle = versions.filter((version) => !serves(version)).sort((a, b) => behind(b) - behind(a));
  const forgotten = idle.slice(0, tooMany);
  for (const { model, version } of forgotten)
    sql.exec('DELETE FROM watched_models WHERE model = ? AND version = ?', model, version);
  return forgotten.length;
}

/** `dry-run`: what publishing these files would do, rehearsed with invented customers; no server, nothing is sent. */
import type { WorldSpec } from '../../simulations/worlds/spec.ts';
import { MAX_VISITS, populationOf } from '../../simulations/worlds/visits.ts';
import { inventVisitors } from '../dry-run/audience.ts';
import { rehearse } from '../dry-run/rehearse.ts';
import { formatRehearsal } from '../dry-run/report.ts';
import { EXIT, usageFailure } from '../failure.ts';
import { catalogOf, type OfflineCatalog } from '../offline/configuration.ts';
import { checkWorld, readWorld, specOf } from '../simulate/load.ts';
import { paint } from '../terminal.ts';
import { readChecked } from './push.ts';

/** Between two allocations; nothing is learned without a world, so that few are made. */
const ALLOCATE_EVERY_MS = 3_600_000;

export interface DryRunOptions {
  /** A world file whose visitors and truth to use. */
  readonly world: string | undefined;
  readonly days: number;
  readonly visitsPerDay: number;
  /** First day, `YYYY-MM-DD`. */
  readonly start: string;
  readonly seed: number;
  readonly trials: number;
  readonly json: boolean;
}

/** Compiles the documents as publishing would, tells everything that is wrong, and rehearses them. */
export function dryRun(paths: readonly string[], options: DryRunOptions): number {
  const documents = readChecked(paths);
  if (!documents) return EXIT.refused;
  const catalog = catalogOf(documents.map((document) => ({ document, body: document.body })));
  const spec = worldOf(catalog, options);
  const rehearsal = rehearse(catalog, spec, options.seed, options.trials);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(rehearsal, null, 2)}\n`);
    return EXIT.ok;
  }
  const told = `${documents.length} document${documents.length === 1 ? '' : 's'} would publish by themselves`;
  process.stdout.write(`${paint('green', '✓')} ${told}: ${catalog.policies.length} campaigns\n\n`);
  process.stdout.write(formatRehearsal(rehearsal, spec, options.seed));
  return EXIT.ok;
}

function worldOf(catalog: OfflineCatalog, options: DryRunOptions): WorldSpec {
  if (options.world !== undefined) {
    const { source, file } = readWorld(options.world);
    checkWorld(source, file, catalog);
    return specOf(file, catalog);
  }
  if (options.visitsPerDay * options.days > MAX_VISITS / 2)
    throw usageFailure(`--visits-per-day and --days make more than ${MAX_VISITS / 2} visits`);
  const visitors = inventVisitors(catalog, options.visitsPerDay);
  const startMs = Date.parse(`${options.start}T00:00:00Z`);
  const spec = { startMs, days: options.days, allocateEveryMs: ALLOCATE_EVERY_MS, visitors, truth: {} };
  // Nobody has been there before the first day, so that the first days lack those who come back: more new ones make up for them.
  const visits = populationOf(spec, options.seed).visits.length;
  const more = visits === 0 ? 1 : (options.visitsPerDay * options.days) / visits;
  return { ...spec, visitors: { ...visitors, newPerDay: visitors.newPerDay * more } };
}

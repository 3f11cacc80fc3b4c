/** `dry-run`: what publishing these files would do, rehearsed with invented customers; nothing is sent, and a server is only read from where one is asked for. */
import type { WorldSpec } from '../../simulations/worlds/spec.ts';
import { MAX_VISITS, populationOf } from '../../simulations/worlds/visits.ts';
import type { Api } from '../api.ts';
import type { CheckedDocument } from '../documents/check.ts';
import { locateServerError } from '../documents/server-errors.ts';
import { formatFinding } from '../documents/source.ts';
import { inventVisitors } from '../dry-run/audience.ts';
import { publishedBeside } from '../dry-run/published.ts';
import { rehearse } from '../dry-run/rehearse.ts';
import { formatRehearsal } from '../dry-run/report.ts';
import { manifestsIn } from '../dry-run/scores.ts';
import { EXIT, usageFailure } from '../failure.ts';
import { catalogOf, type OfflineCatalog } from '../offline/configuration.ts';
import { checkWorld, readWorld, specOf } from '../simulate/load.ts';
import { counted, paint } from '../terminal.ts';
import { printWarning, readChecked } from './push.ts';

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
  /** Folder of models' folders: their manifests say how scores are spread. */
  readonly models: string;
  readonly json: boolean;
  /** Whose published documents stand beside the files; undefined for files alone. */
  readonly server: Api | undefined;
}

/** What to do about names that no file of the rehearsal declares. */
const HINT =
  'Files are rehearsed by themselves: name the file or folder that declares it, too, or take it from the server with --with-server';

/** Compiles the documents as publishing would, tells everything that is wrong, and rehearses them. */
export async function dryRun(paths: readonly string[], options: DryRunOptions): Promise<number> {
  const own = readChecked(paths);
  if (!own) return EXIT.refused;
  const published = options.server && (await publishedBeside(own, options.server));
  const documents = [...own, ...(published?.documents ?? [])];
  const catalog = catalogOf(
    documents.map((document) => ({ document, body: document.body })),
    published ? undefined : HINT,
  );
  warn(catalog, own);
  const spec = worldOf(catalog, options);
  const rehearsal = rehearse(catalog, spec, options.seed, options.trials);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(rehearsal, null, 2)}\n`);
    return EXIT.ok;
  }
  const beside = published?.documents.length
    ? `beside ${counted(published.documents.length, 'document')} of revision ${published.revision}`
    : 'by themselves';
  const told = `${counted(own.length, 'document')} would publish ${beside}`;
  process.stdout.write(`${paint('green', '✓')} ${told}: ${counted(catalog.policies.length, 'campaign')}\n\n`);
  process.stdout.write(formatRehearsal(rehearsal, spec, options.seed));
  return EXIT.ok;
}

/** What publishing would warn of, at its line; not what documents of the server were published with. */
function warn({ warnings }: OfflineCatalog, own: readonly CheckedDocument[]): void {
  for (const { path, detail } of warnings) {
    const found = locateServerError({ field: path, detail }, [], own);
    // The second step of a path is the document's id.
    if (found) printWarning(formatFinding({ ...found, message: `"${path.split('/')[2]}": ${detail}` }));
  }
}

function worldOf(catalog: OfflineCatalog, options: DryRunOptions): WorldSpec {
  if (options.world !== undefined) {
    const { source, file } = readWorld(options.world);
    checkWorld(source, file, catalog);
    return specOf(file, catalog);
  }
  if (options.visitsPerDay * options.days > MAX_VISITS / 2)
    throw usageFailure(`--visits-per-day and --days make more than ${MAX_VISITS / 2} visits`);
  const visitors = inventVisitors(catalog, options.visitsPerDay, manifestsIn(options.models, catalog));
  const startMs = Date.parse(`${options.start}T00:00:00Z`);
  const spec = { startMs, days: options.days, allocateEveryMs: ALLOCATE_EVERY_MS, visitors, truth: {} };
  // Nobody has been there before the first day, so that the first days lack those who come back: more new ones make up for them.
  const visits = populationOf(spec, options.seed).visits.length;
  const more = visits === 0 ? 1 : (options.visitsPerDay * options.days) / visits;
  return { ...spec, visitors: { ...visitors, newPerDay: visitors.newPerDay * more } };
}

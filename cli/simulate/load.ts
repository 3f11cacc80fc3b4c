/** A world file with everything it names: read, checked, and each contender's configuration compiled. */
import { dirname, join } from 'node:path';
import { isReservedPath, nearestPath, unknownFact } from '../../decisioning/catalog/attribute-paths.ts';
import type { Catalog } from '../../decisioning/catalog/compile.ts';
import { type Plan, planOf, type Yardstick } from '../../simulations/worlds/plan.ts';
import type { WorldSpec } from '../../simulations/worlds/spec.ts';
import { MAX_VISITS } from '../../simulations/worlds/visits.ts';
import { type CheckedDocument, checkDocuments } from '../documents/check.ts';
import { flattenIssues } from '../documents/issues.ts';
import { readDocuments, readFile } from '../documents/read.ts';
import { type Finding, formatFinding, type SourceDocument, sortFindings } from '../documents/source.ts';
import { CommandFailure } from '../failure.ts';
import { catalogOf, type OfflineCatalog, type OfflineDocument } from '../offline/configuration.ts';
import { measuresOf } from './measures.ts';
import { checkTruth, truthOf } from './truth.ts';
import { type WorldFile, worldFile } from './world.ts';

/** Of the most visits a run may have, how many may be expected: chance makes some more. */
const EXPECTED_SHARE = 0.95;

/** A contender, ready to play. */
export interface LoadedContender {
  readonly name: string;
  readonly plan: Plan;
  readonly catalog: Catalog;
}

export interface LoadedWorld {
  readonly file: WorldFile;
  readonly spec: WorldSpec;
  /** At least one. */
  readonly contenders: readonly LoadedContender[];
  /** Campaigns with a truth, in the order of the file. */
  readonly compared: readonly string[];
  /** What each of these is measured by, the same for all contenders. */
  readonly measures: ReadonlyMap<string, Yardstick>;
  /** Those that a contender changes: the others only live beside them. */
  readonly changed: ReadonlySet<string>;
}

/** Reads a world and compiles every contender. Throws CommandFailure with a line per problem, each with file, line, column and field. */
export function loadWorld(path: string): LoadedWorld {
  const { source, file } = readWorld(path);
  const documents = documentsOf(path, source, file);
  const compared = Object.keys(file.truth);
  // As written in the documents, before any contender's changes.
  const base = catalogOf(documents.map((document) => ({ document, body: document.body })));
  checkWorld(source, file, base);
  const measures = measuresOf(source, file, planOf(base, truthOf(file, base)));
  const declared = file.contenders.length > 0 ? file.contenders : [{ name: 'as declared', set: {} }];
  const changedBy = declared.map((each) => new Set('campaigns' in each && each.campaigns ? each.campaigns : compared));
  const contenders = declared.map((contender, index): LoadedContender => {
    const changed = changedBy[index]!;
    const catalog = catalogOf(
      documents.map((document) =>
        document.kind === 'campaign' && changed.has(document.id)
          ? withChange(document, contender.set, source, index)
          : { document, body: document.body },
      ),
    );
    checkWorld(source, file, catalog);
    return { name: contender.name, catalog, plan: planOf(catalog, truthOf(file, catalog), measures) };
  });
  return {
    file,
    spec: specOf(file, contenders[0]!.catalog),
    contenders,
    compared,
    measures,
    changed: new Set(changedBy.flatMap((ids) => [...ids])),
  };
}

/** The world alone, without contenders. */
export function readWorld(path: string): { readonly source: SourceDocument; readonly file: WorldFile } {
  const { documents, findings } = readFile(path);
  if (findings.length > 0) throw new CommandFailure(findings.map(formatFinding).join('\n'));
  const [source, second] = documents;
  if (!source) throw new CommandFailure(`${path}: is empty`);
  if (second) throw failureAt(second, [], 'a world is one document');
  const result = worldFile.safeParse(source.value);
  if (!result.success) {
    const found = flattenIssues(result.error.issues).map((issue) => ({
      file: source.file,
      ...source.locate(issue.path, issue.key),
      message: issue.message,
    }));
    throw new CommandFailure(sortFindings(found).map(formatFinding).join('\n'));
  }
  return { source, file: result.data };
}

/** Documents of the files it names and those written in it. */
function documentsOf(path: string, source: SourceDocument, file: WorldFile): readonly CheckedDocument[] {
  const folders = file.configuration.map((each) => join(dirname(path), each));
  const read = folders.length > 0 ? readDocuments(folders) : { documents: [], findings: [] };
  const inline = file.documents.map(
    (value, index): SourceDocument => ({
      file: source.file,
      value,
      locate: (steps, key) => source.locate(['documents', index, ...steps], key),
    }),
  );
  const { documents, findings } = checkDocuments([...read.documents, ...inline]);
  const all = sortFindings([...read.findings, ...findings]);
  if (all.length > 0) throw new CommandFailure(all.map(formatFinding).join('\n'));
  return documents;
}

function withChange(
  document: CheckedDocument,
  set: Readonly<Record<string, unknown>>,
  source: SourceDocument,
  contender: number,
): OfflineDocument {
  const merged = { ...document.body, ...set };
  const body = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  const locate = ([first, ...rest]: readonly (string | number)[], key?: string): Finding | undefined => {
    const name = first ?? key;
    if (name === undefined || !Object.hasOwn(set, name)) return undefined;
    const at = ['contenders', contender, 'set', ...(first === undefined ? [] : [first]), ...rest];
    return { file: source.file, ...source.locate(at, key), message: '' };
  };
  return { document, body, locate };
}

/** Names of a world that are nowhere in the configuration are misspelt. Throws CommandFailure at their line. */
export function checkWorld(source: SourceDocument, file: WorldFile, catalog: OfflineCatalog): void {
  checkTruth(source, file, catalog);
  const { newPerDay, again } = file.visitors;
  if ((newPerDay * file.days) / (1 - again.share) > MAX_VISITS * EXPECTED_SHARE)
    throw failureAt(
      source,
      ['visitors', 'newPerDay'],
      `"visitors.newPerDay" makes more than ${MAX_VISITS} visits a run`,
    );
  for (const [i, contender] of file.contenders.entries())
    for (const [k, id] of (contender.campaigns ?? []).entries())
      if (!catalog.policies.some(({ campaignId }) => campaignId === id))
        throw failureAt(source, ['contenders', i, 'campaigns', k], `there is no campaign "${id}"`);
  for (const [i, placement] of (file.visitors.placements ?? []).entries())
    if (!Object.hasOwn(catalog.placements, placement))
      throw failureAt(source, ['visitors', 'placements', i], `there is no placement "${placement}"`);
  for (const name of Object.keys(file.visitors.attributes)) {
    const declared = new Set(Object.keys(catalog.directory.attributes));
    if (declared.has(name) || (isReservedPath(name) && unknownFact(name) === undefined)) continue;
    const nearest = nearestPath(name, declared);
    const meant = nearest === undefined ? '' : `: did you mean "${nearest}"?`;
    const wrong = unknownFact(name) ?? `is no declared attribute${meant}`;
    throw failureAt(source, ['visitors', 'attributes'], `"${name}" ${wrong}`, name);
  }
}

/** The world as the engine plays it. */
export function specOf(file: WorldFile, catalog: Catalog): WorldSpec {
  const used = Object.entries(catalog.placements).flatMap(([id, { rules }]) =>
    rules.campaigns.length > 0 ? [id] : [],
  );
  return {
    startMs: Date.parse(`${file.start}T00:00:00Z`),
    days: file.days,
    allocateEveryMs: file.allocateEvery,
    visitors: { ...file.visitors, placements: file.visitors.placements ?? used },
    truth: truthOf(file, catalog),
  };
}

function failureAt(source: SourceDocument, path: readonly (string | number)[], message: string, key?: string) {
  return new CommandFailure(formatFinding({ file: source.file, ...source.locate(path, key), message }));
}

/** Configuration from files without a server: put together, checked and compiled as publishing would. */
import { assembled, noDocuments } from '../../contract/configuration/assembled.ts';
import { KINDS } from '../../contract/configuration/index.ts';
import { type Catalog, compile } from '../../decisioning/catalog/compile.ts';
import type { ConditionDocument, Configuration } from '../../decisioning/catalog/configuration.ts';
import type { CheckedDocument } from '../documents/check.ts';
import { flattenIssues } from '../documents/issues.ts';
import { locateServerError } from '../documents/server-errors.ts';
import { type Finding, formatFinding, sortFindings } from '../documents/source.ts';
import { CommandFailure } from '../failure.ts';

/** A document as it is played: perhaps changed from what its file says. */
export interface OfflineDocument {
  readonly document: CheckedDocument;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where a problem with this field stands, if the field is not the file's own. */
  readonly locate?: ((path: readonly (string | number)[], key?: string) => Finding | undefined) | undefined;
}

/** What customers are drawn into groups with; any text does where nobody is real. */
const SALT = 'offline';

/** The configuration that documents make up, defaults filled in. Throws CommandFailure with a line per problem. */
export function configurationOf(documents: readonly OfflineDocument[]): Configuration {
  const parsed = noDocuments();
  const findings: Finding[] = [];
  for (const { document, body, locate } of documents) {
    const result = KINDS[document.kind].schema.safeParse(body);
    if (result.success) parsed[document.kind].push(result.data);
    else
      for (const { path, key, message } of flattenIssues(result.error.issues)) {
        const { file } = document.source;
        const found = locate?.(path, key) ?? { file, ...document.source.locate(path, key), message };
        findings.push({ ...found, message });
      }
  }
  refuse(findings);
  return assembled(parsed);
}

/** A catalog, and every segment by its id: its slices keep those alone that their campaigns use. */
export interface OfflineCatalog extends Catalog {
  readonly segments: Readonly<Record<string, ConditionDocument>>;
}

/** Names of what documents declare for others to use. */
const UNDECLARED = /there is no (placement|goal|segment|channel|campaign|pool|stock) "/;

/**
 * The catalog that publishing these documents would cut. Throws CommandFailure with everything that publishing would refuse, at its line.
 *
 * @param hint told below when something is named that none of the documents declares.
 */
export function catalogOf(documents: readonly OfflineDocument[], hint?: string): OfflineCatalog {
  const configuration = configurationOf(documents);
  const compiled = compile(configuration, { workspaceId: 'offline', salt: SALT });
  if (compiled.ok) {
    const segments = Object.fromEntries(configuration.segments.map(({ id, condition }) => [id, condition]));
    return { ...compiled.catalog, segments };
  }
  const checked = documents.map(({ document }) => document);
  const lines = compiled.problems.map(({ path, detail }) => {
    const error = { field: path, detail };
    const changed = documents.find(({ document, locate }) => locate && path.startsWith(pathOf(document)));
    const rest = changed ? path.slice(pathOf(changed.document).length).split('/').filter(Boolean) : [];
    const found = changed?.locate?.(rest.map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
    return { found: found ? { ...found, message: detail } : locateServerError(error, [], checked), path, detail };
  });
  const below = hint !== undefined && lines.some(({ detail }) => UNDECLARED.test(detail)) ? hint : undefined;
  refuse(
    lines.flatMap(({ found }) => (found ? [found] : [])),
    below,
  );
  throw new CommandFailure(lines.map(({ path, detail }) => `${path}: ${detail}`).join('\n'));
}

function pathOf({ kind, id }: CheckedDocument): string {
  return `/${KINDS[kind].collection}/${id}`;
}

function refuse(findings: readonly Finding[], hint?: string): void {
  if (findings.length === 0) return;
  const told = sortFindings(findings).map(formatFinding);
  throw new CommandFailure([...told, ...(hint === undefined ? [] : [hint])].join('\n'));
}

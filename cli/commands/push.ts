/** `push` and `validate`: files → checked documents → the server, or SQL for the inbox. */
import { writeFileSync } from 'node:fs';
import { MAX_CONFIGURATION_BODY_BYTES } from '../../contract/primitives.ts';
import { pushResponse } from '../../contract/publishing.ts';
import { workspaceId as workspaceIdSchema } from '../../contract/workspace.ts';
import { type Api, postJson } from '../api.ts';
import { batchesOf, type PushBatch, type PushOptions } from '../documents/batches.ts';
import { type CheckedDocument, checkDocuments } from '../documents/check.ts';
import { readDocuments } from '../documents/read.ts';
import { locateServerError } from '../documents/server-errors.ts';
import { type Finding, formatFinding, sortFindings } from '../documents/source.ts';
import { documentWarnings } from '../documents/warnings.ts';
import { CommandFailure, EXIT, usageFailure } from '../failure.ts';
import { howToLoad, inboxStatement, MAX_STATEMENT_BYTES } from '../inbox-sql.ts';
import { counted, paint } from '../terminal.ts';

/** Reads and checks files; prints every finding and returns undefined when there is one. */
export function readChecked(paths: readonly string[]): readonly CheckedDocument[] | undefined {
  const read = readDocuments(paths);
  const { documents, findings } = checkDocuments(read.documents);
  const all = sortFindings([...read.findings, ...findings]);
  if (all.length === 0) return documents;
  printFindings(all);
  return undefined;
}

/** Checks every document by itself against the contract, says so, and says what that leaves to the server. */
export function validate(paths: readonly string[]): number {
  const documents = readChecked(paths);
  if (!documents) return EXIT.refused;
  for (const { id, kind, body, source } of documents)
    for (const [path, detail] of documentWarnings(kind, body))
      printWarning(formatFinding({ file: source.file, ...source.locate(path), message: `"${id}": ${detail}` }));
  const told = `${counted(documents.length, 'document')} ${documents.length === 1 ? 'follows' : 'follow'} the contract`;
  process.stdout.write(
    `${paint('green', '✓')} ${told}\n` +
      '  Whether the goals, placements, segments, channels, pools and stocks they name exist is known to the server: push --dry-run\n',
  );
  return EXIT.ok;
}

/** Sends the files' documents to a running Hyperedge, which stores and publishes all of them or none. */
export async function push(paths: readonly string[], api: Api, options: PushOptions): Promise<number> {
  const documents = readChecked(paths);
  if (!documents) return EXIT.refused;
  const batches = batchesOf(documents, options, MAX_CONFIGURATION_BODY_BYTES);
  const sums = { created: 0, updated: 0, unchanged: 0 };
  let revision: number | null = null;
  const warnings = new Map<string, string>();
  for (const batch of batches) {
    const reply = await postJson(api, '/v1/push', batch.body);
    if (reply.outcome === 'refused') return printRefusal(reply.problem, batch, documents);
    const result = pushResponse.parse(reply.body);
    sums.created += result.created;
    sums.updated += result.updated;
    sums.unchanged += result.unchanged;
    revision = result.revision;
    for (const { field, detail } of result.warnings ?? []) warnings.set(field, detail);
  }
  for (const [field, detail] of warnings) printWarning(`${field}: ${detail}`);
  const told = `${sums.created} created, ${sums.updated} updated, ${sums.unchanged} unchanged`;
  const end = options.dryRun
    ? 'nothing was changed (dry run)'
    : revision === null
      ? 'not published'
      : `revision ${revision}`;
  process.stdout.write(`${paint('green', '✓')} ${told}; ${end}\n`);
  return EXIT.ok;
}

/** Writes the push as SQL for `wrangler d1 execute`; `-` is standard output. */
export function pushAsSql(paths: readonly string[], workspaceId: string, file: string, options: PushOptions): number {
  if (!workspaceIdSchema.safeParse(workspaceId).success)
    throw usageFailure(`--workspace "${workspaceId}" is not an id`);
  const documents = readChecked(paths);
  if (!documents) return EXIT.refused;
  const statementOf = (body: string) => inboxStatement(workspaceId, body);
  const measure = (body: string) => Buffer.byteLength(statementOf(body));
  const batches = batchesOf(documents, options, MAX_STATEMENT_BYTES, measure);
  const sql = `${batches.map((batch) => statementOf(batch.body)).join('\n')}\n`;
  if (file === '-') {
    process.stdout.write(sql);
    return EXIT.ok;
  }
  writeFileSync(file, sql);
  process.stderr.write(
    `${counted(documents.length, 'document')} in ${counted(batches.length, 'statement')}. Load them\n${howToLoad(file)}`,
  );
  return EXIT.ok;
}

function printRefusal(
  problem: { title: string; detail?: string | undefined; errors?: { field: string; detail: string }[] | undefined },
  batch: PushBatch,
  all: readonly CheckedDocument[],
): number {
  const errors = problem.errors ?? [];
  const located = errors.map((error) => locateServerError(error, batch.documents, all));
  printFindings(sortFindings(located.filter((finding) => finding !== undefined)));
  const elsewhere = errors.filter((_, i) => located[i] === undefined);
  for (const { field, detail } of elsewhere) process.stderr.write(`${field}: ${detail}\n`);
  throw new CommandFailure(paint('red', `Refused: ${problem.detail ?? problem.title}`, process.stderr));
}

/** A line of what does not stop anybody: on standard error, so that answers can be read by programs. */
export function printWarning(text: string): void {
  process.stderr.write(`${paint('yellow', 'warning', process.stderr)} ${text}\n`);
}

function printFindings(findings: readonly Finding[]): void {
  for (const finding of findings) process.stderr.write(`${formatFinding(finding)}\n`);
  if (findings.length > 0) process.stderr.write(`${paint('red', counted(findings.length, 'error'), process.stderr)}\n`);
}

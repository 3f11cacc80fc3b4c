/** Checks documents against the contract, as the server will, and names file, line and column of everything that is wrong. */
import { KIND_NAMES, KINDS, type Kind } from '../../contract/configuration/index.ts';
import { splitDocument } from '../../contract/publishing.ts';
import { nearestName } from '../../decisioning/did-you-mean.ts';
import { flattenIssues } from './issues.ts';
import type { Finding, SourceDocument } from './source.ts';

/** A document that follows the contract, in the form in which it was written. */
export interface CheckedDocument {
  readonly kind: Kind;
  readonly id: string;
  /** The document itself, its kind not in it. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly source: SourceDocument;
}

export interface CheckResult {
  readonly documents: readonly CheckedDocument[];
  readonly findings: readonly Finding[];
}

/** Checks every document by itself, and that no two of them have the same kind and id. */
export function checkDocuments(sources: readonly SourceDocument[]): CheckResult {
  const documents: CheckedDocument[] = [];
  const findings: Finding[] = [];
  const seen = new Map<string, SourceDocument>();
  for (const source of sources) {
    const checked = checkDocument(source, findings);
    if (!checked) continue;
    const name = `${checked.kind} "${checked.id}"`;
    const first = seen.get(name);
    if (first) {
      const { line } = first.locate(['id']);
      findings.push(at(source, ['id'], undefined, `${name} is already in ${first.file}:${line}`));
    }
    seen.set(name, first ?? source);
    documents.push(checked);
  }
  return { documents, findings };
}

function checkDocument(source: SourceDocument, findings: Finding[]): CheckedDocument | undefined {
  const { value } = source;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    findings.push(at(source, [], undefined, 'a document must be an object with a "kind"'));
    return undefined;
  }
  const { kind, body } = splitDocument(value as Record<string, unknown>);
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) {
    findings.push(at(source, ['kind'], undefined, unknownKind(kind)));
    return undefined;
  }
  const result = KINDS[kind as Kind].schema.safeParse(body);
  if (!result.success) {
    for (const issue of flattenIssues(result.error.issues)) {
      const isSiteKind = kind === 'site' && issue.path.length === 1 && issue.path[0] === 'kind';
      const message = isSiteKind ? issue.message.replace('"kind"', '"siteKind"') : issue.message;
      findings.push(at(source, isSiteKind ? ['siteKind'] : issue.path, issue.key, message));
    }
    return undefined;
  }
  return { kind: kind as Kind, id: result.data.id, body, source };
}

function unknownKind(kind: unknown): string {
  const rule = `must be one of ${KIND_NAMES.join(', ')}`;
  if (kind === undefined) return `"kind" is missing; it ${rule}`;
  const nearest = typeof kind === 'string' ? nearestName(kind, KIND_NAMES) : undefined;
  return `"kind" ${rule}${nearest === undefined ? '' : `. Did you mean "${nearest}"?`}`;
}

function at(source: SourceDocument, path: readonly (string | number)[], key: string | undefined, message: string) {
  return { file: source.file, ...source.locate(path, key), message };
}

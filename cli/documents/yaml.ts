/** YAML 1.2 files: one or several documents, separated by `---`. */
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import type { Finding, ParsedFile, Path, Position, SourceDocument } from './source.ts';
import { unsafeKeyProblem } from './unsafe-keys.ts';
import { yamlProblems } from './yaml-errors.ts';

/** Reads YAML text; syntax errors, aliases and unsafe keys become findings, empty documents are left out. */
export function parseYaml(file: string, text: string): ParsedFile {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const documents: SourceDocument[] = [];
  const findings: Finding[] = [];
  // An empty stream is not an array of documents but an empty marker of one.
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const problems = yamlProblems([...document.errors, ...document.warnings], positionOf);
    problems.push(...aliasesOf(document, positionOf), ...unsafeKeysOf(document, positionOf));
    findings.push(...problems.map((problem) => ({ file, ...problem })));
    if (problems.length > 0 || document.contents === null) continue;
    documents.push({
      file,
      value: document.toJS(),
      locate: (path, key) => locate(document, path, key, positionOf),
    });
  }
  return { documents, findings };
}

/** Aliases can multiply a small file into a huge value, and no configuration needs them: refused. */
function aliasesOf(document: Document, positionOf: (offset: number) => Position) {
  const found: (Position & { message: string })[] = [];
  visit(document, {
    Alias(_key, alias) {
      found.push({
        ...positionOf(alias.range?.[0] ?? 0),
        message: `aliases are not supported: write out "*${alias.source}"`,
      });
    },
  });
  return found;
}

function unsafeKeysOf(document: Document, positionOf: (offset: number) => Position) {
  const found: (Position & { message: string })[] = [];
  visit(document, {
    Pair(_key, { key }) {
      const message = isScalar(key) ? unsafeKeyProblem(key.value) : undefined;
      if (message !== undefined) found.push({ ...positionOf(rangeStart(key) ?? 0), message });
    },
  });
  return found;
}

function locate(
  document: Document,
  path: Path,
  key: string | undefined,
  positionOf: (offset: number) => Position,
): Position {
  let node: unknown = document.contents;
  let start = rangeStart(document.contents) ?? 0;
  for (const step of path) {
    const next: unknown = isNode(node) && 'get' in node ? (node as { get: Getter }).get(step, true) : undefined;
    if (next === undefined) return positionOf(start);
    node = next;
    start = rangeStart(next) ?? start;
  }
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair) start = rangeStart(pair.key) ?? start;
  }
  return positionOf(start);
}

type Getter = (key: string | number, keepScalar: true) => unknown;

function rangeStart(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

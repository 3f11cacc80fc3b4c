/** JSON files with comments and trailing commas: one document, or an array of them. */
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { Finding, ParsedFile, Path, Position, SourceDocument } from './source.ts';

/** Reads JSON or JSONC text; syntax errors and repeated keys become findings. */
export function parseJsonc(file: string, text: string): ParsedFile {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const positionOf = (offset: number) => offsetToPosition(text, offset);
  const findings: Finding[] = errors.map((error) => ({
    file,
    ...positionOf(error.offset),
    message: words(printParseErrorCode(error.error)),
  }));
  if (tree) findings.push(...repeatedKeys(tree).map((node) => repeated(file, node, positionOf)));
  if (!tree || findings.length > 0) return { documents: [], findings };
  const nodes = tree.type === 'array' ? (tree.children ?? []) : [tree];
  return {
    documents: nodes.map(
      (node): SourceDocument => ({
        file,
        value: getNodeValue(node),
        locate: (path, key) => positionOf(locate(node, path, key)),
      }),
    ),
    findings,
  };
}

function offsetToPosition(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

/** `CommaExpected` as "comma expected". */
function words(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`).toLowerCase();
}

function repeated(file: string, node: Node, positionOf: (offset: number) => Position): Finding {
  return { file, ...positionOf(node.offset), message: `"${String(node.value)}" is written twice` };
}

function repeatedKeys(root: Node): Node[] {
  const found: Node[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    const seen = new Set<unknown>();
    for (const child of node.children ?? []) {
      open.push(child);
      const key = node.type === 'object' ? child.children?.[0] : undefined;
      if (key && seen.has(key.value)) found.push(key);
      if (key) seen.add(key.value);
    }
  }
  return found;
}

function locate(root: Node, path: Path, key: string | undefined): number {
  let node = root;
  for (const step of path) {
    const next = findNodeAtLocation(node, [step]);
    if (!next) return node.offset;
    node = next;
  }
  const property = key === undefined ? undefined : findNodeAtLocation(node, [key]);
  return property?.parent?.offset ?? node.offset;
}

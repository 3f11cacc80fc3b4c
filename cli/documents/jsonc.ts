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
import { unsafeKeyProblem } from './unsafe-keys.ts';

/** Reads JSON or JSONC text; syntax errors, repeated and unsafe keys become findings. */
export function parseJsonc(file: string, text: string): ParsedFile {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const positionOf = (offset: number) => offsetToPosition(text, offset);
  const findings: Finding[] = errors.map((error) => ({
    file,
    ...positionOf(error.offset),
    message: words(printParseErrorCode(error.error)),
  }));
  if (tree)
    findings.push(...keyProblems(tree).map(({ node, message }) => ({ file, ...positionOf(node.offset), message })));
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

interface KeyProblem {
  readonly node: Node;
  readonly message: string;
}

function keyProblems(root: Node): KeyProblem[] {
  const found: KeyProblem[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    const seen = new Set<unknown>();
    for (const child of node.children ?? []) {
      open.push(child);
      const key = node.type === 'object' ? child.children?.[0] : undefined;
      if (!key) continue;
      const unsafe = unsafeKeyProblem(key.value);
      if (unsafe !== undefined) found.push({ node: key, message: unsafe });
      if (seen.has(key.value)) found.push({ node: key, message: `"${String(key.value)}" is written twice` });
      seen.add(key.value);
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

/** What the tidy rules need to know of a file of TypeScript: its imports, its functions, the names it uses. */
import { posix } from 'node:path';
import { parseAst } from 'vitest/node';

export interface ImportFact {
  readonly line: number;
  /** A path from the project's root, or the name of a package. */
  readonly target: string;
  readonly isRelative: boolean;
  readonly isTypeOnly: boolean;
}

export interface FunctionFact {
  readonly line: number;
  readonly lines: number;
  readonly name: string;
}

export interface NameFact {
  readonly line: number;
  /** `Date.now`, `new Date()`, or a bare identifier. */
  readonly name: string;
}

export interface CodeFacts {
  readonly imports: readonly ImportFact[];
  readonly functions: readonly FunctionFact[];
  readonly names: readonly NameFact[];
}

/** A node of the syntax tree, as far as it is looked at here. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Reads one file. Imports of any form count: static, re-export, dynamic with a literal. */
export function factsOf(file: string, source: string): CodeFacts {
  const lines = lineCounter(source);
  const imports: ImportFact[] = [];
  const functions: FunctionFact[] = [];
  const names: NameFact[] = [];
  const root = parseAst(source, { lang: file.endsWith('x') ? 'tsx' : 'ts' }) as unknown as SyntaxNode;
  walk(root, undefined, (node, parent) => {
    const line = lines(node.start);
    const imported = importedBy(node);
    if (imported !== undefined) {
      const isRelative = imported.startsWith('.');
      const target = isRelative ? posix.join(posix.dirname(file), imported) : imported;
      imports.push({ line, target, isRelative, isTypeOnly: isTypeOnly(node) });
    }
    if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) {
      functions.push({ line, lines: lines(node.end) - line + 1, name: functionName(node, parent) });
    }
    const name = usedName(node, parent);
    if (name !== undefined) names.push({ line, name });
  });
  return { imports, functions, names };
}

/** Visits every node with its parent, outermost first. */
export function walk(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, node, visit);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function importedBy(node: SyntaxNode): string | undefined {
  if (
    !/^(ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration|ImportExpression|TSImportType)$/.test(node.type)
  ) {
    return undefined;
  }
  const source = (node.source ?? node.argument) as { value?: unknown } | null | undefined;
  return typeof source?.value === 'string' ? source.value : undefined;
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType') return true;
  const specifiers = (node.specifiers ?? []) as SyntaxNode[];
  return specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type');
}

function functionName(node: SyntaxNode, parent: SyntaxNode | undefined): string {
  const named = (node.id ?? parent?.key ?? parent?.id) as { name?: string } | null | undefined;
  return named?.name ?? 'a function';
}

function usedName(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.type === 'MemberExpression') {
    const { object, property } = node as unknown as { object: { name?: string }; property: { name?: string } };
    return object.name && property.name ? `${object.name}.${property.name}` : undefined;
  }
  if (node.type === 'NewExpression') {
    const { callee } = node as unknown as { callee: { name?: string } };
    return callee.name && (node.arguments as unknown[]).length === 0 ? `new ${callee.name}()` : undefined;
  }
  // A property's own name is not a use of the global of that name.
  const isKey = parent?.property === node || parent?.key === node;
  return node.type === 'Identifier' && !isKey ? (node.name as string) : undefined;
}

function lineCounter(source: string): (offset: number) => number {
  const starts = [0];
  for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) starts.push(i + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

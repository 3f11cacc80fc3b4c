/** A parsed piece of a file that knows on which line each of its values stands. */

/** Where something stands in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

/** One document of a file. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  /** Position of the value at a path, or of the nearest thing around it; with `key`, of that key of the object there. */
  locate(path: Path, key?: string): Position;
}

/** Something wrong in a file, at a position. */
export interface Finding extends Position {
  readonly file: string;
  readonly message: string;
}

export interface ParsedFile {
  readonly documents: readonly SourceDocument[];
  readonly findings: readonly Finding[];
}

/** `file:line:column: message`, the form that editors and CI systems make clickable. */
export function formatFinding(finding: Finding): string {
  return `${finding.file}:${finding.line}:${finding.column}: ${finding.message}`;
}

/** By file, then line, then column, so that errors read from top to bottom. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}

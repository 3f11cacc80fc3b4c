/** Finds configuration files and reads the documents in them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { CommandFailure } from '../failure.ts';
import { parseJsonc } from './jsonc.ts';
import { type Finding, type ParsedFile, type SourceDocument, sortFindings } from './source.ts';
import { parseYaml } from './yaml.ts';

const PARSERS: Readonly<Record<string, (file: string, text: string) => ParsedFile>> = {
  '.yaml': parseYaml,
  '.yml': parseYaml,
  '.json': parseJsonc,
  '.jsonc': parseJsonc,
};

/** A folder of campaigns has dozens; a thousand files mean that the wrong folder was named. */
const MAX_FILES = 1_000;
/** Campaign folders are a few levels deep. */
const MAX_FOLDER_DEPTH = 32;
/** The server takes 256 KB a request: larger files hold something else. */
const MAX_FILE_BYTES = 2 * 1_024 * 1_024;

/** Reads every YAML and JSON file among the paths, folders with all below them, in the order of their names. */
export function readDocuments(paths: readonly string[]): ParsedFile {
  const files = paths.flatMap((path) => filesBelow(path));
  if (files.length === 0) throw new CommandFailure(`No .yaml, .yml, .json or .jsonc file in ${paths.join(', ')}`);
  if (files.length > MAX_FILES) throw new CommandFailure(`${files.length} files are too many: at most ${MAX_FILES}`);
  const documents: SourceDocument[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    const parsed = readFile(file);
    documents.push(...parsed.documents);
    findings.push(...parsed.findings);
  }
  return { documents, findings: sortFindings(findings) };
}

/** Reads one file by the parser of its extension. */
export function readFile(file: string): ParsedFile {
  const parse = PARSERS[extname(file)];
  if (!parse) throw new CommandFailure(`${file}: only .yaml, .yml, .json and .jsonc are read`);
  const entry = statSync(file, { throwIfNoEntry: false });
  if (!entry?.isFile()) throw new CommandFailure(`${file}: there is no such file`);
  if (entry.size > MAX_FILE_BYTES) throw new CommandFailure(`${file}: is larger than 2 MB`);
  try {
    return parse(file, readFileSync(file, 'utf8'));
  } catch (error) {
    // The parsers of both formats descend by calling themselves.
    if (error instanceof RangeError) throw new CommandFailure(`${file}: is nested too deeply to be read`);
    throw error;
  }
}

function filesBelow(path: string): string[] {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) throw new CommandFailure(`${path}: there is no such file or folder`);
  if (!entry.isDirectory()) return [path];
  return walk(path, MAX_FOLDER_DEPTH).sort();
}

/** Links are not followed: one that points upwards would have no end. */
function walk(folder: string, depth: number): string[] {
  if (depth === 0) throw new CommandFailure(`${folder}: folders are nested deeper than ${MAX_FOLDER_DEPTH}`);
  return readdirSync(folder, { withFileTypes: true }).flatMap((child) => {
    const path = join(folder, child.name);
    if (child.isDirectory()) return walk(path, depth - 1);
    return child.isFile() && Object.hasOwn(PARSERS, extname(child.name)) ? [path] : [];
  });
}

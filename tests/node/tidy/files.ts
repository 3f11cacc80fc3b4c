/** The project's files as git sees them: tracked, or new and not ignored. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '../../..');

/** Output of a listing of the whole history: a few hundred thousand lines. */
const MAX_OUTPUT_BYTES = 64 * 1_024 * 1_024;

export function git(args: readonly string[], input = ''): string {
  return execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8', input, maxBuffer: MAX_OUTPUT_BYTES });
}

/** Paths from the project's root, with `/`. */
export function projectFiles(): string[] {
  const listed = git(['ls-files', '--cached', '--others', '--exclude-standard', '-z']).split('\0');
  return listed.filter((file) => file !== '' && existsSync(join(projectRoot, file)));
}

export function readProjectFile(file: string): string {
  return readFileSync(join(projectRoot, file), 'utf8');
}

/** What git would have to keep for ever: every blob of the history above a size, as `<bytes> <path>`. */
export function blobsOver(bytes: number): string[] {
  const objects = git(['rev-list', '--objects', '--all']);
  const sizes = git(['cat-file', '--batch-check=%(objecttype) %(objectsize) %(rest)'], objects);
  return sizes
    .split('\n')
    .map((line) => /^blob (\d+) (.*)$/.exec(line))
    .filter((match) => match !== null && Number(match[1]) > bytes)
    .map((match) => `${match![1]} ${match![2]}`);
}

/** One runtime per state folder: two of them would write into the same files. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Running {
  readonly pid: number;
  readonly url: string;
}

/** The runtime that a file tells of, if it still lives. */
export function findRunning(file: string): Running | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const running = JSON.parse(readFileSync(file, 'utf8')) as Running;
    process.kill(running.pid, 0);
    return running;
  } catch {
    // Not readable, or no such process: left behind by one that was killed.
    return undefined;
  }
}

/** Says that this process runs it, until the returned function is called. */
export function declareRunning(file: string, url: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid: process.pid, url }));
  return () => rmSync(file, { force: true });
}

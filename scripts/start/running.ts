/** One runtime per state folder: two of them would write into the same files. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Says that this process runs it, until the returned function is called. */
export function declareRunning(file: string, url: string, edgeUrl?: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid: process.pid, url, edgeUrl }));
  return () => rmSync(file, { force: true });
}

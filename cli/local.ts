/** What `npm start` leaves in `.hyperedge` for the commands: where it runs, and the demo's keys. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** The project's folder for what belongs to this machine alone; git ignores it. */
export const LOCAL_FOLDER = fileURLToPath(new URL('../.hyperedge', import.meta.url));

const running = z.object({ pid: z.int().min(1), url: z.url(), edgeUrl: z.url().optional() });
const demo = z.object({ secretKey: z.string() });

/** A runtime on this machine. */
export type Running = z.infer<typeof running>;

/** The file that tells of the runtime of a folder. */
export const runningFileOf = (folder: string): string => join(folder, 'running.json');

/** The runtime that a file tells of, if it still lives. */
export function findRunning(file: string): Running | undefined {
  const found = readJson(file, running);
  if (!found) return undefined;
  try {
    process.kill(found.pid, 0);
    return found;
  } catch {
    // No such process: left behind by one that was killed.
    return undefined;
  }
}

/** The demo's secret key, once there has been a demo. */
export function findDemoKey(folder: string): string | undefined {
  return readJson(join(folder, 'demo.json'), demo)?.secretKey;
}

function readJson<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

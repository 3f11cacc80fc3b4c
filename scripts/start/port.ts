/** A port for the runtime. */
import { createServer } from 'node:net';

/** Ports that are tried one after the other; a machine where all of these are taken has a problem of its own. */
const MAX_TRIES = 20;

/** The first free port from `wanted` on. Throws when none of the next twenty is free. */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + MAX_TRIES; port++) if (await isFree(port)) return port;
  throw new Error(`ports ${wanted} to ${wanted + MAX_TRIES - 1} are all taken: name another with --port`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The port of the runtime: one that was named is kept, the usual one may give way. */
import { createServer } from 'node:net';

/** Where `npm start` runs when no port is named and nobody else is there. */
export const USUAL_PORT = 8787;
const MAX_PORT = 65_535;
/** Ports that are tried one after the other; a machine where all of these are taken has a problem of its own. */
const MAX_TRIES = 20;

/** The port that `--port` or PORT names; undefined when neither does. Throws when it is no port. */
export function namedPort(flag: string | undefined, env: string | undefined): number | undefined {
  const [name, text] = flag === undefined ? ['PORT', env] : ['--port', flag];
  if (text === undefined || (flag === undefined && text === '')) return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > MAX_PORT) throw new Error(`${name} "${text}" is not a port`);
  return port;
}

/** The named port, or the first free one from `usual` on. Throws when the named one, or all of those, are taken. */
export async function choosePort(named: number | undefined, usual: number = USUAL_PORT): Promise<number> {
  if (named !== undefined) {
    if (await isFree(named)) return named;
    throw new Error(`Port ${named} is taken. Name another, or none: then a free one is used`);
  }
  for (let port = usual; port < usual + MAX_TRIES; port++) if (await isFree(port)) return port;
  throw new Error(`Ports ${usual} to ${usual + MAX_TRIES - 1} are all taken: name another with --port`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

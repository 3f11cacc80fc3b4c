/** Ports of a test file's servers: files that run at the same time look for theirs in different places. */
import { choosePort } from '../../scripts/start/port.ts';

/** Below those that systems give to whoever asks for any. */
const FIRST_PORT = 22_000;
/** As many as `choosePort` tries, once for each of two servers. */
const PORTS_A_FILE = 40;
/** Processes of one run have numbers near each other, so that no two of them share a place. */
const PLACES = 250;

/** @returns `count` different free ports, at most 20 */
export async function ownPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  let next = FIRST_PORT + (process.pid % PLACES) * PORTS_A_FILE;
  while (ports.length < count) {
    const port = await choosePort(undefined, next);
    ports.push(port);
    next = port + 1;
  }
  return ports;
}

/** One free port. */
export const ownPort = async (): Promise<number> => (await ownPorts(1))[0] as number;

/** Which Hyperedge a command talks to, and with which key. A key is sent to nobody whom the user did not mean. */
import type { Api } from './api.ts';
import { usageFailure } from './failure.ts';
import { findDemoKey, findRunning, runningFileOf } from './local.ts';

/** What the user said. */
export interface Wishes {
  /** `--site`, else HYPEREDGE_SITE. */
  readonly site: string | undefined;
  /** `--key`, else HYPEREDGE_SECRET_KEY. */
  readonly key: string | undefined;
}

/** The line of the quick start that takes the demo's key from its file. */
const DEMO_KEY_LINE = `export HYPEREDGE_SECRET_KEY=$(node -p "JSON.parse(fs.readFileSync('.hyperedge/demo.json')).secretKey")`;

/**
 * The address that was named, else that of the runtime which `npm start` runs here; and the key. The demo's key goes to the running
 * demo alone: on its usual port something else may be listening. Throws usage failures that say what to name.
 *
 * @param folder where `npm start` leaves its files.
 */
export function chooseTarget(wishes: Wishes, folder: string): Api {
  const { site, key } = wishes;
  if (!key)
    throw usageFailure(
      `A secret key is needed: set HYPEREDGE_SECRET_KEY. For the demo of npm start:\n  ${DEMO_KEY_LINE}`,
    );
  const running = findRunning(runningFileOf(folder));
  const address = site ?? running?.url;
  if (address === undefined)
    throw usageFailure('No Hyperedge runs here: npm start, or name one with --site or HYPEREDGE_SITE');
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? ''))
    throw usageFailure(`--site "${address}" is not an address`);
  if (key === findDemoKey(folder)) refuseStranger(address, running?.url);
  return { site: address.replace(/\/+$/, ''), secretKey: key };
}

function refuseStranger(address: string, demo: string | undefined): void {
  if (demo === undefined)
    throw usageFailure(`This is the demo's key, and the demo does not run: not sent to ${address}`);
  if (originOf(address) !== originOf(demo))
    throw usageFailure(`This is the demo's key, and the demo runs at ${demo}: not sent to ${address}`);
}

/** Both names of this machine are one: the runtime listens on 127.0.0.1 and calls itself localhost. */
function originOf(address: string): string {
  const url = new URL(address);
  if (url.hostname === '127.0.0.1') url.hostname = 'localhost';
  return url.origin;
}

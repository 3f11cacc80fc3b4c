/** What is measured over HTTP: everything `npm start` runs, with an address of the worker itself, and the bare worker in the same process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { choosePort } from '../../scripts/start/port.ts';
import { type Stack, startStack } from '../../scripts/start/stack.ts';
import { BARE, BARE_SCRIPT } from './bare.ts';
import { Target } from './load.ts';
import { type CallName, DOCUMENTS, isBare } from './scenarios.ts';

/** Between the ports that are tried first. */
const APART = 20;

export interface Stand {
  readonly stack: Stack;
  /** With the secret key. */
  readonly ours: Target;
  readonly bare: Target;
  /** Whom a kind of call asks. */
  readonly targetOf: (name: CallName) => Target;
  readonly end: () => Promise<void>;
}

/**
 * Starts it, with the benchmarks' documents pushed. State lies in a folder of its own, which `end` removes.
 *
 * @param firstPort is tried first, then those after it: benchmarks that run beside each other have their own
 * @param inspected also with an inspector, at the port that is handed to it
 */
export async function startStand(name: string, firstPort: number, inspected?: (port: number) => void): Promise<Stand> {
  const state = mkdtempSync(join(tmpdir(), `${name}-`));
  const ports: number[] = [];
  for (let i = 0; i < 4; i += 1) ports.push(await choosePort(undefined, firstPort + i * APART));
  const [barePort, directPort, port, inspectorPort] = ports as [number, number, number, number];
  inspected?.(inspectorPort);
  const stack = await startStack({
    root: fileURLToPath(new URL('../../', import.meta.url)),
    ...{ port, directPort, stateDir: state, demoFile: join(state, 'demo.json') },
    ...(inspected && { inspectorPort }),
    beside: [{ ...BARE, script: BARE_SCRIPT, port: barePort }],
  });
  const bare = new Target(barePort, {});
  const ours = new Target(directPort, { authorization: `Bearer ${stack.keys.secretKey}` });
  const end = async () => {
    bare.end();
    ours.end();
    await stack.runtime.stop();
    rmSync(state, { recursive: true, force: true });
  };
  const pushed = await ours.send({ path: '/v1/push', body: JSON.stringify({ documents: DOCUMENTS }) });
  if (pushed.status !== 200) {
    await end();
    throw new Error(`/v1/push: ${pushed.status} ${pushed.text}`);
  }
  return { stack, ours, bare, targetOf: (call) => (isBare(call) ? bare : ours), end };
}

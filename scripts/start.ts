/** `npm start`: Hyperedge on this machine, with the demo shop, until Ctrl-C. */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from './start/port.ts';
import { declareRunning, findRunning } from './start/running.ts';
import { paint, panel, step } from './start/screen.ts';
import { type Stack, startStack } from './start/stack.ts';

const DEFAULT_PORT = 8787;
/** How often it is looked whether the process that started this one is still there. */
const PARENT_CHECK_MS = 1_000;

const root = fileURLToPath(new URL('../', import.meta.url));
const runningFile = join(root, '.hyperedge/running.json');
const shown = (file: string) => relative(process.cwd(), file) || '.';

function addresses(url: string): string {
  return panel([
    ['Demo shop', paint('bold', `${url}/demo/`)],
    ['API reference', `${url}/docs/`],
    ['Health', `${url}/healthz`],
  ]);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: process.env.PORT ?? `${DEFAULT_PORT}` } },
  });
  const wanted = Number(values.port);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_000)
    throw new Error(`--port "${values.port}" is not a port`);
  process.stdout.write(`\n  ${paint(['bold', 'cyan'], 'Hyperedge')}\n\n`);
  const running = findRunning(runningFile);
  if (running) {
    process.stdout.write(`  It is running already (process ${running.pid}).\n\n${addresses(running.url)}\n\n`);
    return;
  }
  const port = await freePort(wanted);
  if (port !== wanted) process.stdout.write(`  Port ${wanted} is taken: using ${port}.\n`);
  const undeclare = declareRunning(runningFile, `http://localhost:${port}`);
  let stack: Stack;
  try {
    stack = await startStack({ root, port, step });
  } catch (error) {
    undeclare();
    throw error;
  }
  endWithParentOrSignal(stack, undeclare);
  const files = panel([
    ['Keys', shown(join(root, '.hyperedge/demo.json'))],
    ['Log', shown(stack.logFile)],
  ]);
  process.stdout.write(`\n${addresses(stack.url)}\n\n${files}\n\n  ${paint('gray', 'Ctrl-C ends it.')}\n\n`);
}

/** Ctrl-C, a closed terminal, and a parent that was killed: each ends workerd too. */
function endWithParentOrSignal(stack: Stack, undeclare: () => void): void {
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await stack.runtime.stop();
    process.exit(0);
  };
  process.on('exit', undeclare);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // miniflare's own listeners end this process at once, before workerd has closed its files and is gone.
    process.removeAllListeners(signal);
    process.on(signal, end);
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void end();
  }, PARENT_CHECK_MS).unref();
}

main().catch((error: unknown) => {
  const words = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n  ${paint('red', words.replaceAll('\n', '\n  '))}\n\n`);
  process.exit(1);
});

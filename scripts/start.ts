/** `npm start`: Hyperedge on this machine, with the demo shop, until Ctrl-C. */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findRunning, LOCAL_FOLDER, runningFileOf } from '../cli/local.ts';
import { unfulfilled } from './start/already.ts';
import { choosePort, namedPort, USUAL_PORT } from './start/port.ts';
import { declareRunning } from './start/running.ts';
import { paint, panel, step } from './start/screen.ts';
import { logFileOf, type Stack, startStack } from './start/stack.ts';

/** How often it is looked whether the process that started this one is still there. */
const PARENT_CHECK_MS = 1_000;

const root = fileURLToPath(new URL('../', import.meta.url));
const runningFile = runningFileOf(LOCAL_FOLDER);

/** Addresses, files and what to do next: what stays on the screen. */
function overview({ url, edgeUrl }: { url: string; edgeUrl?: string | undefined }): string {
  const shown = (file: string) => relative(process.cwd(), file);
  const rows = panel([
    [
      ['Demo shop', paint('bold', `${url}/demo/`)],
      ...(edgeUrl ? [['… filled at the edge', `${edgeUrl}/demo/`] as const] : []),
      ['Guides', `${url}/docs/guides/`],
      ['API reference', `${url}/docs/`],
      ['Health', `${url}/healthz`],
    ],
    [
      ['Keys', shown(join(LOCAL_FOLDER, 'demo.json'))],
      ['Log', shown(logFileOf(root))],
    ],
  ]);
  return `\n${rows}\n\n  Next: open the demo shop and press Allow. Then read the guides.\n`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, edge: { type: 'boolean' } } });
  const named = namedPort(values.port, process.env.PORT);
  const running = findRunning(runningFile);
  if (running) {
    const notes = unfulfilled(running, { port: named, edge: values.edge }).map(
      (note) => `  ${paint('yellow', note)}\n`,
    );
    process.stdout.write(`  It is running already (process ${running.pid}).\n${notes.join('')}${overview(running)}\n`);
    // A script that asked for a port must not go on as if it had it.
    if (notes.length > 0) process.exitCode = 1;
    return;
  }
  const port = await choosePort(named);
  const url = `http://localhost:${port}`;
  if (named === undefined && port !== USUAL_PORT)
    process.stdout.write(`  Port ${USUAL_PORT} is taken: using ${port}.\n`);
  const edgePort = values.edge ? await choosePort(undefined, port + 1) : undefined;
  const undeclare = declareRunning(runningFile, url, edgePort ? `http://localhost:${edgePort}` : undefined);
  let stack: Stack;
  try {
    stack = await startStack({ root, port, ...(edgePort && { edgePort }), step });
  } catch (error) {
    undeclare();
    throw error;
  }
  endWithParentOrSignal(stack, undeclare);
  process.stdout.write(`${overview(stack)}  ${paint('gray', 'Ctrl-C ends it.')}\n\n`);
}

/** Ctrl-C, a closed terminal, and a parent that was killed: each ends workerd too. */
function endWithParentOrSignal(stack: Stack, undeclare: () => void): void {
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await stack.runtime.stop();
    process.stdout.write('\n  Stopped.\n');
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

/** `npm start`: installs what is missing, then scripts/start.ts under the project's Node. */
import { installMissing, runWithProjectNode } from './install.mjs';
import { titleLine } from './terminal.mjs';

const USAGE = `Usage: npm start
       npm start -- [options]

Runs Hyperedge on this machine with a demo shop, until Ctrl-C.

  --port N   the port, or nothing if it is taken (PORT; without either 8787, or the next free one)
  --edge     the shop a second time, its pages filled at the edge before they arrive
  --help     this text
`;

const args = process.argv.slice(2);
if (args.some((arg) => arg === '--help' || arg === '-h')) {
  process.stdout.write(USAGE);
} else {
  process.stdout.write(titleLine(process.stdout, process.env));
  await installMissing();
  process.exit(await runWithProjectNode('scripts/start.ts', args));
}

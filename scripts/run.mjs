/** `node scripts/run.mjs FILE.ts …`: any of the project's commands on any Node: installs what is missing, then runs the file. */
import { installMissing, runWithProjectNode } from './install.mjs';

const [file, ...args] = process.argv.slice(2);
if (!file) throw new Error('usage: node scripts/run.mjs FILE.ts [arguments]');
await installMissing();
process.exit(await runWithProjectNode(file, args));

/** `npm test`: installs what is missing, builds what the browser loads, then runs every vitest project; arguments go to vitest. */
import { availableParallelism } from 'node:os';
import { installMissing, runWithProjectNode } from './install.mjs';

/** Each worker may hold a workerd of its own: more of them than cores only makes all of them slow. */
const MAX_WORKERS = 4;

const args = process.argv.slice(2);
await installMissing();
for (const build of ['client-snippet/build.ts', 'scripts/build-assets.ts']) {
  const code = await runWithProjectNode(build, [], { quiet: true });
  if (code !== 0) process.exit(code);
}
const workers = Math.min(availableParallelism(), MAX_WORKERS);
const limit = args.some((arg) => arg.startsWith('--maxWorkers')) ? [] : [`--maxWorkers=${workers}`];
process.exit(await runWithProjectNode('node_modules/vitest/vitest.mjs', ['run', ...limit, ...args]));

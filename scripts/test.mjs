/** `npm test`: installs what is missing, builds what the browser loads, then runs every vitest project; arguments go to vitest. */
import { availableParallelism } from 'node:os';
import { installMissing, runWithProjectNode } from './install.mjs';

/** Each worker may hold a workerd of its own: more of them than cores only makes all of them slow. */
const MAX_WORKERS = 4;
/** Arguments that choose some of the tests: a file, or one of these. */
const CHOOSES = /^(?!-)|^--(project|shard|changed|testNamePattern|maxWorkers)|^-t/;

const args = process.argv.slice(2);
await installMissing();
for (const build of ['client-snippet/build.ts', 'scripts/build-assets.ts']) {
  const code = await runWithProjectNode(build, [], { quiet: true });
  if (code !== 0) process.exit(code);
}
const workers = Math.min(availableParallelism(), MAX_WORKERS);
// Where all tests run, a third of the time is pages and lapses that wait: one worker more than cores, and vitest.config.ts gives turns.
const isWhole = !args.some((arg) => CHOOSES.test(arg));
process.env.HYPEREDGE_BUILT = '1';
if (isWhole) process.env.HYPEREDGE_ALL_TESTS = '1';
const limit = args.some((arg) => arg.startsWith('--maxWorkers')) ? [] : [`--maxWorkers=${workers + (isWhole ? 1 : 0)}`];
process.exit(await runWithProjectNode('node_modules/vitest/vitest.mjs', ['run', ...limit, ...args]));

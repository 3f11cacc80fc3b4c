/** `npm test`: installs what is missing, builds what the browser loads, then runs every vitest project; arguments go to vitest. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { installMissing, runWithProjectNode } from './install.mjs';

/** Each worker may hold a workerd of its own: more of them than cores only makes all of them slow. */
const MAX_WORKERS = 4;
/** Arguments that choose some of the tests: a file, or one of these. */
const CHOOSES = /^(?!-)|^--(project|shard|changed|testNamePattern|maxWorkers)|^-t/;

const args = process.argv.slice(2);
await installMissing();
// Tests start the same programs again and again: compiled once, they start in half the time.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
for (const build of ['client-snippet/build.ts', 'scripts/build-assets.ts']) {
  const code = await runWithProjectNode(build, [], { quiet: true });
  if (code !== 0) process.exit(code);
}
// Where all tests run, vitest.config.ts says how many at a time, and gives turns.
const isWhole = !args.some((arg) => CHOOSES.test(arg));
process.env.HYPEREDGE_BUILT = '1';
if (isWhole) process.env.HYPEREDGE_ALL_TESTS = '1';
const hasLimit = isWhole || args.some((arg) => arg.startsWith('--maxWorkers'));
const limit = hasLimit ? [] : [`--maxWorkers=${Math.min(availableParallelism(), MAX_WORKERS)}`];
process.exit(await runWithProjectNode('node_modules/vitest/vitest.mjs', ['run', ...limit, ...args]));

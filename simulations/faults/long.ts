/** `npm run simulate:long -- --from N --seeds M`: histories of faults, seed after seed, on all cores. Each of its threads starts here as well. */
import { isMainThread } from 'node:worker_threads';
import './resolve.ts';

const { main, playSeeds } = await import('./long-run.ts');
const { orUsage } = await import('./arguments.ts');
if (isMainThread) process.exit(await orUsage(() => main(process.argv.slice(2))));
else await playSeeds();

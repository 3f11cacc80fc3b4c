/** `npm start`: installs what is missing, then scripts/start.ts under the project's Node. */
import { installMissing, runWithProjectNode } from './install.mjs';

await installMissing();
process.exit(await runWithProjectNode('scripts/start.ts', process.argv.slice(2)));

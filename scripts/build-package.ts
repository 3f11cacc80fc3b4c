/** `npm run build:package [FOLDER]`: the npm package `@hyperedge/client`, ready for `npm pack` and `npm publish`. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackage } from './package/build.ts';

const usual = fileURLToPath(new URL('../client-snippet/npm/dist/', import.meta.url));
const folder = process.argv[2] ? resolve(process.argv[2]) : usual;
const modules = await buildPackage(folder);
for (const [name, text] of modules) if (name.endsWith('.js')) console.log(`${name.padEnd(24)} ${text.length} bytes`);

/** `npm run budget`: what a page may load, in bytes after gzip, against its limits; exit code 1 beyond any of them. */
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { BUDGETS } from '../client-snippet/budgets.ts';

let over = 0;
for (const [name, limit] of Object.entries(BUDGETS)) {
  const url = new URL(`../client-snippet/dist/${name}`, import.meta.url);
  const bytes = existsSync(url) ? gzipSync(readFileSync(url), { level: 9 }).length : undefined;
  const verdict =
    bytes === undefined ? 'is missing: npm run build' : bytes > limit ? 'is over its budget' : 'is within';
  if (bytes === undefined || bytes > limit) over++;
  console.log(`${name.padEnd(20)} ${bytes ?? '-'} of ${limit} bytes gzip  ${verdict}`);
}
process.exitCode = over === 0 ? 0 : 1;

/** `npm run budget`: what a page must load, in bytes after gzip, against its limits; exit code 1 beyond any of them. */
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Gzipped bytes. The bundle is what a site adds to every page; the stub is inlined into every page's head. */
const BUDGETS = { 'client-snippet/dist/hyperedge.js': 2_500, 'client-snippet/dist/stub.js': 400 } as const;

let over = 0;
for (const [file, limit] of Object.entries(BUDGETS)) {
  const url = new URL(`../${file}`, import.meta.url);
  const bytes = existsSync(url) ? gzipSync(readFileSync(url), { level: 9 }).length : undefined;
  const verdict =
    bytes === undefined ? 'is missing: npm run build' : bytes > limit ? 'is over its budget' : 'is within';
  if (bytes === undefined || bytes > limit) over++;
  console.log(`${file}  ${bytes ?? '-'} of ${limit} bytes gzip  ${verdict}`);
}
process.exitCode = over === 0 ? 0 : 1;

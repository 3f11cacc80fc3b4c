/** `npm run budget`: what a page may load, in bytes after gzip, against its limits; exit code 1 beyond any of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { BUDGETS } from '../client-snippet/budgets.ts';

const dist = new URL('../client-snippet/dist/', import.meta.url);
const built = existsSync(dist) ? readdirSync(dist).filter((name) => name.endsWith('.js')) : [];

/** What is wrong with a file, if anything: each that is built has a budget, each that has one is built, and within it. */
function verdictOf(bytes: number | undefined, limit: number | undefined): string | undefined {
  if (bytes === undefined) return 'is missing: npm run build';
  if (limit === undefined) return 'has no budget';
  return bytes > limit ? 'is over its budget' : undefined;
}

for (const name of new Set([...Object.keys(BUDGETS), ...built])) {
  const bytes = built.includes(name) ? gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length : undefined;
  const verdict = verdictOf(bytes, BUDGETS[name]);
  if (verdict) process.exitCode = 1;
  console.log(`${name.padEnd(20)} ${bytes ?? '-'} of ${BUDGETS[name] ?? '-'} bytes gzip  ${verdict ?? 'is within'}`);
}

/**
 * `npm run build`: bundles the page script, its stubs and its lazy parts into `dist/`, and once more under `dist/v/<release>/`, a name
 * that changes with any byte of them, so that they may be cached for ever; `dist/manifest.json` names them with their integrity hashes, and
 * `dist/embed.txt` is what a page embeds, with the hash of every file that may be loaded.
 * Exit code 1 when one is over its budget.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { BUDGETS } from './budgets.ts';
import { bundles } from './bundle.ts';
import { embedOf } from './embed.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const RELEASE_LENGTH = 10; // 60 bits: no two releases meet

/** Releases that stay beside the newest: pages that name one must find it after the next deploy. A year of fortnightly ones. */
const MAX_RELEASES = 26;

/** Removes those that were built before the last `MAX_RELEASES`. */
function forgetOldReleases(folder: string): void {
  const builtAt = (name: string): number => statSync(folder + name).mtimeMs;
  const newest = readdirSync(folder).toSorted((one, other) => builtAt(other) - builtAt(one));
  for (const name of newest.slice(MAX_RELEASES)) rmSync(folder + name, { recursive: true });
}

const files = await bundles();
const text = [...files].map(([name, code]) => `${name}\n${code}`).join('\n');
const release = createHash('sha256').update(text).digest('base64url').slice(0, RELEASE_LENGTH).replaceAll(/[-_]/g, '0');
const dist = here('dist/');
mkdirSync(`${dist}v/${release}`, { recursive: true });
for (const name of readdirSync(dist)) if (name !== 'v') rmSync(dist + name, { recursive: true });
forgetOldReleases(`${dist}v/`);

const manifest: Record<string, { path: string; integrity: string; bytes: number; gzipBytes: number }> = {};
for (const [name, code] of files) {
  for (const path of [name, `v/${release}/${name}`]) writeFileSync(dist + path, code);
  const gzipBytes = gzipSync(code, { level: 9 }).length;
  const integrity = `sha384-${createHash('sha384').update(code).digest('base64')}`;
  manifest[name] = { path: `v/${release}/${name}`, integrity, bytes: Buffer.byteLength(code), gzipBytes };
  const limit = BUDGETS[name];
  const verdict = limit === undefined ? 'has no budget' : gzipBytes > limit ? 'OVER' : '';
  console.log(
    `${name.padEnd(20)} ${manifest[name].bytes} bytes, ${gzipBytes} gzip of at most ${limit ?? '-'}  ${verdict}`,
  );
  if (verdict === 'OVER') process.exitCode = 1; // `npm run budget` also fails for one without a budget
}
// Modules are checked by the import map of the page, the script by its own tag.
const embed = embedOf('https://YOUR-HYPEREDGE', manifest);
writeFileSync(`${dist}embed.txt`, embed);
console.log(`\nFor a page (all of it in dist/embed.txt):\n${embed.split('\n').at(-2)}`);
writeFileSync(`${dist}manifest.json`, `${JSON.stringify({ release, files: manifest }, null, 2)}\n`);

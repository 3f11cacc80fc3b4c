/**
 * Adds to package-lock.json the optional platform packages that `npm install` left out. Registries sometimes carry a platform's binary
 * later than the package that names it; npm then writes a lockfile without it, and refuses that lockfile in `npm ci` on every machine.
 * Run after a change of dependencies: `node scripts/complete-lockfile.mjs`. Versions are those that the lockfile's own packages ask for.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;

const OS = { darwin: 'darwin', windows: 'win32', win32: 'win32', linux: 'linux', android: 'android' };
const CPU = { x64: 'x64', 64: 'x64', arm64: 'arm64' };

/** os, cpu and libc as platform packages carry them in their names: `cli-linux-arm64-musl`, `workerd-darwin-64`. */
function platformOf(name) {
  const match = /-(darwin|windows|win32|linux|android)-(x64|arm64|64)(-musl)?$/.exec(name);
  if (!match) return undefined;
  return { cpu: [CPU[match[2]]], os: [OS[match[1]]], ...(match[3] ? { libc: ['musl'] } : {}) };
}

let added = 0;
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const isThere = packages[`node_modules/${name}`] ?? packages[`${path}/node_modules/${name}`];
    const platform = platformOf(name);
    // Only exact versions: a range would have to be resolved by a registry that has the package.
    if (isThere || !platform || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    packages[`node_modules/${name}`] = { version, ...platform, ...(dev ? { dev } : {}), optional: true };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
if (added > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} platform packages added\n`);

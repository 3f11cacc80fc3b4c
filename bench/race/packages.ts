/** The packages that decisions are raced against: `bench/package.json` pins them, its lockfile names every byte, and only `npm run bench` installs them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../', import.meta.url));
const requireThere = createRequire(new URL('../package.json', import.meta.url));

type Versions = Readonly<Record<string, { readonly version?: string }>>;

function versionsIn(lockfile: string): Versions {
  try {
    return (JSON.parse(readFileSync(folder + lockfile, 'utf8')) as { readonly packages: Versions }).packages;
  } catch {
    return {};
  }
}

/** Runs `npm ci --prefix bench` unless what its lockfile names is there already. */
export function installRaced(): void {
  const there = versionsIn('node_modules/.package-lock.json');
  const wanted = Object.entries(versionsIn('package-lock.json')).filter(([path]) => path !== '');
  if (wanted.every(([path, { version }]) => there[path]?.version === version)) return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync(npm, ['ci', ...flags], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A package of `bench/node_modules`, or a file in one. @param name loaded when it is asked for: types are checked without it being installed */
export function raced<T>(name: string): T {
  return requireThere(name) as T;
}

/** A file of a package that it does not export, by its path within it. */
export function racedFile<T>(path: string): T {
  return requireThere(`${folder}node_modules/${path}`) as T;
}

/** As a table names it: `@growthbook/growthbook 1.8.0`. */
export function namedVersion(name: string): string {
  return `${name} ${versionsIn('package-lock.json')[`node_modules/${name}`]?.version}`;
}

/**
 * `npm run bench:bytes`: what a site pays for one import of a client, ours and others', bundled in one run with the same options; as a table.
 * The others' packages are installed into `bench/peers/` when they are missing. `-- --json FILE` writes the figures as one flat object.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundles } from '../client-snippet/bundle.ts';
import { writeFigures } from '../scripts/figures.ts';
import { buildPackage } from '../scripts/package/build.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });

const peers = fileURLToPath(new URL('./peers/', import.meta.url));

interface Weighed {
  readonly what: string;
  /** What a page writes to get it. */
  readonly code: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** Others' clients: what their own first steps tell a site to import. */
const PEERS: readonly (readonly [name: string, code: string])[] = [
  ['@growthbook/growthbook', "import { GrowthBook } from '@growthbook/growthbook'"],
  ['@openfeature/web-sdk', "import { OpenFeature } from '@openfeature/web-sdk'"],
  ['@statsig/js-client', "import { StatsigClient } from '@statsig/js-client'"],
  ['posthog-js', "import posthog from 'posthog-js'"],
  ['@plausible-analytics/tracker', "import { init } from '@plausible-analytics/tracker'"],
];

const OURS: readonly (readonly [what: string, code: string])[] = [
  ['@hyperedge/client, one import', "import { start, decide } from '@hyperedge/client'"],
  ['@hyperedge/client, all', "import * as client from '@hyperedge/client'"],
  ['@hyperedge/client/react (beside React)', "import { HyperedgeProvider, Placement } from '@hyperedge/client/react'"],
  ['@hyperedge/client/native (apps)', "import * as client from '@hyperedge/client/native'"],
];

/** Imports in `code` are used by handing them to the page, so that nothing of them is dropped. */
async function weigh(what: string, code: string, folder: string): Promise<Weighed> {
  const names = /import (?:\* as )?\{?([^}]*?)\}? from/.exec(code)?.[1]?.trim();
  const { outputFiles } = await build({
    stdin: { contents: `${code};\nglobalThis.client = [${names}];`, resolveDir: folder },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['react'],
    legalComments: 'none',
    logLevel: 'error',
  });
  return measured(what, code, outputFiles[0]?.contents ?? new Uint8Array());
}

const measured = (what: string, code: string, contents: Uint8Array): Weighed => ({
  what,
  code,
  bytes: contents.length,
  gzipBytes: gzipSync(contents, { level: 9 }).length,
});

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(peers, 'node_modules', name, 'package.json'), 'utf8')).version;

function installPeers(): void {
  const wanted: Record<string, string> = JSON.parse(readFileSync(join(peers, 'package.json'), 'utf8')).dependencies;
  const isThere = (name: string) => existsSync(join(peers, 'node_modules', name, 'package.json'));
  if (Object.entries(wanted).every(([name, version]) => isThere(name) && versionOf(name) === version)) return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const flags = ['--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync(npm, ['install', ...flags], { cwd: peers, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Files of `dist/` as a page loads them; our package from a folder of its own. */
async function ourRows(): Promise<Weighed[]> {
  const encoder = new TextEncoder();
  const rows = [...(await bundles())].map(([name, code]) => measured(name, 'script of the page', encoder.encode(code)));
  const folder = mkdtempSync(join(tmpdir(), 'hyperedge-bytes-'));
  try {
    await buildPackage(join(folder, 'node_modules/@hyperedge/client'));
    for (const [what, code] of OURS) rows.push(await weigh(what, code, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

installPeers();
const rows = await ourRows();
for (const [name, code] of PEERS) rows.push(await weigh(`${name} ${versionOf(name)}`, code, peers));
const number = (value: number): string => value.toLocaleString('en');
console.log('| what | import | bytes, minified | gzip 9 |\n|---|---|---|---|');
const figures: Record<string, number> = {};
for (const { what, code, bytes, gzipBytes } of rows) {
  console.log(`| ${what} | \`${code}\` | ${number(bytes)} | ${number(gzipBytes)} |`);
  figures[`bytes.${what}.minified`] = bytes;
  figures[`bytes.${what}.gzip`] = gzipBytes;
}
writeFigures(values.json, figures);

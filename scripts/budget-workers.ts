/**
 * `npm run budget:workers`: what `wrangler deploy` would upload of each worker, in bytes after gzip as wrangler counts them, against its limit; exit code 1
 * beyond any of them, or where a configuration is refused.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Bytes after gzip by configuration. */
const LIMITS = {
  /** It starts wherever somebody asks for a decision: at most 100 KB were aimed at, and this holds what was gained. */
  'wrangler.toml': 95_000,
  /** The same of an object that starts; it needs no schemas, since workers check what they send. */
  'wrangler.objects.toml': 116_000,
  /** Waited for by administrators alone: the whole contract, the query builder, the checks of catalogs and models. */
  'wrangler.control.toml': 270_000,
  /** In front of a site: the way of a decision, and filling its pages. */
  'wrangler.pages.toml': 92_000,
} as const;

const work = mkdtempSync(join(tmpdir(), 'workers-'));

/** Bytes of what wrangler would upload, without source maps, which no isolate loads. */
function uploadOf(config: string): number {
  const folder = join(work, config);
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/wrangler/bin/wrangler.js'),
      ...['deploy', '--dry-run', '--config', config, '--outdir', folder],
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const modules = readdirSync(folder).filter((name) => /\.(js|mjs|wasm)$/.test(name));
  if (modules.length === 0) throw new Error(`${config}: wrangler wrote no module`);
  return modules.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
}

try {
  for (const [config, limit] of Object.entries(LIMITS)) {
    const bytes = uploadOf(config);
    if (bytes > limit) process.exitCode = 1;
    const verdict = bytes > limit ? 'is over its budget' : 'is within';
    console.log(`${config.padEnd(24)} ${bytes} of ${limit} bytes gzip  ${verdict}`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

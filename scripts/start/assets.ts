/** Static files of one local run: a copy of the built ones with the demo's key in its pages. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROOFS_FILE } from './proofs.ts';

const run = promisify(execFile);

/**
 * Builds the page script and everything static, unless `npm test` has just done so: what several files of it load must stay while they do.
 * Throws with what the build said.
 */
export async function buildAll(root: string): Promise<void> {
  if (process.env.HYPEREDGE_BUILT === '1') return;
  for (const build of ['client-snippet/build.ts', 'scripts/build-assets.ts']) {
    await run(process.execPath, [join(root, build)], { cwd: root }).catch(
      (error: { stdout?: string; stderr?: string }) => {
        throw new Error(`${build} failed\n${error.stdout ?? ''}${error.stderr ?? ''}`.trimEnd());
      },
    );
  }
}

/**
 * Copies what was built and puts the publishable key where pages have `{{PUBLISHABLE_KEY}}`. A copy, because what is built is also
 * what is deployed and what a test run builds anew: a demo's key belongs into neither, and a running demo must not lose its files.
 */
export function copyAssets(from: string, to: string, publishableKey: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  const demo = join(to, 'demo');
  if (!existsSync(demo)) return;
  writeFileSync(join(to, PROOFS_FILE), '{}'); // must be there when the runtime lists its files
  for (const name of readdirSync(demo, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.html'),
  )) {
    const file = join(demo, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('{{PUBLISHABLE_KEY}}', publishableKey));
  }
}

/** Copies of the project to plant faults in: what git sees, with the installed packages and the built assets of the original. */
import { cpSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFiles, projectRoot } from '../node/tidy/files.ts';

/** What a build makes and tests load. */
const BUILT = ['worker/assets/dist', 'client-snippet/dist'];

/** A copy in a folder of its own, and its end. */
export function copyOfProject(): { readonly root: string; readonly remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'hyperedge-planted-'));
  for (const file of projectFiles()) {
    // Installed packages that are a link to those of another checkout are listed like a file.
    if (!lstatSync(join(projectRoot, file)).isFile()) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(projectRoot, file), join(root, file));
  }
  for (const built of BUILT) cpSync(join(projectRoot, built), join(root, built), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'), 'dir');
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

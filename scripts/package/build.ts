/** Writes the npm package into a folder. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageManifest } from './manifest.ts';
import { packageModules, partNames } from './modules.ts';
import { packageTypes } from './types.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds everything anew in `folder`, which is emptied first. Returns the code files by name. */
export async function buildPackage(folder: string): Promise<Map<string, string>> {
  const [modules, types] = await Promise.all([packageModules(), packageTypes()]);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await rm(folder, { recursive: true, force: true });
  const manifest = `${JSON.stringify(packageManifest(version, partNames()), null, 2)}\n`;
  for (const [name, text] of [...modules, ...types, ['package.json', manifest] as const]) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await cp(join(root, 'client-snippet/npm/README.md'), join(folder, 'README.md'));
  return modules;
}

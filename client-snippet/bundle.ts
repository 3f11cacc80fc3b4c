/** How the page's scripts are bundled: the same for what is shipped and for what the browser tests load. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/**
 * Names of our own that no site sees, as they stand in every file: those of `Core` are how the entry and its lazy parts, files of their
 * own, know each other.
 */
export const SHORT_NAMES: Record<string, string> = {
  $settings: 'S',
  $commands: 'C',
  $decided: 'D',
  $plan: 'P',
  $restart: 'R',
  $customer: 'W',
  $remember: 'M',
  $flush: 'F',
  $render: 'N',
  $seen: 'H',
};

const COMMON = {
  bundle: true,
  write: false,
  minify: true,
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'error',
  tsconfigRaw: { compilerOptions: { alwaysStrict: false } }, // no "use strict" to carry
} satisfies BuildOptions;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function bundled(source: string, options: BuildOptions): Promise<string> {
  const mangleCache: Record<string, string> = { ...SHORT_NAMES };
  const { outputFiles } = await build({
    entryPoints: [here(source)],
    ...COMMON,
    ...options,
    mangleCache,
  });
  return (outputFiles?.[0]?.text ?? '').trim();
}

/** Bundles a script of this folder, such as `entry/hyperedge.ts`; returns the text. Throws with what esbuild says. */
export function bundle(source: string): Promise<string> {
  return bundled(source, { format: 'iife', mangleProps: /^(callback|decision|loaded|timer|\$.+)$/ });
}

/** Bundles a lazy part, such as `parts/events.ts`, as a module. It may use only names of `Core` that the entry has, too. */
export async function bundlePart(source: string): Promise<string> {
  return bundled(source, {
    format: 'esm',
    mangleProps: new RegExp(`^(${Object.keys(SHORT_NAMES).join('|').replaceAll('$', '\\$')})$`),
  });
}

const sources = (room: string): string[] =>
  existsSync(here(room)) ? readdirSync(here(room)).filter((file) => /^[a-z-]+\.ts$/.test(file)) : [];

/** Every file of `dist/` by its name: entries and stubs as scripts, parts as modules. Files of `parts/` in folders belong to a part. */
export async function bundles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const add = async (room: string, how: (source: string) => Promise<string>): Promise<void> => {
    for (const file of sources(room)) files.set(file.replace(/\.ts$/, '.js'), await how(`${room}/${file}`));
  };
  await add('entry', bundle);
  await add('stub', bundle);
  await add('parts', bundlePart);
  return files;
}

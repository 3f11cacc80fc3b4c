/** The package's modules, from the sources of the page script. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { bundlePart, SHORT_NAMES } from '../../client-snippet/bundle.ts';
import { ENTRIES } from './manifest.ts';

const snippet = fileURLToPath(new URL('../../client-snippet/', import.meta.url));

/** Readable, since whoever imports it bundles it; but names that lazy parts know are short here as there. */
const COMMON = {
  absWorkingDir: snippet,
  bundle: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  logLevel: 'error',
  external: ['react'],
  outdir: 'out',
  mangleProps: new RegExp(`^(${Object.keys(SHORT_NAMES).join('|').replaceAll('$', '\\$')})$`),
} satisfies BuildOptions;

/** An app is no browser: these files stand in for what one has. */
const appHost: Plugin = {
  name: 'app-host',
  setup: ({ onResolve }) => onResolve({ filter: /\/page\.ts$/ }, () => ({ path: `${snippet}native/page.ts` })),
};

/** Every module of the entries by its name in the package. What several of them use is in one file: there is one state. */
async function entryModules(): Promise<Map<string, string>> {
  const points = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [ENTRIES[name]?.file as string, ENTRIES[name]?.source as string]));
  const builds = await Promise.all([
    build({
      ...COMMON,
      mangleCache: { ...SHORT_NAMES },
      entryPoints: points(['.', './react']),
      splitting: true,
      chunkNames: 'shared/client',
    }),
    build({ ...COMMON, entryPoints: points(['./next']) }),
    build({
      ...COMMON,
      mangleCache: { ...SHORT_NAMES },
      entryPoints: points(['./native']),
      inject: ['native/host.ts'],
      plugins: [appHost],
    }),
  ]);
  const files = builds.flatMap(({ outputFiles }) => outputFiles ?? []);
  return new Map(files.map(({ path, text }) => [path.replaceAll('\\', '/').split('/out/')[1] as string, text]));
}

/** Bundlers find a lazy part of a part by an address that stands in the call; in a page it is a variable, so that ours does not look for it. */
export function namedImports(code: string): string {
  let text = code;
  for (const [, name, address] of code.matchAll(/\b([\w$]+)="(\.\/[a-z-]+\.js)"/g))
    text = text.replaceAll(`import(${name})`, `import("${address}")`);
  // Files that the site itself keeps are no modules of its bundle.
  text = text.replaceAll('import(new URL(', 'import(/* webpackIgnore: true */ /* @vite-ignore */ new URL(');
  const unnamed = /\bimport\((?!"|\/\* webpackIgnore)[^)]*\)/.exec(text);
  if (unnamed) throw new Error(`a part imports by an address that is not known: ${unnamed[0]}`);
  return text;
}

/** Names of the lazy parts, such as `events`. */
export const partNames = (): string[] =>
  readdirSync(`${snippet}parts`)
    .filter((file) => /^[a-z-]+\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''));

const PART_TYPES = `/** A lazy part: \`use(import('@hyperedge/client/parts/…'), …)\`. */
export declare function start(core: unknown, ...values: unknown[]): unknown;
`;

/** Every file of the package's code by its name. */
export async function packageModules(): Promise<Map<string, string>> {
  const files = await entryModules();
  for (const part of partNames()) {
    files.set(`parts/${part}.js`, `${namedImports(await bundlePart(`parts/${part}.ts`))}\n`);
    files.set(`parts/${part}.d.ts`, PART_TYPES);
  }
  return files;
}

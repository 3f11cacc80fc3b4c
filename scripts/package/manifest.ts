/** `package.json` of the npm package. */

/** What an import names → the module and the types it gets. */
export const ENTRIES: Readonly<Record<string, { readonly source: string; readonly file: string }>> = {
  '.': { source: 'npm/index.ts', file: 'index' },
  './react': { source: 'react/index.ts', file: 'react' },
  './next': { source: 'next/index.ts', file: 'next' },
  './native': { source: 'native/index.ts', file: 'native' },
};

/** The manifest, with these lazy parts (`events`) beside the entries. */
export function packageManifest(version: string, parts: readonly string[]): object {
  const entries = Object.entries(ENTRIES).map(([name, { source, file }]) => [
    name,
    { types: `./types/${source.replace(/\.ts$/, '.d.ts')}`, default: `./${file}.js` },
  ]);
  const lazy = parts.map((part) => [
    `./parts/${part}`,
    { types: `./parts/${part}.d.ts`, default: `./parts/${part}.js` },
  ]);
  return {
    name: '@hyperedge/client',
    version,
    description: 'Personalization decisions for pages, React, Next.js and apps: the modules of the page script.',
    license: 'UNLICENSED',
    type: 'module',
    sideEffects: false,
    exports: { ...Object.fromEntries([...entries, ...lazy]), './package.json': './package.json' },
    files: ['*.js', 'shared', 'parts', 'types'],
    peerDependencies: { react: '>=18' },
    peerDependenciesMeta: { react: { optional: true } },
  };
}

/** How the page's scripts are bundled: the same for what is shipped and for what the browser tests load. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles one source of this folder, such as `entry/hyperedge.ts`; returns the text. Throws with what esbuild says. */
export async function bundle(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2020',
    legalComments: 'none',
    logLevel: 'error',
    mangleProps: /^(callback|decision|loaded|timer)$/, // names of our own that no site sees
    tsconfigRaw: { compilerOptions: { alwaysStrict: false } }, // no "use strict" to carry
  });
  return (outputFiles[0]?.text ?? '').trim();
}

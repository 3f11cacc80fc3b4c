/** `node client-snippet/build.ts`: bundles the page script and the inline stub into `dist/`; exit code 1 when one is over its budget. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bytes after gzip. The script rides on every page of a site; the stub is repeated in every document. */
const BUNDLES = [
  { source: 'entry/hyperedge.ts', output: 'dist/hyperedge.js', maxGzipBytes: 2_500 },
  { source: 'stub/stub.ts', output: 'dist/stub.js', maxGzipBytes: 400 },
];

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

for (const { source, output, maxGzipBytes } of BUNDLES) {
  await build({
    entryPoints: [path(source)],
    outfile: path(output),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    legalComments: 'none',
    logLevel: 'error',
    mangleProps: /^(decision|timer|loaded)$/, // names of our own that no site sees
    tsconfigRaw: { compilerOptions: { alwaysStrict: false } }, // no "use strict" to carry
  });
  const bytes = readFileSync(path(output));
  const gzipBytes = gzipSync(bytes, { level: 9 }).length;
  const over = gzipBytes > maxGzipBytes;
  console.log(`${output}  ${bytes.length} bytes, ${gzipBytes} gzip of at most ${maxGzipBytes}${over ? '  OVER' : ''}`);
  if (over) process.exitCode = 1;
}

/** `node client-snippet/build.ts`: bundles the page script and the inline stub into `dist/`; exit code 1 when one is over its budget. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundle } from './bundle.ts';

/** Bytes after gzip. The script rides on every page of a site; the stub is repeated in every document. */
const BUNDLES = [
  { source: 'entry/hyperedge.ts', output: 'hyperedge.js', maxGzipBytes: 2_500 },
  { source: 'stub/stub.ts', output: 'stub.js', maxGzipBytes: 400 },
];

const dist = fileURLToPath(new URL('dist/', import.meta.url));
mkdirSync(dist, { recursive: true });

for (const { source, output, maxGzipBytes } of BUNDLES) {
  const text = await bundle(source);
  writeFileSync(dist + output, text);
  const gzipBytes = gzipSync(text, { level: 9 }).length;
  const over = gzipBytes > maxGzipBytes;
  console.log(`${output}  ${text.length} bytes, ${gzipBytes} gzip of at most ${maxGzipBytes}${over ? '  OVER' : ''}`);
  if (over) process.exitCode = 1;
}

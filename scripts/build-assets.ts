/** Puts together what is served as static files: the reference page, the guides, the page script and the demo shop → `worker/assets/dist/`. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ORT_PATH } from '../client-snippet/parts/score/ort-path.ts';
import { buildGuides } from './guides/build.ts';
import { buildShop } from './shop/build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'worker/assets/dist');
const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

interface Copy {
  readonly from: string;
  readonly to: string;
  /** Parts that other builds make: left out while they are not there. */
  readonly optional?: true;
  /** Which files of a folder to take; all when absent. */
  readonly only?: RegExp;
}

/** Files that a browser fetches; sources and tests stay behind. */
const WEB_FILES = /\.(html|css|js|mjs|svg|png|jpg|webp|ico|json|txt)$/;

const ort = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
/** Fetched by pages that score with onnxruntime-web, and by no other. */
const ORT_FILES = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'];

const COPIES: readonly Copy[] = [
  { from: join(root, 'worker/assets/docs'), to: 'docs' },
  { from: join(root, 'worker/assets/favicon.svg'), to: 'favicon.svg' },
  { from: join(root, 'worker/assets/index.html'), to: 'index.html' },
  { from: join(root, 'worker/assets/_headers'), to: '_headers' },
  { from: join(swagger, 'swagger-ui.css'), to: 'docs/swagger-ui.css' },
  { from: join(swagger, 'swagger-ui-bundle.js'), to: 'docs/swagger-ui-bundle.js' },
  { from: join(swagger, 'LICENSE'), to: 'docs/swagger-ui-LICENSE.txt' },
  { from: join(swagger, 'NOTICE'), to: 'docs/swagger-ui-NOTICE.txt' },
  ...ORT_FILES.map((name) => ({ from: join(ort, name), to: ORT_PATH + name })),
  { from: join(root, 'client-snippet/dist'), to: '.', optional: true, only: WEB_FILES },
];

async function copy({ from, to, optional, only }: Copy): Promise<void> {
  if (!existsSync(from)) {
    if (optional) return;
    throw new Error(`build-assets: ${from} is missing`);
  }
  const isWanted = (path: string): boolean => !only || !/\.[a-z]+$/.test(path) || only.test(path);
  await cp(from, join(target, to), { recursive: true, filter: isWanted });
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const entry of COPIES) await copy(entry);
await buildGuides(root, await readFile(join(root, 'worker/assets/guide.html'), 'utf8'), join(target, 'docs'));
const guard = join(root, 'client-snippet/dist/guard.js');
await buildShop(
  join(root, 'examples/shop'),
  join(target, 'demo'),
  existsSync(guard) ? await readFile(guard, 'utf8') : '',
);

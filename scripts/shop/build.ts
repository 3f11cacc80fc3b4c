/** Builds the demo shop into a folder: its pages, its code as one file, its styles and drawings. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { shopPages } from './pages.ts';

/** @param from `examples/shop` @param to the folder that becomes `/demo/` @param guard the inline queue with the flicker guard, as built */
export async function buildShop(from: string, to: string, guard: string): Promise<void> {
  for (const [path, html] of shopPages(from, guard)) {
    const file = join(to, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, html);
  }
  await cp(join(from, 'drawings.svg'), join(to, 'drawings.svg'));
  await build({
    entryPoints: { shop: join(from, 'code/shop.js'), 'shop-styles': join(from, 'all.css') },
    outdir: to,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
  });
}

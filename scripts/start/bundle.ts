/** A worker as one module, as the runtime takes it. */
import { build, stop as stopEsbuild } from 'esbuild';

/** @param entry path of the worker's entry @returns its code with everything it imports; what the runtime itself brings stays imported */
export async function bundleOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    logLevel: 'silent',
  });
  // Its process would stay beside the runtime for nothing.
  await stopEsbuild();
  return outputFiles[0]!.text;
}
